//! The JSON in which each service wraps a message for the next.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use region_core::Time;
use region_core::names::{ACCOUNT, REGION};
use region_core::wording::{rfc3339, rfc3339_seconds};

use super::sqs::Message;
use region_wiring::{FunctionSpec, QueueSpec, RuleSpec};

/// A published message on its way to the subscribers.
#[derive(Debug, Clone)]
pub(super) struct Notification {
    pub(super) id: String,
    pub(super) topic_arn: String,
    pub(super) subject: Option<String>,
    pub(super) message: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) group_id: Option<String>,
    pub(super) deduplication_id: Option<String>,
    pub(super) sequence_number: Option<String>,
    pub(super) published: Time,
}

fn epoch_milliseconds(time: Time) -> String {
    (time.unix_timestamp_nanos() / 1_000_000).to_string()
}

fn sns_attributes(attributes: &BTreeMap<String, String>) -> Value {
    let entries = attributes
        .iter()
        .map(|(name, value)| (name.clone(), json!({"Type": "String", "Value": value})));
    Value::Object(entries.collect())
}

/// The body that SNS sends to a queue without raw messaging.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>
pub(super) fn sns_for_queue(notification: &Notification, subscription_arn: &str) -> Value {
    let mut body = sns_common(notification);
    let (certificate, unsubscribe) = sns_links(subscription_arn);
    body.insert("SigningCertURL".to_owned(), certificate);
    body.insert("UnsubscribeURL".to_owned(), unsubscribe);
    if let Some(number) = &notification.sequence_number {
        body.insert("SequenceNumber".to_owned(), json!(number));
    }
    if !notification.attributes.is_empty() {
        body.insert("MessageAttributes".to_owned(), sns_attributes(&notification.attributes));
    }
    if notification.subject.is_none() {
        body.remove("Subject");
    }
    Value::Object(body)
}

/// The event by which SNS invokes a function: always one record, with `Url` where queues get
/// `URL`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>
pub(super) fn sns_for_function(notification: &Notification, subscription_arn: &str) -> Value {
    let mut record = sns_common(notification);
    let (certificate, unsubscribe) = sns_links(subscription_arn);
    record.insert("SigningCertUrl".to_owned(), certificate);
    record.insert("UnsubscribeUrl".to_owned(), unsubscribe);
    record.insert("MessageAttributes".to_owned(), sns_attributes(&notification.attributes));
    json!({"Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription_arn,
        "Sns": record,
    }]})
}

fn sns_common(notification: &Notification) -> Map<String, Value> {
    [
        ("Type", json!("Notification")),
        ("MessageId", json!(notification.id)),
        ("TopicArn", json!(notification.topic_arn)),
        ("Subject", json!(notification.subject)),
        ("Message", json!(notification.message)),
        ("Timestamp", json!(rfc3339(notification.published))),
        ("SignatureVersion", json!("1")),
        ("Signature", json!("EXAMPLE")),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

fn sns_links(subscription_arn: &str) -> (Value, Value) {
    let host = format!("https://sns.{REGION}.amazonaws.com");
    (
        json!(format!("{host}/SimpleNotificationService-0000000000000000.pem")),
        json!(format!("{host}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}")),
    )
}

/// One record of a batch from a queue. Nothing here checks `md5OfBody`, so it is zeros.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
pub(super) fn sqs_record(queue: &QueueSpec, message: &Message, receipt_handle: &str) -> Value {
    let mut attributes = Map::from_iter(
        [
            ("ApproximateReceiveCount", message.receive_count.to_string()),
            ("SentTimestamp", epoch_milliseconds(message.sent)),
            ("SenderId", "AIDAEXAMPLEEXAMPLEEXA".to_owned()),
            (
                "ApproximateFirstReceiveTimestamp",
                epoch_milliseconds(message.first_received.unwrap_or(message.sent)),
            ),
        ]
        .map(|(key, value)| (key.to_owned(), json!(value))),
    );
    if queue.fifo {
        let content = &message.content;
        attributes.insert("SequenceNumber".into(), json!(format!("{:020}", message.sequence)));
        attributes.insert("MessageGroupId".into(), json!(content.group_id));
        attributes.insert("MessageDeduplicationId".into(), json!(content.deduplication_id));
    }
    let message_attributes = message.content.attributes.iter().map(|(name, value)| {
        let attribute = json!({"stringValue": value, "stringListValues": [],
            "binaryListValues": [], "dataType": "String"});
        (name.clone(), attribute)
    });
    json!({
        "messageId": message.id,
        "receiptHandle": receipt_handle,
        "body": message.content.body,
        "attributes": attributes,
        "messageAttributes": Value::Object(message_attributes.collect()),
        "md5OfBody": "0".repeat(32),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": REGION,
    })
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

/// An asynchronous invocation that was given up.
#[derive(Debug, Clone)]
pub(super) struct GivenUp<'a> {
    pub(super) request_id: &'a str,
    pub(super) payload: &'a Value,
    pub(super) attempts: u32,
    /// The last answer of the function; none if the event expired before it ran.
    pub(super) error: Option<&'a str>,
}

/// The record that an on-failure destination gets.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
pub(super) fn destination_record(
    function: &FunctionSpec,
    given_up: &GivenUp<'_>,
    now: Time,
) -> Value {
    let condition = if given_up.error.is_some() { "RetriesExhausted" } else { "EventAgeExceeded" };
    let mut record = json!({
        "version": "1.0",
        "timestamp": rfc3339(now),
        "requestContext": {
            "requestId": given_up.request_id,
            "functionArn": format!("{}:$LATEST", function.arn),
            "condition": condition,
            "approximateInvokeCount": given_up.attempts,
        },
        "requestPayload": given_up.payload,
    });
    if let (Some(error), Some(record)) = (given_up.error, record.as_object_mut()) {
        let context = json!({
            "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"});
        record.insert("responseContext".to_owned(), context);
        record.insert("responsePayload".to_owned(), json!({"errorMessage": error}));
    }
    record
}
