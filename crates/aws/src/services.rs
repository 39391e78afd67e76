//! Services, as far as they can delay a drain.

use std::collections::BTreeMap;

use aws_names::{ClusterName, ServiceName};
use aws_sdk_ecs::types::{self, SchedulingStrategy};
use drain::stuck::Service;

use crate::{Aws, BATCH, Call, Error, owned};

/// Part of the service event that ECS writes when it cannot place a task.
const UNPLACED: &str = "was unable to place a task";

/// Part of the event that it writes when nothing is left to do.
const STEADY: &str = "has reached a steady state";

impl Aws {
    /// The services `names` of `cluster`.
    pub fn services<'a>(
        &'a self,
        cluster: &'a ClusterName,
        names: &'a [ServiceName],
    ) -> Call<'a, BTreeMap<ServiceName, Service>> {
        Box::pin(async move {
            let mut services = BTreeMap::new();
            for names in names.chunks(BATCH) {
                let call = self.ecs.describe_services().cluster(cluster).set_services(owned(names));
                let described = call.send().await.map_err(Error::of("DescribeServices"))?;
                for service in described.services() {
                    if let Some(name) = service.service_name() {
                        services.insert(ServiceName::from_aws(name), read(service));
                    }
                }
            }
            Ok(services)
        })
    }
}

fn read(service: &types::Service) -> Service {
    let deployment = service.deployment_configuration();
    // Newest first: a failed placement before the last steady state no longer matters.
    let telling = service
        .events()
        .iter()
        .filter_map(types::ServiceEvent::message)
        .find(|message| message.contains(UNPLACED) || message.contains(STEADY));
    Service {
        minimum_percent: deployment.and_then(|d| d.minimum_healthy_percent()),
        maximum_percent: deployment.and_then(|d| d.maximum_percent()),
        daemon: service.scheduling_strategy() == Some(&SchedulingStrategy::Daemon),
        unplaced: telling.filter(|message| message.contains(UNPLACED)).map(str::to_owned),
    }
}
