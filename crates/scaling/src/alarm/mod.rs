//! What CloudWatch sends about an alarm: one event may carry many messages, each a
//! notice, a typed skip or a malformed message that is named and kept.
//!
//! The same transition comes in two wordings, and what they tell differs:
//!
//! | | SNS message | Lambda action or EventBridge event |
//! |---|---|---|
//! | threshold | `Trigger.Threshold` | in `state.reasonData` |
//! | operator | `Trigger.ComparisonOperator` | not told |
//! | data points | only in words, in `NewStateReason` | in `state.reasonData` |
//!
//! So a notice says which alarm went into ALARM and when; the rest is a hint that
//! spares a call where it is there. DescribeAlarms is the truth about the alarm, and
//! its `StateReasonData` is read by the same [`Evaluation`]. The words of a reason
//! are for people and are never read: they name a transition that did not happen
//! (`OK -> ALARM` after INSUFFICIENT_DATA), write days before months, and list data
//! points newest first.
//!
//! Sources:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>.

mod arn;
mod document;
mod envelope;
mod evaluation;
mod kind;
mod sns;
mod timestamp;
mod told;

#[cfg(test)]
mod tests;

use serde_json::Value;
use tick::{Tick, Turn};

use crate::Time;
use crate::step::Operator;

pub use ::envelope::Malformed;
pub use arn::{AlarmArn, BadArn};

pub use self::envelope::{Message, read};
pub use evaluation::{Datapoint, Evaluation};
pub use kind::{Kind, of as kind};

/// A message that is understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// An alarm went into ALARM.
    Alarm(Alarm),
    /// Someone asks for a look at an alarm, and says nothing of its state.
    Look(AlarmArn),
    /// Our own loop is due.
    Tick(Tick),
    /// A lane's turn has come.
    Turn(Turn),
    /// Understood, and nothing to scale for.
    Skip {
        /// Why.
        why: Skip,
        /// The alarm, where the message tells.
        alarm: Option<AlarmArn>,
    },
}

/// A transition into ALARM, as its message tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// The alarm; its account, region and name are the ARN's. `Region` in an SNS
    /// message is a display name, and AWS's own example of a Lambda action has an
    /// `alarmName` that is not the one in its `alarmArn`.
    pub arn: AlarmArn,
    /// When the state was entered.
    pub at: Time,
    /// The state before, where it is told. ALARM again is a transition too: that of a
    /// composite alarm whose actions are suppressed no more.
    pub previous: Option<StateValue>,
    /// What the alarm watches, where it is told.
    pub kind: Option<Kind>,
    /// The threshold, where it is told and the alarm has one.
    pub threshold: Option<f64>,
    /// How the metric compares with it, where that is told.
    pub operator: Option<Operator>,
    /// What was evaluated. None where no data came: from SNS, after SetAlarmState.
    pub evaluation: Option<Evaluation>,
}

impl Alarm {
    /// What makes one transition: messages about it are duplicates, however they came.
    pub fn key(&self) -> (&AlarmArn, Time) {
        (&self.arn, self.at)
    }
}

/// The value of an alarm's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateValue {
    /// `OK`
    Ok,
    /// `ALARM`
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

/// Why a message that is understood scales nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// The alarm went to OK: what it asked for has ended.
    Ok,
    /// The alarm went to INSUFFICIENT_DATA: nobody knows what to scale for.
    InsufficientData,
    /// A mute rule holds the alarm's actions back. EventBridge events come all the
    /// same, and once the window ends CloudWatch starts the actions of what is still
    /// in ALARM.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html>
    Muted,
    /// The composite alarm's suppressor holds its actions back. A message follows once it
    /// lets go of an alarm that still is in ALARM.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html>
    Suppressed,
    /// The alarm was made, changed or deleted; its state is another event's.
    ConfigurationChange,
    /// One series of an alarm over many: AWS has no Auto Scaling action for it either.
    Contributor,
    /// A Metrics Insights query: it may stand for many series, so for no one value.
    MetricsInsights,
    /// A PromQL query: likewise.
    PromQl,
    /// A log alarm: it watches the results of a query over logs, not a metric.
    LogAlarm,
    /// AWS's sample message, whose ARN holds placeholders.
    Sample,
    /// JSON of a kind that nobody here sends.
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

/// Read one message that is out of its envelopes.
fn classify(message: &Value) -> Result<Notice, Malformed> {
    if let Some(tick) = Tick::read(message) {
        return tick.map(Notice::Tick).map_err(|error| Malformed::Tick(error.to_string()));
    }
    if let Some(turn) = Turn::read(message) {
        return turn.map(Notice::Turn).map_err(|error| Malformed::Tick(error.to_string()));
    }
    if let Some(alarm) = message.get("alarm") {
        return arn::field(Some(alarm), "look", "alarm").map(Notice::Look);
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
    Ok(Notice::Skip { why: Skip::Unknown, alarm: None })
}
