//! Messages about alarms, and what scaling reads of an alarm.
//!
//! One event may carry many messages. Each is read as a notification, a typed skip or an error that
//! names what is malformed. CloudWatch reports the same transition with different content from SNS,
//! from a Lambda action and from EventBridge. Only what decides whether to reconcile is read: which
//! alarm went into ALARM, when, and whether its actions are held back or its kind is not supported.
//! The threshold, the operator and the value come from DescribeAlarms, which is authoritative.
//!
//! Sources:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>.

mod classify;
mod configuration;
mod document;
mod evaluation;
mod fields;
mod kind;
mod notification;
mod skip;
mod sns;
mod state_value;
mod timestamp;

#[cfg(test)]
mod tests;

use serde_json::Value;

use classify::classify;

pub use envelope::Malformed;
pub use evaluation::newest_complete;
pub use kind::Kind;
pub use notification::Notification;
pub use skip::Skip;
pub use state_value::StateValue;

/// One message of an event.
pub type Message = envelope::Message<Notification>;

/// Every message of `event`, in order. An event may carry several records; one that cannot be read
/// does not affect the others.
pub fn read(event: &Value) -> Vec<Message> {
    envelope::read(event, classify)
}
