//! The records of event source mappings and the events of schedules.

use serde_json::{Map, Value, json};

use region_core::Time;
use region_core::names::{ACCOUNT, REGION};
use region_core::wording::rfc3339_seconds;

use super::attribute;
use super::digest::{md5_of_attributes, md5_of_body};
use super::message::Message;
use region_wiring::{QueueSpec, RuleSpec};

fn epoch_milliseconds(time: Time) -> String {
    (time.unix_timestamp_nanos() / 1_000_000).to_string()
}

/// One record of a batch from a queue.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
pub(super) fn sqs_record(queue: &QueueSpec, message: &Message, receipt_handle: &str) -> Value {
    let content = &message.content;
    json!({
        "messageId": message.id,
        "receiptHandle": receipt_handle,
        "body": content.body,
        "attributes": system_attributes(queue, message),
        "messageAttributes": attribute::for_record(&content.attributes),
        "md5OfBody": md5_of_body(&content.body),
        "md5OfMessageAttributes": md5_of_attributes(&content.attributes),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": REGION,
    })
}

/// Only those that the message has.
fn system_attributes(queue: &QueueSpec, message: &Message) -> Map<String, Value> {
    let content = &message.content;
    let first_received = message.first_received.unwrap_or(message.sent);
    let attributes = [
        ("ApproximateReceiveCount", Some(message.receive_count.to_string())),
        ("SentTimestamp", Some(epoch_milliseconds(message.sent))),
        ("SenderId", Some("AIDAEXAMPLEEXAMPLEEXA".to_owned())),
        ("ApproximateFirstReceiveTimestamp", Some(epoch_milliseconds(first_received))),
        ("SequenceNumber", queue.fifo.then(|| format!("{:020}", message.sequence))),
        ("MessageGroupId", content.group_id.clone()),
        ("MessageDeduplicationId", content.deduplication_id.clone()),
        ("AWSTraceHeader", content.trace.clone()),
        ("DeadLetterQueueSourceArn", message.source_queue.clone()),
    ];
    let had = attributes.into_iter().filter_map(|(name, value)| Some((name, value?)));
    had.map(|(name, value)| (name.to_owned(), Value::String(value))).collect()
}

/// The event of a scheduled rule.
pub(super) fn scheduled_event(rule: &RuleSpec, id: &str, now: Time) -> Value {
    json!({
        "version": "0",
        "id": id,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": rfc3339_seconds(now),
        "region": REGION,
        "resources": [rule.arn],
        "detail": {},
    })
}
