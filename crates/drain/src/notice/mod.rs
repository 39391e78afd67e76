//! What arrives: one event may carry many messages, each a notice, a typed skip or
//! a malformed message that is named and kept.

mod bus;
mod envelope;
mod lifecycle;

use serde_json::Value;
use tick::Tick;

use crate::Time;

pub use ::envelope::Malformed;

pub use self::envelope::{Message, read};

/// A message that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Auto Scaling holds an instance for a termination lifecycle hook.
    Terminating(Terminating),
    /// EC2 takes a Spot instance back in two minutes.
    SpotInterruption(SpotInterruption),
    /// ECS says that a container instance changed.
    ContainerInstance(ContainerInstanceChange),
    /// ECS says that a task changed.
    Task(TaskChange),
    /// Our own loop is due.
    Tick(Tick),
    /// The slow net under everything.
    Schedule {
        /// The cluster to look at.
        cluster: String,
    },
    /// Understood, and nothing to do about it.
    Skip(Skip),
}

/// Why a message that is understood asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// Auto Scaling tries a notification target when a hook is made or changed.
    TestNotification,
    /// A launch lifecycle action: nothing runs there yet.
    Launching,
    /// A plain notification of the group: it holds nothing.
    PlainNotification,
    /// With capacity rebalancing the hook fires anyway; without, nothing replaces
    /// the instance.
    RebalanceRecommendation,
    /// A change of a task that does not run on a container instance (Fargate).
    NotOnContainerInstance,
    /// A change of a task or container instance that brings the drain no further.
    NoProgress,
    /// A message of a group that this function does not watch.
    OtherGroup,
    /// A message of a cluster that this function does not watch.
    OtherCluster,
    /// An interruption announced so long ago that it is over either way.
    Stale,
    /// JSON of a kind that nobody here sends.
    Unknown,
}

impl Skip {
    /// The name in log records.
    pub fn name(self) -> &'static str {
        match self {
            Self::TestNotification => "test_notification",
            Self::Launching => "launching",
            Self::PlainNotification => "plain_notification",
            Self::RebalanceRecommendation => "rebalance_recommendation",
            Self::NotOnContainerInstance => "not_on_container_instance",
            Self::NoProgress => "no_progress",
            Self::OtherGroup => "other_group",
            Self::OtherCluster => "other_cluster",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
        }
    }
}

/// A termination lifecycle action, as the notice tells it. Only names: whether the
/// instance really waits is read from the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminating {
    /// The group's name.
    pub group: String,
    /// The EC2 instance id.
    pub instance: String,
    /// The cluster that the hook's metadata names, if it names one.
    pub cluster: Option<String>,
}

/// A Spot interruption warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotInterruption {
    /// The EC2 instance id.
    pub instance: String,
    /// When EC2 announced it.
    pub at: Time,
}

/// A container instance state change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerInstanceChange {
    /// The cluster's ARN.
    pub cluster: String,
    /// The container instance's ARN.
    pub arn: String,
    /// The event says: DRAINING, and nothing is running or pending.
    pub empty: bool,
    /// The event says that its agent speaks with ECS.
    pub agent_connected: bool,
    /// When it was so, where the event says; rounded up to the second after.
    pub at: Option<Time>,
}

/// A task state change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskChange {
    /// The cluster's ARN.
    pub cluster: String,
    /// The container instance the task runs on.
    pub container_instance: String,
    /// The task's ARN.
    pub arn: String,
}

/// Read one message that is out of its envelopes.
fn classify(message: &Value) -> Result<Notice, Malformed> {
    if let Some(tick) = Tick::read(message) {
        return tick.map(Notice::Tick).map_err(|error| Malformed::Tick(error.to_string()));
    }
    if let Some(schedule) = message.get("schedule") {
        let cluster = text(schedule, "cluster", "schedule", "schedule.cluster")?;
        return Ok(Notice::Schedule { cluster });
    }
    if message.get("detail-type").is_some() {
        return bus::classify(message);
    }
    lifecycle::classify(message)
}

/// The string field `key` of `object`, or what is wrong with it.
fn text(
    object: &Value,
    key: &str,
    kind: &'static str,
    field: &'static str,
) -> Result<String, Malformed> {
    match object.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::String(_)) => Err(Malformed::Field { kind, field, fault: "empty" }),
        Some(_) => Err(Malformed::Field { kind, field, fault: "not a string" }),
        None => Err(Malformed::Field { kind, field, fault: "absent" }),
    }
}
