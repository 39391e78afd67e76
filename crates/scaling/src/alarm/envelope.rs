//! The envelopes around a message: SQS records, SNS records, an SNS notification as
//! the body of an SQS message, or none.

use std::borrow::Cow;

use serde_json::Value;

use super::{Malformed, Notice, classify};

/// SNS within SQS is two; what is wrapped deeper was not sent by AWS.
const ENVELOPES: usize = 3;

/// One message of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The SQS message id, by which a batch reports this message as failed.
    pub sqs_id: Option<String>,
    /// What it says.
    pub notice: Result<Notice, Malformed>,
}

/// Every message of `event`, in order. An event may carry several records, and one
/// that cannot be read fails no other.
pub fn read(event: &Value) -> Vec<Message> {
    let notice = |record| open(record).and_then(|message| classify(&message));
    let Some(Value::Array(records)) = event.get("Records") else {
        return vec![Message { sqs_id: None, notice: notice(event) }];
    };
    records
        .iter()
        .map(|record| Message {
            sqs_id: record.get("messageId").and_then(Value::as_str).map(str::to_owned),
            notice: notice(record),
        })
        .collect()
}

/// Take one envelope off after the other.
///
/// Only the field that holds the message is read: no field of an envelope is proof of
/// anything, since whoever may send may write them all.
fn open(record: &Value) -> Result<Cow<'_, Value>, Malformed> {
    let mut message = Cow::Borrowed(record);
    for _ in 0..=ENVELOPES {
        let Some((kind, field, inner)) = wrapped(object(&message)?) else {
            return Ok(message);
        };
        let Some(body) = inner.and_then(Value::as_str) else {
            return Err(Malformed::Field { kind, field, fault: "absent or not a string" });
        };
        let inner =
            serde_json::from_str(body).map_err(|error| Malformed::NotJson(error.to_string()))?;
        message = Cow::Owned(inner);
    }
    Err(Malformed::TooDeep(ENVELOPES))
}

/// `value` itself, if it is an object.
fn object(value: &Value) -> Result<&Value, Malformed> {
    Err(Malformed::NotObject(match value {
        Value::Object(_) => return Ok(value),
        Value::Array(_) => "an array",
        Value::String(_) => "a string",
        Value::Number(_) => "a number",
        Value::Bool(_) => "a boolean",
        Value::Null => "null",
    }))
}

/// The kind of envelope that `value` is, and the field that holds its message.
fn wrapped(value: &Value) -> Option<(&'static str, &'static str, Option<&Value>)> {
    if let Some(sns) = value.get("Sns") {
        return Some(("SNS record", "Sns.Message", sns.get("Message")));
    }
    if value.get("eventSource").and_then(Value::as_str) == Some("aws:sqs") {
        return Some(("SQS record", "body", value.get("body")));
    }
    if value.get("Type").and_then(Value::as_str) == Some("Notification") {
        return Some(("SNS notification", "Message", value.get("Message")));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::Skip;
    use serde_json::json;

    const LOOK: &str = r#"{"alarm":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"}"#;

    fn notices(event: &Value) -> Vec<Result<Notice, Malformed>> {
        read(event).into_iter().map(|message| message.notice).collect()
    }

    fn is_look(notice: &Result<Notice, Malformed>) -> bool {
        matches!(notice, Ok(Notice::Look(alarm)) if alarm.name() == "a")
    }

    #[test]
    fn one_malformed_record_fails_no_other() {
        let sqs =
            |id: &str, body: &str| json!({"messageId": id, "eventSource": "aws:sqs", "body": body});
        let event = json!({"Records": [
            sqs("m-1", "{'alarmData': {'state': True}}"),
            {"messageId": "m-2", "eventSource": "aws:sqs"},
            sqs("m-3", "[1]"),
            sqs("m-4", LOOK),
            sqs("m-5", r#"{"tick":{}}"#),
            null,
            {"EventSource": "aws:sns", "Sns": {"Message": {"alarm": 1}}},
            {"EventSource": "aws:sns", "Sns": {"Message": LOOK}},
        ]});
        let read = notices(&event);
        assert!(matches!(read[0], Err(Malformed::NotJson(_))), "a Python literal");
        assert!(matches!(read[1], Err(Malformed::Field { field: "body", .. })));
        assert_eq!(read[2], Err(Malformed::NotObject("an array")));
        assert!(is_look(&read[3]));
        assert!(matches!(read[4], Err(Malformed::Tick(_))));
        assert_eq!(read[5], Err(Malformed::NotObject("null")));
        assert!(matches!(read[6], Err(Malformed::Field { field: "Sns.Message", .. })));
        assert!(is_look(&read[7]));
        assert_eq!(read.len(), 8);
    }

    #[test]
    fn a_record_of_a_queue_keeps_its_message_id() {
        let body = json!({"Type": "Notification", "Message": LOOK}).to_string();
        let event = json!({"Records": [
            {"messageId": "m-1", "eventSource": "aws:sqs", "body": body},
            {"messageId": "m-2", "eventSource": "aws:sqs", "body": LOOK},
        ]});
        assert!(notices(&event).iter().all(is_look));
        let ids: Vec<_> = read(&event).into_iter().map(|message| message.sqs_id).collect();
        assert_eq!(ids, [Some("m-1".to_owned()), Some("m-2".to_owned())]);
    }

    #[test]
    fn a_bare_message_needs_no_envelope_and_an_empty_batch_says_nothing() {
        assert!(notices(&serde_json::from_str(LOOK).unwrap()).iter().all(is_look));
        assert!(read(&json!({"Records": []})).is_empty());
        let unknown = Notice::Skip { why: Skip::Unknown, alarm: None };
        assert_eq!(notices(&json!({"hello": 1})), [Ok(unknown)]);
        assert_eq!(notices(&json!(7)), [Err(Malformed::NotObject("a number"))]);
    }

    #[test]
    fn three_envelopes_are_opened_and_a_fourth_is_refused() {
        let mut message = LOOK.to_owned();
        for envelopes in 1..=ENVELOPES + 1 {
            message = json!({"Type": "Notification", "Message": message}).to_string();
            let read = notices(&serde_json::from_str(&message).unwrap());
            if envelopes <= ENVELOPES {
                assert!(read.iter().all(is_look));
            } else {
                assert_eq!(read, [Err(Malformed::TooDeep(ENVELOPES))]);
            }
        }
    }
}
