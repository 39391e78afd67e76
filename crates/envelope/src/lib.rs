//! Unwraps the message from an SQS record, an SNS record, or an SNS notification in the body of an
//! SQS message.

mod field;

#[cfg(test)]
mod anything;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub use field::Field;

/// The highest number of envelopes. SNS within SQS is two; AWS does not nest deeper.
pub const ENVELOPES: usize = 3;

/// A message that cannot be read. It is reported as failed, so that the queue keeps it and finally
/// moves it to its dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The body is not JSON.
    #[error("body is not JSON ({0}), send the message as AWS does")]
    NotJson(String),
    /// The message is JSON, but not an object.
    #[error("message is {0}, send a JSON object")]
    NotObject(&'static str),
    /// There are more than [`ENVELOPES`] envelopes.
    #[error("more than {0} envelopes around the message, send it with fewer")]
    TooDeep(usize),
    /// A required field is absent or invalid.
    #[error("{kind}: field `{field}` is {fault}")]
    Field {
        /// The kind of message.
        kind: &'static str,
        /// The path of the field.
        field: &'static str,
        /// What is wrong with it.
        fault: String,
    },
    /// A requeue message or a work item has invalid fields.
    #[error("{0}")]
    Requeue(String),
}

/// One message of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<T> {
    /// The SQS message id, by which a batch response reports the message as failed.
    pub sqs_id: Option<String>,
    /// The SQS message attribute `delay_class`, by which the subscriptions of the FIFO topic select
    /// the queue.
    pub delay_class: Option<String>,
    /// The classified message.
    pub notification: Result<T, Malformed>,
}

/// Reads every message of `event`, in order. An SNS event may carry several records; one that
/// cannot be read does not affect the others. `classify` parses an unwrapped message.
pub fn read<T>(
    event: &Value,
    classify: impl Fn(&Value) -> Result<T, Malformed>,
) -> Vec<Message<T>> {
    let Some(Value::Array(records)) = event.get("Records") else {
        let notification = open(event, ENVELOPES, &classify);
        return vec![Message { sqs_id: None, delay_class: None, notification }];
    };
    let text = |record: &Value, path| record.pointer(path)?.as_str().map(str::to_owned);
    records
        .iter()
        .map(|record| Message {
            sqs_id: text(record, "/messageId"),
            delay_class: text(record, "/messageAttributes/delay_class/stringValue"),
            notification: open(record, ENVELOPES, &classify),
        })
        .collect()
}

/// Removes one envelope after the other.
///
/// Only the field that holds the message is read. The URLs of an SNS envelope are spelled
/// `SigningCertUrl` by Lambda and `SigningCertURL` elsewhere. No field of an envelope proves
/// anything, since anyone with permission to send can write all of them.
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
    let Some(inner) = wrapped(value) else {
        return classify(value);
    };
    if envelopes == 0 {
        return Err(Malformed::TooDeep(ENVELOPES));
    }
    let Some(body) = inner.value.and_then(Value::as_str) else {
        return Err(inner.is("absent or not a string"));
    };
    let message =
        serde_json::from_str(body).map_err(|error| Malformed::NotJson(error.to_string()))?;
    open(&message, envelopes - 1, classify)
}

/// The field of an envelope that contains the message.
fn wrapped(value: &Value) -> Option<Field<'_>> {
    let is = |key: &str, text: &str| value.get(key).and_then(Value::as_str) == Some(text);
    if let Some(sns) = value.get("Sns") {
        let value = sns.get("Message");
        return Some(Field { kind: "SNS record", path: "Sns.Message", value });
    }
    if is("eventSource", "aws:sqs") {
        return Some(Field { kind: "SQS record", path: "body", value: value.get("body") });
    }
    is("Type", "Notification").then(|| {
        let value = value.get("Message");
        Field { kind: "SNS notification", path: "Message", value }
    })
}
