//! The state of a target, as a reconcile reads it.

use serde::Serialize;

/// The state of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// An ECS service.
    Service(Service),
    /// An Auto Scaling group.
    Group(Group),
}

/// An ECS service, by DescribeServices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Its desired count.
    pub desired: u32,
    /// Its running count: the tasks of every deployment.
    pub running: u32,
    /// Its pending count: tasks that are placed but do not run yet.
    pub pending: u32,
    /// Its deployments, or its task sets where another controller deploys: 1 at rest.
    pub deployments: u32,
    /// Whether the PRIMARY deployment's rollout is IN_PROGRESS.
    pub rolling_out: bool,
    /// Whether its desired count can be set: ACTIVE, and not of the DAEMON strategy.
    pub scalable: bool,
}

/// An Auto Scaling group, in capacity units: instances, or their weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its desired capacity.
    pub desired: u32,
    /// What is in service and has warmed up.
    pub warm: u32,
    /// What is launching or warms up.
    pub warming: u32,
    /// What is in service but not registered in its cluster, if that is known. Either it has just
    /// come into service, or its agent never started. No task runs there.
    pub unregistered: u32,
    /// What is terminating.
    pub terminating: u32,
    /// The group's own minimum.
    pub min_size: u32,
    /// The group's own maximum.
    pub max_size: u32,
    /// Whether a capacity provider with managed scaling owns it (tag `AmazonECSManaged`).
    pub managed: bool,
    /// The container instances of its cluster.
    pub cluster: Cluster,
    /// How many of its instances may be terminated while the others can hold all tasks
    /// ([`spare`](crate::room::spare)); `None` if no capacity is kept for tasks.
    pub spare: Option<u32>,
}

/// How much of a cluster is draining.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Container instances, ACTIVE or DRAINING.
    pub instances: u32,
    /// Those that are DRAINING.
    pub draining: u32,
}

impl State {
    /// The capacity that a decision changes.
    pub fn desired(&self) -> u32 {
        match self {
            Self::Service(service) => service.desired,
            Self::Group(group) => group.desired,
        }
    }
}

impl Service {
    /// Its placed tasks: running and pending. ECS subtracts what a pending task reserves from the
    /// free resources of its instance.
    pub fn placed(&self) -> u32 {
        self.running.saturating_add(self.pending)
    }

    /// Whether a deployment is in progress.
    pub fn is_deploying(&self) -> bool {
        self.rolling_out || self.deployments > 1
    }
}

impl Cluster {
    /// Whether more than `percent` of it is draining.
    pub fn drains_more_than(self, percent: u32) -> bool {
        u64::from(self.draining) * 100 > u64::from(self.instances) * u64::from(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exceeded_only_by_more() {
        let cluster = |instances, draining| Cluster { instances, draining };
        assert!(!cluster(4, 1).drains_more_than(25));
        assert!(cluster(4, 2).drains_more_than(25));
        assert!(cluster(1000, 1).drains_more_than(0));
        assert!(!cluster(0, 0).drains_more_than(0));
    }
}
