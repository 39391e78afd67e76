//! What step scaling reads of the services and groups that it scales.

use region_core::Time;
use region_core::api::ApiError;

use crate::autoscaling::{AutoScaling, LifecycleState};
use crate::ecs::Ecs;

/// The account, as step scaling sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account<'a> {
    pub(crate) now: Time,
    pub(crate) ecs: &'a Ecs,
    pub(crate) auto_scaling: &'a AutoScaling,
}

/// The tasks of a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServiceCapacity {
    pub(super) desired: usize,
    pub(super) running: usize,
    pub(super) deploying: bool,
}

/// The instances of a group.
#[derive(Debug, Clone)]
pub(super) struct GroupCapacity {
    pub(super) desired: usize,
    pub(super) min: usize,
    pub(super) max: usize,
    /// DefaultInstanceWarmup.
    pub(super) warmup_seconds: Option<u64>,
    /// Each with the time from which it warms up.
    pub(super) instances: Vec<(LifecycleState, Option<Time>)>,
}

impl Account<'_> {
    /// The name of a cluster given by name or ARN.
    ///
    /// # Errors
    /// `ClusterNotFoundException`.
    pub(super) fn cluster<'a>(&self, cluster: &'a str) -> Result<&'a str, ApiError> {
        self.ecs.known_cluster(cluster)
    }

    /// # Errors
    /// `ServiceNotFoundException`.
    pub(super) fn service(&self, cluster: &str, name: &str) -> Result<ServiceCapacity, ApiError> {
        let key = self.ecs.service(cluster, name)?;
        Ok(ServiceCapacity {
            desired: self.ecs.desired(key),
            running: self.ecs.running(key),
            deploying: !self.ecs.deployed(key),
        })
    }

    /// # Errors
    /// `ValidationError`, if the group does not exist.
    pub(super) fn group(&self, name: &str) -> Result<GroupCapacity, ApiError> {
        let key = self.auto_scaling.group_named(name)?;
        let group = self.auto_scaling.group(key);
        let instances = self.auto_scaling.members(key);
        Ok(GroupCapacity {
            desired: group.desired,
            min: group.min,
            max: group.max,
            warmup_seconds: group.warmup_seconds,
            instances: instances.map(|machine| (machine.state, machine.warming_since)).collect(),
        })
    }
}
