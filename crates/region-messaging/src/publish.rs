//! The SNS operations Publish and PublishBatch.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Messaging;
use super::sns::{Publish, no_topic};
use region_core::Time;
use region_core::api::ApiError;

/// Entries of one batch (API_PublishBatch).
const MOST: usize = 10;
/// Characters of an entry's id (API_PublishBatchRequestEntry).
const LONGEST_ID: usize = 80;
/// Bytes of all the messages of a batch (API_PublishBatch).
const LARGEST: usize = 262_144;

fn text(input: &Value, name: &str) -> Option<String> {
    input.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// One message to `topic_arn`, in the shape that both operations share.
fn message(topic_arn: &str, input: &Value) -> Publish {
    let attributes = input.get("MessageAttributes").and_then(Value::as_array);
    let attribute = |entry: &Value| {
        let value = entry.get("Value")?;
        Some((text(entry, "Name")?, text(value, "StringValue")?))
    };
    Publish {
        topic_arn: topic_arn.to_owned(),
        message: text(input, "Message").unwrap_or_default(),
        subject: text(input, "Subject"),
        attributes: attributes.into_iter().flatten().filter_map(attribute).collect(),
        group_id: text(input, "MessageGroupId"),
        deduplication_id: text(input, "MessageDeduplicationId"),
    }
}

fn is_id(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    !id.is_empty() && id.len() <= LONGEST_ID && id.chars().all(fits)
}

/// The ids and entries of a batch, unless AWS refuses the batch as a whole.
fn entries(input: &Value) -> Result<Vec<(String, &Value)>, ApiError> {
    let refused = |code: &str, text: &str| Err(ApiError::client(code, text));
    let listed = input.get("PublishBatchRequestEntries").and_then(Value::as_array);
    let entries: Vec<(String, &Value)> = listed
        .into_iter()
        .flatten()
        .map(|entry| (text(entry, "Id").unwrap_or_default(), entry))
        .collect();
    let distinct: BTreeSet<&str> = entries.iter().map(|(id, _)| id.as_str()).collect();
    let bytes = entries.iter().map(|(_, entry)| text(entry, "Message").map_or(0, |m| m.len()));
    if entries.is_empty() {
        return refused("EmptyBatchRequest", "The batch request doesn't contain any entries.");
    }
    if entries.len() > MOST {
        let text = "The batch request contains more entries than permissible.";
        return refused("TooManyEntriesInBatchRequest", text);
    }
    if !distinct.iter().all(|id| is_id(id)) {
        return refused("InvalidBatchEntryId", "The Id of a batch entry is not one.");
    }
    if distinct.len() < entries.len() {
        return refused("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.");
    }
    if bytes.sum::<usize>() > LARGEST {
        return refused("BatchRequestTooLong", "The messages of the batch are too long together.");
    }
    Ok(entries)
}

impl Messaging {
    /// Answer one call to SNS.
    ///
    /// # Errors
    /// The error that AWS returns, or `InvalidAction` for an operation that is not simulated.
    pub fn call_sns(
        &mut self,
        now: Time,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let topic_arn = text(input, "TopicArn").unwrap_or_default();
        match operation {
            "Publish" => {
                let published = self.publish(now, message(&topic_arn, input))?;
                Ok(json!({
                    "MessageId": published.message_id,
                    "SequenceNumber": published.sequence_number,
                }))
            }
            "PublishBatch" => self.publish_batch(now, &topic_arn, input),
            other => {
                let text = format!("the simulated region has no SNS operation {other}");
                Err(ApiError::client("InvalidAction", text))
            }
        }
    }

    /// Each entry succeeds or fails by itself, in the order of the batch
    /// (<https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html>).
    fn publish_batch(
        &mut self,
        now: Time,
        topic_arn: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        if !self.topics.contains_key(topic_arn) {
            return Err(no_topic());
        }
        for (id, entry) in entries(input)? {
            match self.publish(now, message(topic_arn, entry)) {
                Ok(published) => successful.push(json!({
                    "Id": id,
                    "MessageId": published.message_id,
                    "SequenceNumber": published.sequence_number,
                })),
                Err(error) => failed.push(json!({
                    "Id": id,
                    "Code": error.code,
                    "Message": error.message,
                    "SenderFault": error.status < 500,
                })),
            }
        }
        Ok(json!({ "Successful": successful, "Failed": failed }))
    }
}
