//! The JSON in which SNS wraps a message for a queue or a function.

use serde::Serialize;
use serde_json::{Value, json};

use region_core::Time;
use region_core::names::REGION;
use region_core::wording::rfc3339;

use super::attribute::{self, Attributes};

/// A published message on its way to the subscribers.
#[derive(Debug, Clone)]
pub(super) struct Notification {
    pub(super) id: String,
    pub(super) topic_arn: String,
    pub(super) subject: Option<String>,
    pub(super) message: String,
    pub(super) attributes: Attributes,
    pub(super) group_id: Option<String>,
    pub(super) deduplication_id: Option<String>,
    /// Only of a FIFO topic.
    pub(super) sequence_number: Option<String>,
    pub(super) published: Time,
    pub(super) trace: Option<String>,
}

/// The fields in the order in which SNS writes them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<'a> {
    #[serde(rename = "Type")]
    kind: &'static str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<&'a str>,
    topic_arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    message: &'a str,
    timestamp: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
    #[serde(rename = "UnsubscribeURL")]
    unsubscribe_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_attributes: Option<Value>,
}

/// Only messages of standard topics are signed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Signature {
    signature_version: &'static str,
    signature: &'static str,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
}

const SIGNATURE_VERSION: &str = "1";
const SIGNATURE: &str = "EXAMPLE";

/// The body that SNS sends to a queue without raw delivery.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>
pub(super) fn for_queue(notification: &Notification, subscription_arn: &str) -> String {
    let standard = notification.sequence_number.is_none();
    let attributes = &notification.attributes;
    let envelope = Envelope {
        kind: "Notification",
        message_id: &notification.id,
        sequence_number: notification.sequence_number.as_deref(),
        topic_arn: &notification.topic_arn,
        subject: notification.subject.as_deref(),
        message: &notification.message,
        timestamp: rfc3339(notification.published),
        signature: standard.then(|| Signature {
            signature_version: SIGNATURE_VERSION,
            signature: SIGNATURE,
            signing_cert_url: certificate(),
        }),
        unsubscribe_url: unsubscribe(subscription_arn),
        message_attributes: (!attributes.is_empty())
            .then(|| attribute::for_notification(attributes)),
    };
    serde_json::to_string(&envelope).unwrap_or_default()
}

/// The event by which SNS invokes a function: always one record, with `Url` where queues get
/// `URL`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>
pub(super) fn for_function(notification: &Notification, subscription_arn: &str) -> Value {
    json!({"Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription_arn,
        "Sns": {
            "Type": "Notification",
            "MessageId": notification.id,
            "TopicArn": notification.topic_arn,
            "Subject": notification.subject,
            "Message": notification.message,
            "Timestamp": rfc3339(notification.published),
            "SignatureVersion": SIGNATURE_VERSION,
            "Signature": SIGNATURE,
            "SigningCertUrl": certificate(),
            "UnsubscribeUrl": unsubscribe(subscription_arn),
            "MessageAttributes": attribute::for_notification(&notification.attributes),
        },
    }]})
}

fn certificate() -> String {
    format!("{}/SimpleNotificationService-0000000000000000.pem", host())
}

fn unsubscribe(subscription_arn: &str) -> String {
    format!("{}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}", host())
}

fn host() -> String {
    format!("https://sns.{REGION}.amazonaws.com")
}
