//! The batch of PublishBatch.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Messaging;
use super::publish::{message, text, unsimulated};
use super::refusal::{LARGEST, check_arn, check_content, check_type, no_topic, size};
use super::request::Publish;
use region_core::Time;
use region_core::api::ApiError;

/// Entries of one batch (API_PublishBatch).
const MOST: usize = 10;
/// Characters of an entry's id (API_PublishBatchRequestEntry).
const LONGEST_ID: usize = 80;

/// An entry's id and its message.
type Entry = (String, Publish);

impl Messaging {
    /// A batch that breaks a rule of batches, of attributes or of the topic's type is refused as a
    /// whole. Otherwise each entry succeeds or fails by itself, in the order of the batch
    /// (<https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html>).
    pub(super) fn publish_batch(
        &mut self,
        now: Time,
        topic_arn: &str,
        input: &Value,
        trace: Option<&str>,
    ) -> Result<Value, ApiError> {
        check_arn(topic_arn)?;
        let Some(topic) = self.topics.get(topic_arn) else { return Err(no_topic()) };
        let entries = entries(topic_arn, input, trace)?;
        for (_, request) in &entries {
            check_type(&topic.spec, request)?;
        }
        self.advance(now);
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for (id, request) in entries {
            match check_content(&request).and_then(|()| self.publish_now(now, request)) {
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

fn entries(topic_arn: &str, input: &Value, trace: Option<&str>) -> Result<Vec<Entry>, ApiError> {
    let listed = input.get("PublishBatchRequestEntries").and_then(Value::as_array);
    let listed = listed.map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<String> =
        listed.iter().map(|entry| text(entry, "Id").unwrap_or_default()).collect();
    check_ids(&ids)?;
    let entries: Vec<Entry> = ids
        .into_iter()
        .zip(listed)
        .map(|(id, entry)| match unsimulated(entry) {
            Some(parameter) => {
                let text = format!("the simulated region has no parameter {parameter}, see {id}");
                Err(ApiError::client("InvalidParameter", text))
            }
            None => Ok((id, message(topic_arn, entry, trace)?)),
        })
        .collect::<Result<_, _>>()?;
    if entries.iter().map(|(_, request)| size(request)).sum::<usize>() > LARGEST {
        let text = "The length of all the messages put together is more than the limit.";
        return Err(ApiError::client("BatchRequestTooLong", text));
    }
    Ok(entries)
}

fn check_ids(ids: &[String]) -> Result<(), ApiError> {
    let distinct: BTreeSet<&String> = ids.iter().collect();
    let refused = |code: &str, text: &str| Err(ApiError::client(code, text));
    if ids.is_empty() {
        return refused("EmptyBatchRequest", "The batch request doesn't contain any entries.");
    }
    if ids.len() > MOST {
        let text = "The batch request contains more entries than permissible.";
        return refused("TooManyEntriesInBatchRequest", text);
    }
    for id in ids {
        let fault = match id.len() {
            1..=LONGEST_ID
                if id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) =>
            {
                continue;
            }
            0..=LONGEST_ID => "contains an impermissible character",
            _ => "is too long",
        };
        let text = format!("The Id of a batch entry in the batch request {fault}: {id}");
        return refused("InvalidBatchEntryId", &text);
    }
    if distinct.len() < ids.len() {
        let text = "Two or more batch entries in the request have the same Id.";
        return refused("BatchEntryIdsNotDistinct", text);
    }
    Ok(())
}
