//! Which of the known messages a message is.

use envelope::{Field, Malformed};
use requeue::{Requeue, WorkItem};
use serde_json::Value;

use super::notification::Notification;
use super::skip::Skip;
use super::{document, sns};

/// Reads one message without its envelopes.
pub(super) fn classify(message: &Value) -> Result<Notification, Malformed> {
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
        let alarm = Field { kind: "reconcile", path: "alarm", value: Some(alarm) };
        return alarm.parsed().map(Notification::Reconcile);
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
    Ok(Notification::Skip(Skip::Unknown))
}
