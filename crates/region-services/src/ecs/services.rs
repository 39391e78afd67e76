//! Services: made, changed, and their log.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Ecs;
use super::deployments::deployment_id;
use super::model::{Deployment, Service, ServiceEvent};
use super::parameters::{CreateService, UpdateService};
use crate::arena::ServiceKey;
use crate::context::Context;
use region_core::api::ApiError;
use region_core::trail::Trail;
use region_core::wording::ecs_arn;

/// The most events that DescribeServices shows.
const EVENTS: usize = 100;

/// A change of a service; what is not given stays.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) desired: Option<usize>,
    pub(super) minimum_healthy_percent: Option<usize>,
    pub(super) maximum_percent: Option<usize>,
    /// Of its task definition; another one begins a deployment.
    pub(super) revision: Option<usize>,
    /// Begin a deployment, whatever the revision.
    pub(super) deploy: bool,
    /// Whether the resolution of its metrics is 20 seconds; a change begins a deployment.
    pub(super) high_resolution: Option<bool>,
}

impl Ecs {
    /// Make a service and place its tasks.
    ///
    /// # Errors
    /// The cluster does not exist, or the name is taken.
    pub(crate) fn create_service(
        &mut self,
        context: &mut Context,
        request: CreateService,
    ) -> Result<(), ApiError> {
        let cluster = self.known_cluster(&request.cluster)?.to_owned();
        if self.service(&cluster, &request.name).is_ok() {
            let text = "Creation of service was not idempotent.";
            return Err(ApiError::client("InvalidParameterException", text));
        }
        let revision = self.register_definition(&request.name, &request.workload);
        let deployment = Deployment::new(deployment_id(context), 0, revision, context.now);
        let key = self.services.add(Service {
            arn: ecs_arn("service", &format!("{cluster}/{}", request.name)),
            name: request.name.clone(),
            cluster: cluster.clone(),
            deployment,
            replaced: Vec::new(),
            created_at: context.now,
            tags: BTreeMap::new(),
            daemon: request.daemon,
            desired: if request.daemon { 0 } else { request.desired },
            minimum_healthy_percent: request.minimum_healthy_percent,
            maximum_percent: request.maximum_percent,
            workload: request.workload,
            constraint: request.constraint,
            high_resolution: request.high_resolution,
            capacity_provider: request.capacity_provider,
            provisioning: 0,
            tasks: Vec::new(),
            live: BTreeSet::new(),
            events: VecDeque::new(),
            awake: false,
            failures: 0,
            retry_at: None,
            trail: Trail::default(),
        });
        if let Some(cluster) = self.clusters.get_mut(&cluster) {
            cluster.services.insert(request.name, key);
        }
        if request.daemon {
            self.schedule_daemon(context, key, request.ready);
        } else {
            self.schedule_replicas(context, key, request.ready);
        }
        self.record_service(context, key);
        Ok(())
    }

    /// Change a service, as an action of the test.
    ///
    /// # Errors
    /// The cluster or the service does not exist, or a daemon service is to be deployed.
    pub(crate) fn update_service(
        &mut self,
        context: &mut Context,
        request: UpdateService,
    ) -> Result<(), ApiError> {
        let cluster = self.known_cluster(&request.cluster)?.to_owned();
        let key = self.service(&cluster, &request.name)?;
        let workload = request.workload.as_ref();
        let revision = workload.map(|workload| self.register_definition(&request.name, workload));
        let change = Change {
            desired: request.desired,
            minimum_healthy_percent: request.minimum_healthy_percent,
            maximum_percent: request.maximum_percent,
            revision,
            deploy: request.deploy,
            high_resolution: request.high_resolution,
        };
        self.change_service(context, key, &change)
    }

    /// Change a service; what is not given stays. The scheduler acts on the change
    /// without waiting for a retry.
    ///
    /// # Errors
    /// When a daemon service is to be deployed.
    pub(super) fn change_service(
        &mut self,
        context: &mut Context,
        key: ServiceKey,
        change: &Change,
    ) -> Result<(), ApiError> {
        let service = &self.services[key];
        let present = service.deployment.revision;
        let revision = change.revision.unwrap_or(present);
        let high_resolution = change.high_resolution.unwrap_or(service.high_resolution);
        let monitored_anew = high_resolution != service.high_resolution;
        if change.deploy || revision != present || monitored_anew {
            if service.daemon {
                let text = "the simulated region has no deployments of daemon services";
                return Err(ApiError::client("InvalidParameterException", text));
            }
            self.begin_deployment(context, key, revision);
        }
        let service = &mut self.services[key];
        service.high_resolution = high_resolution;
        service.desired = change.desired.unwrap_or(service.desired);
        service.deployment.updated_at = context.now;
        service.minimum_healthy_percent =
            change.minimum_healthy_percent.unwrap_or(service.minimum_healthy_percent);
        service.maximum_percent = change.maximum_percent.unwrap_or(service.maximum_percent);
        service.retry_at = None;
        service.failures = 0;
        self.record_service(context, key);
        self.wake(context, key);
        Ok(())
    }

    /// The service of that name or ARN.
    ///
    /// # Errors
    /// `ServiceNotFoundException`.
    pub(crate) fn service(&self, cluster: &str, name: &str) -> Result<ServiceKey, ApiError> {
        let cluster = self.clusters.get(cluster);
        let service = cluster.and_then(|c| c.services.get(region_core::input::short(name)));
        let missing = || ApiError::client("ServiceNotFoundException", "Service not found.");
        service.copied().ok_or_else(missing)
    }

    /// Add a line to a service's log.
    pub(super) fn log(&mut self, context: &mut Context, key: ServiceKey, text: &str) {
        let id = context.uuid();
        let at = context.now;
        let service = &mut self.services[key];
        let message = format!("(service {}) {text}", service.name);
        service.events.push_front(ServiceEvent { id, at, message });
        service.events.truncate(EVENTS);
    }
}
