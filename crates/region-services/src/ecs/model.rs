//! Clusters, container instances, services and tasks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::status::{ContainerStatus, TaskStatus};
use super::stop::Stop;
use super::workload::Workload;
use crate::arena::{ContainerKey, InstanceKey, ServiceKey, TaskKey};
use region_core::Time;
use region_core::trail::Trail;

/// A cluster, by its name in [`super::Ecs`].
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) arn: String,
    pub(super) services: BTreeMap<String, ServiceKey>,
    /// Those that are not INACTIVE.
    pub(super) containers: BTreeSet<ContainerKey>,
}

/// One registration of an EC2 instance in a cluster.
#[derive(Debug)]
pub(super) struct ContainerInstance {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) cluster: String,
    pub(super) machine: InstanceKey,
    pub(super) ec2_id: String,
    pub(super) zone: String,
    pub(super) status: ContainerStatus,
    pub(super) agent_connected: bool,
    pub(super) version: u64,
    pub(super) registered_at: Time,
    /// When its agent last connected.
    pub(super) connected_at: Time,
    /// Custom attributes; the built-in ones are worked out when shown.
    pub(super) attributes: BTreeMap<String, Option<String>>,
    pub(super) cpu: u32,
    pub(super) memory: u32,
    pub(super) cpu_left: u32,
    pub(super) memory_left: u32,
    /// Desired RUNNING and last RUNNING.
    pub(super) running: usize,
    /// Desired RUNNING and not yet there.
    pub(super) pending: usize,
    /// Every task ever placed here.
    pub(super) tasks: Vec<TaskKey>,
    /// Those whose lastStatus is not STOPPED.
    pub(super) live: BTreeSet<TaskKey>,
    /// Its states, as reads may show them.
    pub(super) trail: Trail<ContainerState>,
}

/// The part of a container instance that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContainerState {
    pub(super) status: ContainerStatus,
    pub(super) agent_connected: bool,
    pub(super) running: usize,
    pub(super) pending: usize,
    pub(super) cpu_left: u32,
    pub(super) memory_left: u32,
    pub(super) attributes: BTreeMap<String, Option<String>>,
}

impl ContainerInstance {
    pub(super) fn state(&self) -> ContainerState {
        ContainerState {
            status: self.status,
            agent_connected: self.agent_connected,
            running: self.running,
            pending: self.pending,
            cpu_left: self.cpu_left,
            memory_left: self.memory_left,
            attributes: self.attributes.clone(),
        }
    }

    /// Whether the scheduler may place anything here.
    pub(super) fn takes_tasks(&self) -> bool {
        self.status == ContainerStatus::Active && self.agent_connected
    }

    /// The value of `ecs.…` or custom attribute `name`: absent, bare, or with a value.
    pub(super) fn attribute(&self, name: &str) -> Option<Option<&str>> {
        self.attribute_of(&self.attributes, name)
    }

    /// The same, where its custom attributes are these.
    pub(super) fn attribute_of<'a>(
        &'a self,
        custom: &'a BTreeMap<String, Option<String>>,
        name: &str,
    ) -> Option<Option<&'a str>> {
        self.attributes_of(custom).find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The names and values of its attributes, where its custom ones are these.
    pub(super) fn attributes_of<'a>(
        &'a self,
        custom: &'a BTreeMap<String, Option<String>>,
    ) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        let built_in =
            [("ecs.availability-zone", Some(self.zone.as_str())), ("ecs.os-type", Some("linux"))];
        let custom = custom.iter().map(|(name, value)| (name.as_str(), value.as_deref()));
        built_in.into_iter().chain(custom)
    }
}

/// A task, with both its true state and the state that ECS knows.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) cluster: String,
    pub(super) container: ContainerKey,
    pub(super) service: Option<ServiceKey>,
    pub(super) family: String,
    /// Of its task definition.
    pub(super) revision: usize,
    /// The number of its service's deployment that started it.
    pub(super) deployment: usize,
    pub(super) group: String,
    pub(super) started_by: Option<String>,
    pub(super) workload: Workload,
    pub(super) stop_seconds: u64,
    /// Whether ECS wants it to run; otherwise to stop.
    pub(super) wanted: bool,
    /// The true status on the machine.
    pub(super) actual: TaskStatus,
    /// The last status that ECS knows: `lastStatus`.
    pub(super) last: TaskStatus,
    /// Whether it is stopped once the agent connects.
    pub(super) stop_pending: bool,
    pub(super) version: u64,
    pub(super) created_at: Time,
    pub(super) started_at: Option<Time>,
    pub(super) healthy_at: Option<Time>,
    pub(super) stopping_at: Option<Time>,
    pub(super) stop: Option<Stop>,
    /// When its containers stopped by themselves, or by order.
    pub(super) containers_stopped_at: Option<Time>,
    /// When it truly ended.
    pub(super) stopped_at: Option<Time>,
    /// When ECS learned that it ended.
    pub(super) reported_stopped_at: Option<Time>,
    pub(super) protected_until: Option<Time>,
    /// Whether it had not ended when its machine was released, ended, halted or was taken.
    pub(super) cut_short: bool,
    /// lastStatus, and whether ECS wants it to run, as reads may show them.
    pub(super) trail: Trail<(TaskStatus, bool)>,
}

/// `desiredStatus` of a task that ECS wants to run, or to stop.
pub(super) fn desired_status(wanted: bool) -> &'static str {
    if wanted { "RUNNING" } else { "STOPPED" }
}

impl Task {
    /// `desiredStatus`.
    pub(super) fn desired(&self) -> &'static str {
        desired_status(self.wanted)
    }

    /// RUNNING as ECS knows it, and past its health checks.
    pub(super) fn healthy(&self, now: Time) -> bool {
        self.last == TaskStatus::Running && self.healthy_at.is_some_and(|at| at <= now)
    }

    /// Held by task protection.
    pub(super) fn protected(&self, now: Time) -> bool {
        self.protected_until.is_some_and(|until| until > now)
    }
}

/// A deployment of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deployment {
    pub(super) id: String,
    /// Its number among the deployments of the service, from 0.
    pub(super) number: usize,
    /// Of the task definition.
    pub(super) revision: usize,
    pub(super) created_at: Time,
    pub(super) updated_at: Time,
    /// It has once brought the service to a steady state; scaling does not undo that.
    pub(super) completed: bool,
}

impl Deployment {
    pub(super) fn new(id: String, number: usize, revision: usize, now: Time) -> Self {
        Self { id, number, revision, created_at: now, updated_at: now, completed: false }
    }
}

/// The part of a service that changes as its tasks come and go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServiceState {
    pub(super) desired: usize,
    pub(super) tags: BTreeMap<String, String>,
    /// Of the PRIMARY deployment, then of those that it replaces.
    pub(super) deployments: Vec<DeploymentState>,
}

/// How far a deployment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeploymentState {
    pub(super) deployment: Deployment,
    pub(super) desired: usize,
    pub(super) running: usize,
    pub(super) pending: usize,
}

#[derive(Debug)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) cluster: String,
    /// The PRIMARY one.
    pub(super) deployment: Deployment,
    /// Those that it replaces, newest first, as long as they have tasks.
    pub(super) replaced: Vec<Deployment>,
    pub(super) created_at: Time,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) daemon: bool,
    pub(super) desired: usize,
    pub(super) minimum_healthy_percent: usize,
    pub(super) maximum_percent: usize,
    /// What the tasks of the PRIMARY deployment need.
    pub(super) workload: Workload,
    /// A custom attribute that a container instance must carry, and its value.
    pub(super) constraint: Option<(String, String)>,
    /// Its metrics have a resolution of 20 seconds.
    pub(super) high_resolution: bool,
    /// The one of its capacity provider strategy.
    pub(super) capacity_provider: Option<String>,
    /// Tasks in PROVISIONING: with a capacity provider, those that found no place wait for one.
    pub(super) provisioning: usize,
    /// Every task ever started.
    pub(super) tasks: Vec<TaskKey>,
    /// Those whose lastStatus is not STOPPED.
    pub(super) live: BTreeSet<TaskKey>,
    /// Newest first.
    pub(super) events: VecDeque<ServiceEvent>,
    /// Whether a run of its scheduler is already scheduled.
    pub(super) awake: bool,
    /// Failed attempts at placement in a row.
    pub(super) failures: u32,
    /// No attempt at placement before this.
    pub(super) retry_at: Option<Time>,
    /// Its states, as reads may show them.
    pub(super) trail: Trail<ServiceState>,
}

impl Service {
    /// `schedulingStrategy`.
    pub(super) fn strategy(&self) -> &'static str {
        if self.daemon { "DAEMON" } else { "REPLICA" }
    }
}

/// A line in a service's log.
#[derive(Debug)]
pub(super) struct ServiceEvent {
    pub(super) id: String,
    pub(super) at: Time,
    pub(super) message: String,
}
