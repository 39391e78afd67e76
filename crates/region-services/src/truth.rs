//! The true state, whether or not an API shows it.

use crate::Services;
use crate::autoscaling::{GroupTruth, InstanceTruth};
use crate::ecs::{ServiceTruth, TaskTruth};
use region_core::Time;

/// A lazy view of the true state.
#[derive(Debug, Clone, Copy)]
pub struct Truth<'a> {
    services: &'a Services,
}

impl Services {
    /// The true state.
    pub fn truth(&self) -> Truth<'_> {
        Truth { services: self }
    }
}

impl<'a> Truth<'a> {
    /// The time of the last event, call or control.
    pub fn now(self) -> Time {
        self.services.context.now
    }

    /// Every instance ever launched, oldest first.
    pub fn instances(self) -> impl Iterator<Item = InstanceTruth<'a>> {
        self.services.auto_scaling.instances_truth(&self.services.ecs)
    }

    /// The instance of that EC2 id.
    pub fn instance(self, id: &str) -> Option<InstanceTruth<'a>> {
        self.services.auto_scaling.instance_truth_of(&self.services.ecs, id)
    }

    /// The service of that name.
    pub fn service(self, cluster: &str, name: &str) -> Option<ServiceTruth<'a>> {
        self.services.ecs.service_truth(cluster, name)
    }

    /// Every group that exists, with its name.
    pub fn groups(self) -> impl Iterator<Item = (&'a str, GroupTruth<'a>)> {
        self.services.auto_scaling.groups_truth()
    }

    /// The tasks of a service whose `lastStatus` is not STOPPED, oldest first.
    pub fn service_tasks(
        self,
        cluster: &str,
        name: &str,
    ) -> impl Iterator<Item = TaskTruth<'a>> + use<'a> {
        self.services.ecs.service_tasks_truth(cluster, name)
    }

    /// The group of that name.
    pub fn group(self, name: &str) -> Option<GroupTruth<'a>> {
        self.services.auto_scaling.group_truth(name)
    }
}
