//! What ECS keeps about clusters, container instances, services and tasks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Deserialize;

use super::deployments::{Deployment, Progress};
use crate::Time;
use crate::world::arena::{ContainerKey, InstanceKey, ServiceKey, TaskKey};
use crate::world::trail::Trail;

/// A cluster, by its name in [`super::Ecs`].
#[derive(Debug)]
pub(in crate::world) struct Cluster {
    pub(in crate::world) arn: String,
    pub(in crate::world) services: BTreeMap<String, ServiceKey>,
    /// Those that are not INACTIVE.
    pub(in crate::world) containers: BTreeSet<ContainerKey>,
}

/// The status of a container instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContainerStatus {
    /// The agent has called, nothing can be placed yet.
    Registering,
    /// Takes tasks.
    Active,
    /// Takes no new tasks; services move theirs away.
    Draining,
    /// Deregistered.
    Inactive,
}

impl ContainerStatus {
    /// ECS's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registering => "REGISTERING",
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// One registration of an EC2 instance in a cluster.
#[derive(Debug)]
pub(in crate::world) struct ContainerInstance {
    pub(in crate::world) id: String,
    pub(in crate::world) arn: String,
    pub(in crate::world) cluster: String,
    pub(in crate::world) instance: InstanceKey,
    pub(in crate::world) ec2_id: String,
    pub(in crate::world) zone: String,
    pub(in crate::world) status: ContainerStatus,
    pub(in crate::world) agent_connected: bool,
    pub(in crate::world) version: u64,
    pub(in crate::world) registered_at: Time,
    /// Custom attributes; the built-in ones are worked out when shown.
    pub(in crate::world) attributes: BTreeMap<String, Option<String>>,
    pub(in crate::world) cpu: u32,
    pub(in crate::world) memory: u32,
    pub(in crate::world) cpu_left: u32,
    pub(in crate::world) memory_left: u32,
    /// Desired RUNNING and last RUNNING.
    pub(in crate::world) running: usize,
    /// Desired RUNNING and not yet there.
    pub(in crate::world) pending: usize,
    /// Every task ever placed here.
    pub(in crate::world) tasks: Vec<TaskKey>,
    /// Those whose lastStatus is not STOPPED.
    pub(in crate::world) live: BTreeSet<TaskKey>,
    /// What of it changes, as reads may show it.
    pub(in crate::world) trail: Trail<Changing>,
}

/// What of a container instance changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::world) struct Changing {
    pub(in crate::world) status: ContainerStatus,
    pub(in crate::world) agent_connected: bool,
    pub(in crate::world) running: usize,
    pub(in crate::world) pending: usize,
    pub(in crate::world) cpu_left: u32,
    pub(in crate::world) memory_left: u32,
    pub(in crate::world) attributes: BTreeMap<String, Option<String>>,
}

impl ContainerInstance {
    /// What of it changes, as it is now.
    pub(in crate::world) fn changing(&self) -> Changing {
        Changing {
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
    pub(in crate::world) fn takes_tasks(&self) -> bool {
        self.status == ContainerStatus::Active && self.agent_connected
    }

    /// The value of `ecs.…` or custom attribute `name`: absent, bare, or with a value.
    pub(in crate::world) fn attribute(&self, name: &str) -> Option<Option<&str>> {
        self.attribute_of(&self.attributes, name)
    }

    /// The same, where its custom attributes are these.
    pub(in crate::world) fn attribute_of<'a>(
        &'a self,
        custom: &'a BTreeMap<String, Option<String>>,
        name: &str,
    ) -> Option<Option<&'a str>> {
        match name {
            "ecs.availability-zone" => Some(Some(&self.zone)),
            "ecs.os-type" => Some(Some("linux")),
            _ => custom.get(name).map(Option::as_deref),
        }
    }
}

/// The steps of a task's life, in order; it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskStatus {
    /// Placed; images are pulled and containers created.
    Pending,
    /// Being registered with the load balancer.
    Activating,
    /// Containers run.
    Running,
    /// Being deregistered from the load balancer; containers still serve.
    Deactivating,
    /// Containers have their stop signal and take their time.
    Stopping,
    /// Containers have stopped; what was attached is released.
    Deprovisioning,
    /// Over.
    Stopped,
}

impl TaskStatus {
    /// ECS's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }
}

/// The resources that a task reserves and the durations of its steps, in whole seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Workload {
    /// CPU units (1,024 to a core).
    pub cpu: u32,
    /// MiB that a task reserves.
    pub memory: u32,
    /// MiB that its container may use, where its definition says more than it reserves.
    pub memory_limit: Option<u32>,
    /// Its definition gives cpu and memory for the task as a whole, not for the container.
    pub sized_by_task: bool,
    /// From placement until RUNNING.
    pub start_seconds: u64,
    /// From RUNNING until its health checks have passed.
    pub health_seconds: u64,
    /// The deregistration delay of its target group, if it has one (AWS's default: 300).
    pub deregistration_seconds: Option<u64>,
    /// The shortest its containers take to stop.
    pub stop_min_seconds: u64,
    /// The longest they take; each task draws its own between the two.
    pub stop_max_seconds: u64,
}

impl Default for Workload {
    fn default() -> Self {
        Self {
            cpu: 256,
            memory: 512,
            memory_limit: None,
            sized_by_task: false,
            start_seconds: 5,
            health_seconds: 0,
            deregistration_seconds: None,
            stop_min_seconds: 5,
            stop_max_seconds: 30,
        }
    }
}

/// A task, with both its true state and the state that ECS knows.
#[derive(Debug)]
pub(in crate::world) struct Task {
    pub(in crate::world) arn: String,
    pub(in crate::world) cluster: String,
    pub(in crate::world) container: ContainerKey,
    pub(in crate::world) service: Option<ServiceKey>,
    pub(in crate::world) family: String,
    /// Of its task definition.
    pub(in crate::world) revision: usize,
    /// The number of its service's deployment that started it.
    pub(in crate::world) deployment: usize,
    pub(in crate::world) group: String,
    pub(in crate::world) started_by: Option<String>,
    pub(in crate::world) workload: Workload,
    pub(in crate::world) stop_seconds: u64,
    /// Whether ECS wants it to run; otherwise to stop.
    pub(in crate::world) wanted: bool,
    /// The true status on the machine.
    pub(in crate::world) actual: TaskStatus,
    /// The last status that ECS knows: `lastStatus`.
    pub(in crate::world) last: TaskStatus,
    /// Whether its stop order waits until the agent connects.
    pub(in crate::world) held: bool,
    pub(in crate::world) version: u64,
    pub(in crate::world) created_at: Time,
    pub(in crate::world) started_at: Option<Time>,
    pub(in crate::world) healthy_at: Option<Time>,
    pub(in crate::world) stopping_at: Option<Time>,
    pub(in crate::world) stop_reason: Option<String>,
    /// When it truly ended.
    pub(in crate::world) stopped_at: Option<Time>,
    /// When ECS learned that it ended.
    pub(in crate::world) reported_stopped_at: Option<Time>,
    pub(in crate::world) protected_until: Option<Time>,
    /// Whether it was running when the machine ended.
    pub(in crate::world) cut_short: bool,
    /// lastStatus, and whether ECS wants it to run, as reads may show them.
    pub(in crate::world) trail: Trail<(TaskStatus, bool)>,
}

/// `desiredStatus` of a task that ECS wants to run, or to stop.
pub(in crate::world) fn desired_word(wanted: bool) -> &'static str {
    if wanted { "RUNNING" } else { "STOPPED" }
}

impl Task {
    /// `desiredStatus`.
    pub(in crate::world) fn desired(&self) -> &'static str {
        desired_word(self.wanted)
    }

    /// RUNNING as ECS knows it, and past its health checks.
    pub(in crate::world) fn healthy(&self, now: Time) -> bool {
        self.last == TaskStatus::Running && self.healthy_at.is_some_and(|at| at <= now)
    }

    /// Held by task protection.
    pub(in crate::world) fn protected(&self, now: Time) -> bool {
        self.protected_until.is_some_and(|until| until > now)
    }
}

#[derive(Debug)]
pub(in crate::world) struct Service {
    pub(in crate::world) name: String,
    pub(in crate::world) arn: String,
    pub(in crate::world) cluster: String,
    /// The PRIMARY one.
    pub(in crate::world) deployment: Deployment,
    /// Those that it replaces, newest first, as long as they have tasks.
    pub(in crate::world) replaced: Vec<Deployment>,
    pub(in crate::world) created_at: Time,
    pub(in crate::world) tags: BTreeMap<String, String>,
    pub(in crate::world) daemon: bool,
    pub(in crate::world) desired: usize,
    pub(in crate::world) minimum_healthy_percent: usize,
    pub(in crate::world) maximum_percent: usize,
    /// What the tasks of the PRIMARY deployment need.
    pub(in crate::world) workload: Workload,
    /// A custom attribute that a container instance must carry, and its value.
    pub(in crate::world) constraint: Option<(String, String)>,
    /// Every task ever started.
    pub(in crate::world) tasks: Vec<TaskKey>,
    /// Those whose lastStatus is not STOPPED.
    pub(in crate::world) live: BTreeSet<TaskKey>,
    /// Newest first.
    pub(in crate::world) events: VecDeque<ServiceEvent>,
    /// Whether a run of its scheduler is already scheduled.
    pub(in crate::world) awake: bool,
    /// Failed attempts at placement in a row.
    pub(in crate::world) failures: u32,
    /// No attempt at placement before this.
    pub(in crate::world) retry_at: Option<Time>,
    /// What of it changes, as reads may show it.
    pub(in crate::world) trail: Trail<Progress>,
}

/// A line in a service's log.
#[derive(Debug)]
pub(in crate::world) struct ServiceEvent {
    pub(in crate::world) id: String,
    pub(in crate::world) at: Time,
    pub(in crate::world) message: String,
}
