//! What a look reads from AWS about one EC2 instance.

use crate::Time;
use crate::note::Note;

/// An EC2 instance, as its group and its cluster show it now.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// The EC2 instance id.
    pub id: String,
    /// The group it belongs to and its state there; none if no group of ours has it.
    pub member: Option<Member>,
    /// Its container instances in our cluster: most often one, none before it has
    /// registered or after it has left, two when its agent registered anew.
    pub registrations: Vec<Registration>,
    /// When its termination began, once that was read.
    pub terminating_since: Answer<Option<Time>>,
    /// Where else it is registered, once that was read.
    pub elsewhere: Answer<Elsewhere>,
    /// Whether any group of the account has it, once that was read.
    pub in_any_group: Answer<bool>,
}

/// Where an instance is registered, if not in our cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// In no cluster of the account.
    Nowhere,
    /// In another cluster, by name or ARN.
    Cluster(String),
    /// Our own cluster does not exist.
    NoSuchCluster,
}

/// Something that costs a call to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer<T> {
    /// Not asked so far.
    #[default]
    Unasked,
    /// Asked, and this was the answer.
    Known(T),
    /// Asked, and AWS did not say.
    Failed,
}

/// An instance's place in an Auto Scaling group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The group's name.
    pub group: String,
    /// Its lifecycle state.
    pub state: LifecycleState,
}

/// The lifecycle states that the drain tells apart (EC2 Auto Scaling user guide,
/// "Amazon EC2 Auto Scaling instance lifecycle").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LifecycleState {
    /// Serving.
    InService,
    /// On its way into service, back from a warm pool perhaps.
    Pending,
    /// On its way into service, held by a launch hook.
    PendingWait,
    /// Leaving, or on its way into a warm pool, not yet held by a hook.
    Terminating,
    /// Held by a hook before it leaves: `Terminating:Wait`,
    /// `Warmed:Terminating:Wait` or `ReplacingRootVolume:Wait`.
    Waiting,
    /// Held by a hook before it rests in a warm pool, `Warmed:Pending:Wait`: by a termination
    /// hook if it comes out of service, by a launch hook if it is new.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-instance-lifecycle.html>
    EnteringPool,
    /// At rest in a warm pool: `Warmed:Stopped` and its like.
    Warm,
    /// Kept after an abandoned lifecycle action: `Terminating:Retained` and its like in the warm
    /// pool.
    Retained,
    /// Any other, by its AWS name: nothing for us to do there.
    Other(String),
}

impl LifecycleState {
    /// Read the state by its AWS name.
    pub fn read(name: &str) -> Self {
        match name {
            "InService" => Self::InService,
            "Pending" | "Pending:Proceed" => Self::Pending,
            "Pending:Wait" => Self::PendingWait,
            "Terminating" | "Warmed:Terminating" | "Warmed:Pending" | "ReplacingRootVolume" => {
                Self::Terminating
            }
            "Terminating:Wait" | "Warmed:Terminating:Wait" | "ReplacingRootVolume:Wait" => {
                Self::Waiting
            }
            "Warmed:Pending:Wait" => Self::EnteringPool,
            "Warmed:Stopped" | "Warmed:Running" | "Warmed:Hibernated" => Self::Warm,
            kept if kept.ends_with(":Retained") => Self::Retained,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Whether a hook holds an instance in this state, which may be ours.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Waiting | Self::EnteringPool)
    }
}

impl Instance {
    /// Whether our cluster knows it, in a status that ECS may run tasks in.
    pub fn is_registered(&self) -> bool {
        self.registrations.iter().any(|registration| registration.status != Status::Gone)
    }
}

/// A container instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// Its ARN.
    pub arn: String,
    /// Its status.
    pub status: Status,
    /// Whether its agent speaks with ECS.
    pub agent_connected: bool,
    /// Tasks whose desired status is RUNNING, running or pending. It is 0 as soon as
    /// ECS has decided to stop them, long before they have stopped.
    pub counted_tasks: u32,
    /// What an earlier look wrote down.
    pub note: Option<Note>,
    /// No note can be written: it has ten custom attributes of other people's, or AWS
    /// refused one in this look.
    pub unnotable: bool,
    /// Its tasks with lastStatus other than STOPPED, once they were read.
    pub tasks: Answer<Vec<Task>>,
    /// They were read again, so much later than the counts that no list was behind them.
    pub confirmed: bool,
    /// When the last of its tasks stopped, among those that were read.
    pub last_stop: Option<Time>,
}

impl Registration {
    /// Its tasks that have not stopped, as far as they were read.
    pub fn unstopped(&self) -> &[Task] {
        match &self.tasks {
            Answer::Known(tasks) => tasks,
            Answer::Unasked | Answer::Failed => &[],
        }
    }
}

/// The status of a container instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Takes tasks.
    Active,
    /// Takes none.
    Draining,
    /// Cannot be drained so far.
    Registering,
    /// DEREGISTERING, INACTIVE or REGISTRATION_FAILED: ECS runs nothing there.
    Gone,
}

/// A task that has not stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its ARN.
    pub arn: String,
    /// `service:NAME` or `family:NAME`.
    pub group: String,
    /// ECS has decided to stop it.
    pub stopping: bool,
}

impl Task {
    /// The service it belongs to; ECS moves no task that belongs to none.
    pub fn service(&self) -> Option<&str> {
        self.group.strip_prefix("service:")
    }
}
