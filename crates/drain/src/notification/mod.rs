//! Parses incoming messages. One event may carry several; each becomes a notification, a skip with
//! its reason, or an error that names the fault.

mod bus;
mod lifecycle;

use aws_names::{ClusterName, ContainerInstanceArn, GroupName, InstanceId, TaskArn};
use envelope::Field;
use requeue::Requeue;
use serde_json::Value;

use crate::Time;

pub use envelope::Malformed;

/// One message of an event.
pub type Message = envelope::Message<Notification>;

/// A message that was parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// Auto Scaling holds an instance for a termination lifecycle hook.
    Terminating(Terminating),
    /// EC2 will interrupt a Spot instance in two minutes.
    SpotInterruption(SpotInterruption),
    /// ECS reports that a DRAINING container instance has no running or pending task.
    Drained(Drained),
    /// ECS reports that a task stopped.
    Stopped(Stopped),
    /// A requeue message was delivered.
    Requeue(Requeue),
    /// The schedule triggers a full resync, of all clusters if it names none.
    Schedule { cluster: Option<ClusterName> },
    /// A valid message that triggers no reconcile.
    Skip(Skip),
}

/// Why a valid message triggers no reconcile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// The test message that Auto Scaling sends when a hook is created or changed.
    TestNotification,
    /// A launch lifecycle action: no task runs there yet.
    Launching,
    /// A plain notification of the group, which holds no instance.
    PlainNotification,
    /// A rebalance recommendation. With capacity rebalancing the hook fires anyway; without it,
    /// nothing replaces the instance.
    RebalanceRecommendation,
    /// A change of a task that does not run on a container instance (Fargate).
    NotOnContainerInstance,
    /// A change of a task or container instance that does not advance a drain.
    NoProgress,
    /// Another notification of a lifecycle action: its drain has just begun.
    DrainBegun,
    /// A notification of a group that has neither a tag nor a hook of ours.
    GroupNotOptedIn,
    /// An event of a cluster of which no group has our tag.
    ClusterNotOptedIn,
    /// An interruption of an instance that is in no group with our tag.
    InstanceNotOptedIn,
    /// A stop of a task in a cluster of which no instance is held.
    NothingDrains,
    /// A requeue message of alarm-scaling.
    NotACluster,
    /// An interruption announced so long ago that it has happened or will not happen.
    Stale,
    /// JSON of an unknown kind.
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
            Self::DrainBegun => "drain_begun",
            Self::GroupNotOptedIn => "group_not_opted_in",
            Self::ClusterNotOptedIn => "cluster_not_opted_in",
            Self::InstanceNotOptedIn => "instance_not_opted_in",
            Self::NothingDrains => "nothing_drains",
            Self::NotACluster => "not_a_cluster",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
        }
    }
}

/// A termination lifecycle action. It only names the instance: whether that is in a wait state is
/// read from the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminating {
    pub group: GroupName,
    pub instance: InstanceId,
}

/// A Spot interruption warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotInterruption {
    pub instance: InstanceId,
    /// When EC2 announced it.
    pub at: Time,
}

/// A container instance state change to DRAINING without running and pending tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drained {
    pub cluster: ClusterName,
    pub arn: ContainerInstanceArn,
    /// The event reports that the agent is connected to ECS.
    pub agent_connected: bool,
    /// The time of the event, rounded up to the next second; `None` if it has none.
    pub at: Option<Time>,
}

/// A task state change to STOPPED.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    pub cluster: ClusterName,
    /// The container instance the task ran on.
    pub container_instance: ContainerInstanceArn,
    pub arn: TaskArn,
    /// The time of the event, rounded up to the next second; `None` if it has none.
    pub at: Option<Time>,
    /// Its EC2 instance was terminated while it ran.
    pub cut_short: Option<CutShort>,
}

/// A task that died with its EC2 instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutShort {
    /// The instance that AWS names in the reason, if it does.
    pub instance: Option<InstanceId>,
}

/// Reads every message of `event`, in order. An SNS event may carry several records; one that
/// cannot be read does not affect the others.
pub fn read(event: &Value) -> Vec<Message> {
    envelope::read(event, classify)
}

/// Parses one unwrapped message.
fn classify(message: &Value) -> Result<Notification, Malformed> {
    if let Some(requeue) = Requeue::read(message) {
        return requeue
            .map(Notification::Requeue)
            .map_err(|error| Malformed::Requeue(error.to_string()));
    }
    if let Some(schedule) = message.get("schedule") {
        let cluster = field(schedule, "schedule", "schedule.cluster");
        let cluster = cluster.value.map(|_| cluster.parsed()).transpose()?;
        return Ok(Notification::Schedule { cluster });
    }
    if message.get("detail-type").is_some() {
        return bus::classify(message);
    }
    lifecycle::classify(message)
}

/// The field at `path` of a message. `object` is what contains the last part of the path.
fn field<'a>(object: &'a Value, kind: &'static str, path: &'static str) -> Field<'a> {
    let key = path.rsplit('.').next().unwrap_or(path);
    Field { kind, path, value: object.get(key) }
}

#[cfg(test)]
#[path = "../../../envelope/src/anything.rs"]
mod anything;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::anything::anything;
    use super::*;

    const WORDS: &str = "requeue, cluster, delay_class, soon, bucket, schedule, detail-type, \
        detail, ECS Task State Change, lastStatus, STOPPED, LifecycleTransition, \
        autoscaling:EC2_INSTANCE_TERMINATING, EC2InstanceId, time";

    fn read_one(event: Value) -> Result<Notification, Malformed> {
        let [message] = <[_; 1]>::try_from(read(&event)).unwrap();
        message.notification
    }

    #[test]
    fn a_requeue_message_is_read_or_named_and_unknown_json_skipped() {
        let fields = json!({"cluster": "demo", "delay_class": "soon", "bucket": 7});
        let requeue = read_one(json!({ "requeue": fields }));
        assert!(matches!(requeue, Ok(Notification::Requeue(requeue)) if requeue.bucket == 7));
        assert!(matches!(read_one(json!({"requeue": {}})), Err(Malformed::Requeue(_))));
        assert_eq!(read_one(json!({"hello": 1})), Ok(Notification::Skip(Skip::Unknown)));
    }

    proptest! {
        #[test]
        fn every_record_of_any_event_is_a_notification_a_skip_or_named(event in anything(WORDS)) {
            let records = event.get("Records").and_then(Value::as_array).map_or(1, Vec::len);
            let read = read(&event);
            prop_assert_eq!(read.len(), records);
            for malformed in read.into_iter().filter_map(|message| message.notification.err()) {
                prop_assert!(!malformed.to_string().is_empty());
            }
        }
    }
}
