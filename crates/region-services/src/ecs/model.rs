//! What ECS keeps about clusters, container instances, services and tasks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Deserialize;

use super::deployments::{Deployment, Progress};
use crate::arena::{ContainerKey, InstanceKey, ServiceKey, TaskKey};
use crate::trail::Trail;
use region_core::Time;

/// A cluster, by its name in [`super::Ecs`].
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) arn: String,
    pub(crate) services: BTreeMap<String, ServiceKey>,
    /// Those that are not INACTIVE.
    pub(crate) containers: BTreeSet<ContainerKey>,
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
pub(crate) struct ContainerInstance {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) cluster: String,
    pub(crate) machine: InstanceKey,
    pub(crate) ec2_id: String,
    pub(crate) zone: String,
    pub(crate) status: ContainerStatus,
    pub(crate) agent_connected: bool,
    pub(crate) version: u64,
    pub(crate) registered_at: Time,
    /// Custom attributes; the built-in ones are worked out when shown.
    pub(crate) attributes: BTreeMap<String, Option<String>>,
    pub(crate) cpu: u32,
    pub(crate) memory: u32,
    pub(crate) cpu_left: u32,
    pub(crate) memory_left: u32,
    /// Desired RUNNING and last RUNNING.
    pub(crate) running: usize,
    /// Desired RUNNING and not yet there.
    pub(crate) pending: usize,
    /// Every task ever placed here.
    pub(crate) tasks: Vec<TaskKey>,
    /// Those whose lastStatus is not STOPPED.
    pub(crate) live: BTreeSet<TaskKey>,
    /// What of it changes, as reads may show it.
    pub(crate) trail: Trail<Changing>,
}

/// What of a container instance changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changing {
    pub(crate) status: ContainerStatus,
    pub(crate) agent_connected: bool,
    pub(crate) running: usize,
    pub(crate) pending: usize,
    pub(crate) cpu_left: u32,
    pub(crate) memory_left: u32,
    pub(crate) attributes: BTreeMap<String, Option<String>>,
}

impl ContainerInstance {
    /// What of it changes, as it is now.
    pub(crate) fn changing(&self) -> Changing {
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
    pub(crate) fn takes_tasks(&self) -> bool {
        self.status == ContainerStatus::Active && self.agent_connected
    }

    /// The value of `ecs.…` or custom attribute `name`: absent, bare, or with a value.
    pub(crate) fn attribute(&self, name: &str) -> Option<Option<&str>> {
        self.attribute_of(&self.attributes, name)
    }

    /// The same, where its custom attributes are these.
    pub(crate) fn attribute_of<'a>(
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
pub(crate) struct Task {
    pub(crate) arn: String,
    pub(crate) cluster: String,
    pub(crate) container: ContainerKey,
    pub(crate) service: Option<ServiceKey>,
    pub(crate) family: String,
    /// Of its task definition.
    pub(crate) revision: usize,
    /// The number of its service's deployment that started it.
    pub(crate) deployment: usize,
    pub(crate) group: String,
    pub(crate) started_by: Option<String>,
    pub(crate) workload: Workload,
    pub(crate) stop_seconds: u64,
    /// Whether ECS wants it to run; otherwise to stop.
    pub(crate) wanted: bool,
    /// The true status on the machine.
    pub(crate) actual: TaskStatus,
    /// The last status that ECS knows: `lastStatus`.
    pub(crate) last: TaskStatus,
    /// Whether it is stopped once the agent connects.
    pub(crate) stop_pending: bool,
    pub(crate) version: u64,
    pub(crate) created_at: Time,
    pub(crate) started_at: Option<Time>,
    pub(crate) healthy_at: Option<Time>,
    pub(crate) stopping_at: Option<Time>,
    pub(crate) stop_reason: Option<String>,
    /// When it truly ended.
    pub(crate) stopped_at: Option<Time>,
    /// When ECS learned that it ended.
    pub(crate) reported_stopped_at: Option<Time>,
    pub(crate) protected_until: Option<Time>,
    /// Whether it was running when the machine ended.
    pub(crate) cut_short: bool,
    /// lastStatus, and whether ECS wants it to run, as reads may show them.
    pub(crate) trail: Trail<(TaskStatus, bool)>,
}

/// `desiredStatus` of a task that ECS wants to run, or to stop.
pub(crate) fn desired_word(wanted: bool) -> &'static str {
    if wanted { "RUNNING" } else { "STOPPED" }
}

impl Task {
    /// `desiredStatus`.
    pub(crate) fn desired(&self) -> &'static str {
        desired_word(self.wanted)
    }

    /// RUNNING as ECS knows it, and past its health checks.
    pub(crate) fn healthy(&self, now: Time) -> bool {
        self.last == TaskStatus::Running && self.healthy_at.is_some_and(|at| at <= now)
    }

    /// Held by task protection.
    pub(crate) fn protected(&self, now: Time) -> bool {
        self.protected_until.is_some_and(|until| until > now)
    }
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) cluster: String,
    /// The PRIMARY one.
    pub(crate) deployment: Deployment,
    /// Those that it replaces, newest first, as long as they have tasks.
    pub(crate) replaced: Vec<Deployment>,
    pub(crate) created_at: Time,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) daemon: bool,
    pub(crate) desired: usize,
    pub(crate) minimum_healthy_percent: usize,
    pub(crate) maximum_percent: usize,
    /// What the tasks of the PRIMARY deployment need.
    pub(crate) workload: Workload,
    /// A custom attribute that a container instance must carry, and its value.
    pub(crate) constraint: Option<(String, String)>,
    /// Every task ever started.
    pub(crate) tasks: Vec<TaskKey>,
    /// Those whose lastStatus is not STOPPED.
    pub(crate) live: BTreeSet<TaskKey>,
    /// Newest first.
    pub(crate) events: VecDeque<ServiceEvent>,
    /// Whether a run of its scheduler is already scheduled.
    pub(crate) awake: bool,
    /// Failed attempts at placement in a row.
    pub(crate) failures: u32,
    /// No attempt at placement before this.
    pub(crate) retry_at: Option<Time>,
    /// What of it changes, as reads may show it.
    pub(crate) trail: Trail<Progress>,
}

/// A line in a service's log.
#[derive(Debug)]
pub(crate) struct ServiceEvent {
    pub(crate) id: String,
    pub(crate) at: Time,
    pub(crate) message: String,
}
