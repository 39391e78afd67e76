//! Messages about alarms. One event may carry many, and each is read as a notification, a typed
//! skip or an error that names what is malformed.
//!
//! CloudWatch sends the same transition in two formats with different content:
//!
//! | | SNS message | Lambda action or EventBridge event |
//! |---|---|---|
//! | threshold | `Trigger.Threshold` | in `state.reasonData` |
//! | operator | `Trigger.ComparisonOperator` | absent |
//! | data points | only in words, in `NewStateReason` | in `state.reasonData` |
//!
//! So only two facts of a notification are relied on: which alarm went into ALARM, and when. The
//! rest is optional and may save a call. DescribeAlarms is authoritative, and its
//! `StateReasonData` is read by the same [`Evaluation`]. The text of a reason is never parsed: it
//! may name a transition that did not happen (`OK -> ALARM` after INSUFFICIENT_DATA), writes days
//! before months, and lists data points newest first.
//!
//! Sources:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>.

mod arn;
mod document;
mod evaluation;
mod kind;
mod sns;
mod timestamp;
mod told;

#[cfg(test)]
mod tests;

use requeue::{Requeue, WorkItem};
use serde_json::Value;

use crate::Time;
use crate::step::Operator;

pub use arn::{AlarmArn, BadArn};
pub use envelope::Malformed;
pub use evaluation::{Datapoint, Evaluation};
pub use kind::{Kind, of as kind};

/// One message of an event.
pub type Message = envelope::Message<Notification>;

/// A message that is understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Notification {
    /// An alarm went into ALARM.
    Alarm(Alarm),
    /// A request to reconcile an alarm, without its state.
    Reconcile(AlarmArn),
    /// A requeue message of the re-invoke loop is due.
    Requeue(Requeue),
    /// A work item of a serialization key.
    WorkItem(WorkItem),
    /// A message that is understood but does not cause scaling.
    Skip {
        why: Skip,
        /// The alarm, if the message names it.
        alarm: Option<AlarmArn>,
    },
}

/// A transition into ALARM, as its message reports it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// The alarm; its account, region and name are the ARN's. `Region` in an SNS
    /// message is a display name, and AWS's own example of a Lambda action has an
    /// `alarmName` that is not the one in its `alarmArn`.
    pub arn: AlarmArn,
    /// When the state was entered.
    pub at: Time,
    /// The state before, if the message has it. It may be ALARM too: when the actions of a
    /// composite alarm are no longer suppressed.
    pub previous: Option<StateValue>,
    /// What the alarm watches, if the message has it.
    pub kind: Option<Kind>,
    /// The threshold, if the alarm has one and the message has it.
    pub threshold: Option<f64>,
    /// How the metric is compared with the threshold, if the message has it.
    pub operator: Option<Operator>,
    /// What was evaluated. `None` if the message has no such data: from SNS, or after
    /// SetAlarmState.
    pub evaluation: Option<Evaluation>,
}

impl Alarm {
    /// The identity of the transition: messages with the same key are duplicates.
    pub fn key(&self) -> (&AlarmArn, Time) {
        (&self.arn, self.at)
    }
}

/// The value of an alarm's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateValue {
    Ok,
    Alarm,
    /// `INSUFFICIENT_DATA`
    InsufficientData,
}

impl StateValue {
    /// Read CloudWatch's name.
    pub fn read(name: &str) -> Option<Self> {
        match name {
            "OK" => Some(Self::Ok),
            "ALARM" => Some(Self::Alarm),
            "INSUFFICIENT_DATA" => Some(Self::InsufficientData),
            _ => None,
        }
    }
}

/// Why a message that is understood does not cause scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// The alarm went to OK.
    Ok,
    /// The alarm went to INSUFFICIENT_DATA, so there is no value to scale on.
    InsufficientData,
    /// A mute rule holds back the alarm's actions. EventBridge events are sent regardless, and
    /// when the window ends CloudWatch starts the actions of alarms that are still in ALARM.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html>
    Muted,
    /// The composite alarm's suppressor holds back its actions. A message follows when that ends
    /// while the alarm is still in ALARM.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html>
    Suppressed,
    /// The alarm was created, changed or deleted; another event reports its state.
    ConfigurationChange,
    /// One time series of an alarm over many. AWS has no Auto Scaling action for it either.
    Contributor,
    /// A Metrics Insights query. It may return many series, and thus not one value.
    MetricsInsights,
    /// A PromQL query. It may return many series too.
    PromQl,
    /// A log alarm. It watches the results of a log query, not a metric.
    LogAlarm,
    /// AWS's sample message, whose ARN holds placeholders.
    Sample,
    /// JSON of an unknown kind.
    Unknown,
}

impl Skip {
    /// The name in log records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::InsufficientData => "insufficient_data",
            Self::Muted => "muted",
            Self::Suppressed => "suppressed",
            Self::ConfigurationChange => "configuration_change",
            Self::Contributor => "contributor",
            Self::MetricsInsights => "metrics_insights",
            Self::PromQl => "promql",
            Self::LogAlarm => "log_alarm",
            Self::Sample => "sample",
            Self::Unknown => "unknown",
        }
    }
}

/// Every message of `event`, in order. An event may carry several records; one that cannot be read
/// does not affect the others.
pub fn read(event: &Value) -> Vec<Message> {
    envelope::read(event, classify)
}

/// Reads one message without its envelopes.
fn classify(message: &Value) -> Result<Notification, Malformed> {
    if let Some(requeue) = Requeue::read(message) {
        return requeue
            .map(Notification::Requeue)
            .map_err(|error| Malformed::Requeue(error.to_string()));
    }
    if let Some(work_item) = WorkItem::read(message) {
        return work_item
            .map(Notification::WorkItem)
            .map_err(|error| Malformed::Requeue(error.to_string()));
    }
    if let Some(alarm) = message.get("alarm") {
        return arn::field(Some(alarm), "reconcile", "alarm").map(Notification::Reconcile);
    }
    if message.get("detail-type").is_some() {
        return document::event(message);
    }
    if message.get("alarmData").is_some() {
        return document::action(message);
    }
    if ["AlarmArn", "AlarmName", "NewStateValue"].iter().any(|key| message.get(key).is_some()) {
        return sns::message(message);
    }
    Ok(Notification::Skip { why: Skip::Unknown, alarm: None })
}
