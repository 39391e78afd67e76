//! The envelopes around a message: SQS records, SNS records, an SNS notification as
//! the body of an SQS message, or none.

use serde_json::Value;

/// SNS within SQS is two; what is wrapped deeper was not sent by AWS.
pub const ENVELOPES: usize = 3;

/// A message that cannot be read. It is reported back, so that the queue keeps it
/// and in the end moves it to its dead letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The body is no JSON.
    #[error("body is not JSON ({0}), send the message as AWS does")]
    NotJson(String),
    /// The message is JSON, but no object.
    #[error("message is {0}, send a JSON object")]
    NotObject(&'static str),
    /// Envelopes within envelopes.
    #[error("more than {0} envelopes around the message, send it with fewer")]
    TooDeep(usize),
    /// A field that the message's kind cannot do without.
    #[error("{kind}: field `{field}` is {fault}")]
    Field {
        /// The kind of message.
        kind: &'static str,
        /// The field, with its path.
        field: &'static str,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A tick, or a turn, whose fields are wrong.
    #[error("{0}")]
    Tick(String),
}

/// One message of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<T> {
    /// The SQS message id, by which a batch reports this message as failed.
    pub sqs_id: Option<String>,
    /// The attribute `pace` of the SQS message, by which the FIFO topic's subscriptions choose
    /// the queue; `None` without one.
    pub pace: Option<String>,
    /// What it says.
    pub notice: Result<T, Malformed>,
}

/// Every message of `event`, in order. An SNS event may carry several records, and
/// one that cannot be read fails no other. `classify` reads a message that is out of its
/// envelopes.
pub fn read<T>(
    event: &Value,
    classify: impl Fn(&Value) -> Result<T, Malformed>,
) -> Vec<Message<T>> {
    let Some(Value::Array(records)) = event.get("Records") else {
        let notice = open(event, ENVELOPES, &classify);
        return vec![Message { sqs_id: None, pace: None, notice }];
    };
    let text = |record: &Value, path| record.pointer(path)?.as_str().map(str::to_owned);
    records
        .iter()
        .map(|record| Message {
            sqs_id: text(record, "/messageId"),
            pace: text(record, "/messageAttributes/pace/stringValue"),
            notice: open(record, ENVELOPES, &classify),
        })
        .collect()
}

/// Take one envelope off after the other.
///
/// Only the field that holds the message is read: the URLs of an SNS envelope are
/// spelled `SigningCertUrl` by Lambda and `SigningCertURL` elsewhere, and no field
/// of an envelope is proof of anything, since whoever may send may write them all.
fn open<T>(
    value: &Value,
    envelopes: usize,
    classify: &impl Fn(&Value) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    let kind = match value {
        Value::Object(_) => None,
        Value::Array(_) => Some("an array"),
        Value::String(_) => Some("a string"),
        Value::Number(_) => Some("a number"),
        Value::Bool(_) => Some("a boolean"),
        Value::Null => Some("null"),
    };
    if let Some(kind) = kind {
        return Err(Malformed::NotObject(kind));
    }
    let Some((kind, field, inner)) = wrapped(value) else {
        return classify(value);
    };
    if envelopes == 0 {
        return Err(Malformed::TooDeep(ENVELOPES));
    }
    let Some(body) = inner.and_then(Value::as_str) else {
        return Err(Malformed::Field { kind, field, fault: "absent or not a string" });
    };
    let message =
        serde_json::from_str(body).map_err(|error| Malformed::NotJson(error.to_string()))?;
    open(&message, envelopes - 1, classify)
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
