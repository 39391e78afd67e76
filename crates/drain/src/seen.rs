//! What a reconcile reads from AWS about one EC2 instance.

use aws_names::{ContainerInstanceArn, GroupName, InstanceId, ServiceName, TaskArn};

use crate::Time;
use crate::drain_record::{Cause, DrainRecord};
use crate::opt_in::Mode;
use crate::settings::{Settings, SettingsRecord};

/// An EC2 instance as its group and its cluster show it now.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    pub id: InstanceId,
    /// Its group and its lifecycle state there; `None` if no group with our tags has it.
    pub member: Answer<Option<Member>>,
    /// Its container instances in our cluster: usually one; none before it has registered or after
    /// it has left; two if its agent has registered again.
    pub registrations: Vec<Registration>,
    /// When they were read: after the call. It may have been retried for seconds, and counts of 0
    /// in its answer say nothing about the time before.
    pub read_at: Time,
    /// When its termination began.
    pub terminating_since: Answer<Option<Time>>,
    /// Where else it is registered.
    pub elsewhere: Answer<Elsewhere>,
    /// Its place in any group of the account, whatever tags that has.
    pub untagged: Answer<Option<Member>>,
    /// Its drain was over when this process last decided about it.
    pub is_over: bool,
    /// Whether our hook is on its group.
    pub has_hook: Answer<bool>,
}

/// Where an instance is registered, if not in our cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// In no cluster of the account.
    Nowhere,
    /// In another cluster.
    OtherCluster,
    /// Our own cluster does not exist.
    NoSuchCluster,
}

/// A value that costs a call to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer<T> {
    /// Not read so far.
    #[default]
    Unasked,
    /// Read.
    Known(T),
    /// The call failed.
    Failed,
}

/// An instance's place in an Auto Scaling group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub group: GroupName,
    /// Its lifecycle state.
    pub state: LifecycleState,
    /// What is done for the group.
    pub mode: Mode,
    /// The settings of drains that begin now.
    pub settings: Settings,
}

/// The lifecycle states that a drain distinguishes (EC2 Auto Scaling user guide, "Amazon EC2 Auto
/// Scaling instance lifecycle").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LifecycleState {
    /// Serving.
    InService,
    /// On its way into service, possibly from a warm pool.
    Pending,
    /// On its way into service, held by a launch hook.
    PendingWait,
    /// Leaving, or on its way into a warm pool; not held by a hook yet.
    Terminating,
    /// Held by a hook before it leaves: `Terminating:Wait` or `Warmed:Terminating:Wait`.
    Waiting,
    /// Held by a hook before it gets a new root volume and returns: `ReplacingRootVolume:Wait`.
    ReplacingRootVolume,
    /// Held by a hook before it enters a warm pool, `Warmed:Pending:Wait`: by a termination hook if
    /// it comes out of service, by a launch hook if it is new.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-instance-lifecycle.html>
    EnteringPool,
    /// In a warm pool: `Warmed:Stopped`, `Warmed:Running` or `Warmed:Hibernated`.
    Warm,
    /// Kept after an abandoned lifecycle action: `Terminating:Retained` or its equivalent in the
    /// warm pool.
    Retained,
    /// Any other state, by its AWS name. There is nothing to do in it.
    Other(String),
}

impl LifecycleState {
    /// Parses the AWS name of a state.
    pub fn read(name: &str) -> Self {
        match name {
            "InService" => Self::InService,
            "Pending" | "Pending:Proceed" => Self::Pending,
            "Pending:Wait" => Self::PendingWait,
            "Terminating" | "Warmed:Terminating" | "Warmed:Pending" | "ReplacingRootVolume" => {
                Self::Terminating
            }
            "Terminating:Wait" | "Warmed:Terminating:Wait" => Self::Waiting,
            "ReplacingRootVolume:Wait" => Self::ReplacingRootVolume,
            "Warmed:Pending:Wait" => Self::EnteringPool,
            "Warmed:Stopped" | "Warmed:Running" | "Warmed:Hibernated" => Self::Warm,
            kept if kept.ends_with(":Retained") => Self::Retained,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The AWS name of the state, or of the first of those that a drain does not distinguish.
    pub fn name(&self) -> &str {
        match self {
            Self::InService => "InService",
            Self::Pending => "Pending",
            Self::PendingWait => "Pending:Wait",
            Self::Terminating => "Terminating",
            Self::Waiting => "Terminating:Wait",
            Self::ReplacingRootVolume => "ReplacingRootVolume:Wait",
            Self::EnteringPool => "Warmed:Pending:Wait",
            Self::Warm => "Warmed:Stopped",
            Self::Retained => "Terminating:Retained",
            Self::Other(name) => name,
        }
    }

    /// Whether a hook, possibly ours, holds an instance in this state.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Waiting) || self.is_held_to_return()
    }

    /// Whether a hook holds an instance that may come back into service afterwards.
    pub fn is_held_to_return(&self) -> bool {
        matches!(self, Self::ReplacingRootVolume | Self::EnteringPool)
    }
}

impl Instance {
    /// Whether our cluster has it in a status in which ECS may run tasks.
    pub fn is_registered(&self) -> bool {
        self.registrations.iter().any(|registration| registration.status != Status::Gone)
    }

    /// Its group and its lifecycle state, as far as they were read.
    pub fn place(&self) -> Option<&Member> {
        match (&self.member, &self.untagged) {
            (Answer::Known(Some(member)), _)
            | (Answer::Known(None), Answer::Known(Some(member))) => Some(member),
            _ => None,
        }
    }

    /// Whether an earlier reconcile wrote a drain record for it.
    pub fn is_recorded(&self) -> bool {
        self.live().any(|registration| registration.drain_record.is_some())
    }

    /// Whether a drain for our hook has begun, according to its drain records.
    pub fn is_draining_for_hook(&self) -> bool {
        let mut recorded = self.live().filter_map(|registration| registration.drain_record);
        recorded.any(|record| record.cause == Cause::Hook)
    }

    /// The settings that its drain began with.
    pub fn settings_record(&self) -> Option<SettingsRecord> {
        self.live().find_map(|registration| registration.settings)
    }

    fn live(&self) -> impl Iterator<Item = &Registration> {
        self.registrations.iter().filter(|registration| registration.status != Status::Gone)
    }
}

/// A container instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    pub arn: ContainerInstanceArn,
    /// The status that ECS reports.
    pub status: Status,
    /// Whether its agent is connected to ECS.
    pub agent_connected: bool,
    /// The number of tasks with the desired status RUNNING, running or pending. It reaches 0 when
    /// ECS has decided to stop them, long before they have stopped.
    pub counted_tasks: u32,
    /// The drain record of an earlier reconcile.
    pub drain_record: Option<DrainRecord>,
    /// The settings that the drain began with.
    pub settings: Option<SettingsRecord>,
    /// Another attribute fits beside the drain record, for the settings.
    pub settings_fit: bool,
    /// No drain record can be written: it already has ten custom attributes, or AWS rejected one in
    /// this reconcile.
    pub record_refused: bool,
    /// Its tasks.
    pub tasks: Answer<Tasks>,
}

impl Registration {
    /// Whether it is DRAINING for a lifecycle action of our hook that is not over, according to
    /// its drain record.
    pub fn is_draining_for_hook(&self) -> bool {
        let ours = |record: DrainRecord| {
            record.cause == Cause::Hook && !record.done && record.back.is_none()
        };
        self.status == Status::Draining && self.drain_record.is_some_and(ours)
    }

    /// Its tasks that have not stopped; empty if they were not read.
    pub fn unstopped(&self) -> &[Task] {
        match &self.tasks {
            Answer::Known(tasks) => &tasks.left,
            Answer::Unasked | Answer::Failed => &[],
        }
    }
}

/// The status of a container instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Accepts new tasks.
    Active,
    /// Accepts no new tasks.
    Draining,
    /// Cannot be set DRAINING yet.
    Registering,
    /// DEREGISTERING, INACTIVE or REGISTRATION_FAILED: ECS runs no tasks there.
    Gone,
}

/// The tasks of a container instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tasks {
    /// Those with a lastStatus other than STOPPED.
    pub left: Vec<Task>,
    /// When the last of the others stopped, if one was read.
    pub last_stop: Option<Time>,
    /// When they were read: before the call that lists them.
    pub read_at: Time,
}

/// A task that has not stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub arn: TaskArn,
    /// The service that it belongs to. ECS moves only tasks of services.
    pub service: Option<ServiceName>,
    /// ECS has decided to stop it.
    pub stopping: bool,
}

impl Task {
    /// The service of a task in `group`, which is `service:NAME` or `family:NAME`.
    pub fn service_of(group: &str) -> Option<ServiceName> {
        group.strip_prefix("service:").map(ServiceName::from_aws)
    }
}
