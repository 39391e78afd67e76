//! Services: made, changed, and their log.

use std::collections::{BTreeSet, VecDeque};

use super::model::{Service, ServiceEvent};
use crate::api::ApiError;
use crate::world::World;
use crate::world::arena::ServiceKey;
use crate::world::control::{CreateService, UpdateService};
use crate::world::wording::ecs_arn;

/// What DescribeServices shows at most.
const EVENTS: usize = 100;

impl World {
    /// Make a service and place its tasks.
    ///
    /// # Errors
    /// When there is no such cluster, or the name is taken.
    pub(in crate::world) fn create_service(
        &mut self,
        order: CreateService,
    ) -> Result<(), ApiError> {
        let cluster = self.known_cluster(&order.cluster)?.to_owned();
        if self.service(&cluster, &order.name).is_ok() {
            let text = "Creation of service was not idempotent.";
            return Err(ApiError::client("InvalidParameterException", text));
        }
        let deployment = format!("ecs-svc/{:019}", rand::RngExt::random::<u64>(&mut self.rng) >> 1);
        let key = self.ecs.services.add(Service {
            arn: ecs_arn("service", &format!("{cluster}/{}", order.name)),
            name: order.name.clone(),
            cluster: cluster.clone(),
            deployment,
            created_at: self.now,
            daemon: order.daemon,
            desired: if order.daemon { 0 } else { order.desired },
            minimum_healthy_percent: order.minimum_healthy_percent,
            maximum_percent: order.maximum_percent,
            workload: order.workload,
            constraint: order.constraint,
            tasks: Vec::new(),
            live: BTreeSet::new(),
            events: VecDeque::new(),
            awake: false,
            failures: 0,
            retry_at: None,
        });
        if let Some(cluster) = self.ecs.clusters.get_mut(&cluster) {
            cluster.services.insert(order.name, key);
        }
        if order.daemon {
            self.schedule_daemon(key, order.ready);
        } else {
            self.schedule_replicas(key, order.ready);
        }
        Ok(())
    }

    /// Change a service; what is not given stays. A change is looked at without waiting for a retry.
    ///
    /// # Errors
    /// When there is no such cluster or service.
    pub(in crate::world) fn update_service(
        &mut self,
        order: UpdateService,
    ) -> Result<(), ApiError> {
        let cluster = self.known_cluster(&order.cluster)?.to_owned();
        let key = self.service(&cluster, &order.name)?;
        let service = &mut self.ecs.services[key];
        service.desired = order.desired.unwrap_or(service.desired);
        service.minimum_healthy_percent =
            order.minimum_healthy_percent.unwrap_or(service.minimum_healthy_percent);
        service.maximum_percent = order.maximum_percent.unwrap_or(service.maximum_percent);
        service.retry_at = None;
        service.failures = 0;
        self.wake(key);
        Ok(())
    }

    /// The service of that name or ARN.
    ///
    /// # Errors
    /// `ServiceNotFoundException`.
    pub(super) fn service(&self, cluster: &str, name: &str) -> Result<ServiceKey, ApiError> {
        let cluster = self.ecs.clusters.get(cluster);
        let service = cluster.and_then(|c| c.services.get(crate::world::input::short(name)));
        let missing = || ApiError::client("ServiceNotFoundException", "Service not found.");
        service.copied().ok_or_else(missing)
    }

    /// Add a line to a service's log.
    pub(super) fn log(&mut self, key: ServiceKey, text: &str) {
        let id = self.uuid();
        let at = self.now;
        let service = &mut self.ecs.services[key];
        let message = format!("(service {}) {text}", service.name);
        service.events.push_front(ServiceEvent { id, at, message });
        service.events.truncate(EVENTS);
    }
}
