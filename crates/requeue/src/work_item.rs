//! Work items: they serialize the reconciles of each serialization key.
//!
//! While a message of a group is in progress, a FIFO queue delivers no other message of this group,
//! however many functions read it. So before a function reconciles a serialization key, it sends
//! itself a message in the group of this key, and reconciles when that is delivered.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html>

use aws_names::AlarmArn;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Malformed, Requeue, SerializationKey, TargetKey, digest, name, read};

/// The value of the message attribute `delay_class` that selects the work item queue.
pub const NOW: &str = "now";

/// A work item for the transition of an alarm:
/// `{"work_item":{"serialization_key":"service/tide/web","alarm":"arn:…","at":"2026-11-25T10:00:00.101Z"}}`.
/// If the target is not the key itself, the field `target` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "Text")]
pub struct WorkItem {
    /// What is to be reconciled, and under which key.
    pub of: TargetKey,
    /// The alarm that went into ALARM, and when; `None` if no transition is known.
    pub transition: Option<(AlarmArn, OffsetDateTime)>,
}

/// The JSON fields of a work item.
#[derive(Serialize, Deserialize)]
struct Text {
    serialization_key: SerializationKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alarm: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

impl From<WorkItem> for Text {
    fn from(WorkItem { of, transition }: WorkItem) -> Self {
        let (serialization_key, target) = of.written();
        let (alarm, at) = transition.unzip();
        // Only years that no clock shows cannot be formatted.
        let at = at.and_then(|at| at.format(&Rfc3339).ok());
        Self { serialization_key, target, alarm: alarm.map(String::from), at }
    }
}

impl TryFrom<Text> for WorkItem {
    type Error = String;

    fn try_from(Text { serialization_key, target, alarm, at }: Text) -> Result<Self, Self::Error> {
        let transition = match (alarm, at) {
            (Some(alarm), Some(at)) => {
                let at = OffsetDateTime::parse(&at, &Rfc3339)
                    .map_err(|_| "field `at` is not an RFC 3339 time")?;
                Some((name("alarm", &alarm)?, at))
            }
            (None, None) => None,
            _ => return Err("fields `alarm` and `at` go together, give both or neither".into()),
        };
        Ok(Self { of: TargetKey::read(serialization_key, target), transition })
    }
}

impl WorkItem {
    /// The message group id of a serialization key, 64 hexadecimal digits.
    pub fn group(serialization_key: &SerializationKey) -> String {
        digest(&["work_item", serialization_key.as_str()])
    }

    /// The deduplication id, 64 hexadecimal digits. Messages about one transition become one work
    /// item.
    pub fn id(&self) -> String {
        let (alarm, at) = match &self.transition {
            Some((alarm, at)) => (alarm.as_str(), at.unix_timestamp_nanos().to_string()),
            None => ("", String::new()),
        };
        let TargetKey { target, serialization_key } = &self.of;
        digest(&["work_item", serialization_key.as_str(), target, alarm, &at])
    }

    /// The deduplication id of the work item for a due requeue message. The id of the requeue
    /// message itself cannot be used: the topic saw it minutes ago, when the message was published.
    pub fn id_of(requeue: &Requeue) -> String {
        digest(&["work_item", &requeue.id()])
    }

    /// The message body.
    pub fn body(&self) -> String {
        serde_json::json!({ "work_item": self }).to_string()
    }

    /// The work item in `message`; `None` if it has no field `work_item`.
    ///
    /// # Errors
    /// Fields of `work_item` are absent or invalid; the error names them.
    pub fn read(message: &Value) -> Option<Result<Self, Malformed>> {
        read(message, "work_item")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DelayClass, Subject};
    use serde_json::json;
    use time::Duration;

    fn alarm(name: &str) -> AlarmArn {
        format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}").parse().unwrap()
    }

    fn work_item() -> WorkItem {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(1_764_064_800_101);
        WorkItem { of: TargetKey::alone("service/tide/web"), transition: Some((alarm("high"), at)) }
    }

    /// The same target under the key of its group.
    fn shared() -> WorkItem {
        let serialization_key = SerializationKey::new("autoScalingGroup/tide-group");
        WorkItem { of: TargetKey { serialization_key, ..work_item().of }, ..work_item() }
    }

    #[test]
    fn a_work_item_comes_back_as_it_was_sent() {
        for work_item in [work_item(), shared(), WorkItem { transition: None, ..work_item() }] {
            let sent = serde_json::from_str(&work_item.body()).unwrap();
            assert_eq!(WorkItem::read(&sent).unwrap().unwrap(), work_item);
        }
    }

    #[test]
    fn each_alarm_transition_is_one_work_item_per_target_and_key() {
        let (high, at) = work_item().transition.unwrap();
        let requeue = Requeue {
            of: Subject::Target(work_item().of),
            delay_class: DelayClass::Minute,
            bucket: 7,
        };
        let ids = [
            work_item().id(),
            WorkItem { of: TargetKey::alone("other"), ..work_item() }.id(),
            shared().id(),
            WorkItem { transition: Some((alarm("low"), at)), ..work_item() }.id(),
            WorkItem { transition: Some((high, at + Duration::milliseconds(1))), ..work_item() }
                .id(),
            WorkItem { transition: None, ..work_item() }.id(),
            WorkItem::id_of(&requeue),
            requeue.id(),
            WorkItem::group(&work_item().of.serialization_key),
        ];
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 64));
    }

    #[test]
    fn what_is_bad_in_a_work_item_is_named() {
        for (work_item, error) in [
            (json!({}), "work_item: missing field `serialization_key`"),
            (
                json!({"serialization_key": "a", "alarm": "b"}),
                "work_item: fields `alarm` and `at` go together, give both or neither",
            ),
            (
                json!({"serialization_key": "a", "alarm": "b", "at": "2026-11-25T10:00:00Z"}),
                "work_item: field `alarm` is not an alarm's ARN, write \
                 arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME",
            ),
            (
                json!({"serialization_key": "a", "alarm": "b", "at": "noon"}),
                "work_item: field `at` is not an RFC 3339 time",
            ),
        ] {
            let read = WorkItem::read(&json!({ "work_item": work_item })).unwrap();
            assert_eq!(read.unwrap_err().to_string(), error);
        }
        assert!(WorkItem::read(&json!({"requeue": {}})).is_none());
    }
}
