//! Services: their counts and deployments, their tag, their desired count.

use std::collections::BTreeMap;

use aws_names::{ClusterName, ServiceArn, ServiceName, TaskDefinitionArn};
use aws_sdk_ecs::types::{self, DeploymentRolloutState, SchedulingStrategy, ServiceField, Tag};
use scaling::state;

use super::TAG;
use crate::container_instances::missing_alone;
use crate::{Aws, BATCH, Call, Error, owned};

/// A service, as DescribeServices shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub arn: ServiceArn,
    /// Its state, as decisions need it.
    pub state: state::Service,
    /// The value of the tag [`TAG`](super::TAG).
    pub tag: Option<String>,
    /// The task definition of its PRIMARY deployment.
    pub task_definition: Option<TaskDefinitionArn>,
}

impl Aws {
    /// The services `names` of `cluster`, by name, with their tags. One that does not exist is
    /// absent; any other failure to describe one is an error.
    pub fn scalable_services<'a>(
        &'a self,
        cluster: &'a ClusterName,
        names: &'a [ServiceName],
    ) -> Call<'a, BTreeMap<ServiceName, Service>> {
        Box::pin(async move {
            let operation = "DescribeServices";
            let mut services = BTreeMap::new();
            for names in names.chunks(BATCH) {
                let described = self
                    .ecs
                    .describe_services()
                    .cluster(cluster)
                    .set_services(owned(names))
                    .include(ServiceField::Tags)
                    .send()
                    .await
                    .map_err(Error::of(operation))?;
                missing_alone(operation, described.failures())?;
                services.extend(described.services().iter().filter_map(read));
            }
            Ok(services)
        })
    }

    /// Set the desired count of a service. It begins no deployment.
    pub fn set_desired_count<'a>(
        &'a self,
        cluster: &'a ClusterName,
        service: &'a ServiceName,
        desired: u32,
    ) -> Call<'a, ()> {
        Box::pin(async move {
            let desired = i32::try_from(desired).unwrap_or(i32::MAX);
            let call =
                self.ecs.update_service().cluster(cluster).service(service).desired_count(desired);
            call.send().await.map(|_| ()).map_err(Error::of("UpdateService"))
        })
    }

    /// Writes our tag on a service.
    pub fn tag_service<'a>(&'a self, arn: &'a ServiceArn, value: &'a str) -> Call<'a, ()> {
        Box::pin(async move {
            let tag = Tag::builder().key(TAG).value(value).build();
            let call = self.ecs.tag_resource().resource_arn(arn).tags(tag);
            call.send().await.map(|_| ()).map_err(Error::of("TagResource"))
        })
    }
}

/// An INACTIVE service is one that was deleted.
fn read(service: &types::Service) -> Option<(ServiceName, Service)> {
    if service.status() == Some("INACTIVE") {
        return None;
    }
    let count = |count: i32| u32::try_from(count).unwrap_or(0);
    let primary =
        service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"));
    let rollout = primary.and_then(|deployment| deployment.rollout_state());
    // With an external controller the task sets are the deployments.
    let deployments = service.deployments().len().max(service.task_sets().len());
    let state = state::Service {
        desired: count(service.desired_count()),
        running: count(service.running_count()),
        pending: count(service.pending_count()),
        deployments: u32::try_from(deployments).unwrap_or(u32::MAX),
        rolling_out: rollout == Some(&DeploymentRolloutState::InProgress),
        scalable: service.status() == Some("ACTIVE")
            && service.scheduling_strategy() != Some(&SchedulingStrategy::Daemon),
    };
    let tag = service.tags().iter().find(|tag| tag.key() == Some(TAG));
    let task_definition =
        primary.and_then(|deployment| deployment.task_definition()).or(service.task_definition());
    let read = Service {
        arn: ServiceArn::from_aws(service.service_arn()?),
        state,
        tag: tag.and_then(|tag| tag.value()).map(str::to_owned),
        task_definition: task_definition.map(TaskDefinitionArn::from_aws),
    };
    Some((ServiceName::from_aws(service.service_name()?), read))
}
