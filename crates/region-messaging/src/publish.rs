//! The operations of SNS: Publish, PublishBatch and GetTopicAttributes.

use serde_json::{Map, Value, json};

use super::Messaging;
use super::attribute;
use super::refusal::{check_arn, no_topic};
use super::request::Publish;
use region_core::Time;
use region_core::api::{ApiError, Call};
use region_core::names::ACCOUNT;

/// One message to `topic_arn`, in the shape that both operations share.
pub(super) fn message(
    topic_arn: &str,
    input: &Value,
    trace: Option<&str>,
) -> Result<Publish, ApiError> {
    Ok(Publish {
        topic_arn: topic_arn.to_owned(),
        message: text(input, "Message").unwrap_or_default(),
        subject: text(input, "Subject"),
        attributes: attribute::read(input)?,
        group_id: text(input, "MessageGroupId"),
        deduplication_id: text(input, "MessageDeduplicationId"),
        trace: trace.map(str::to_owned),
    })
}

pub(super) fn text(input: &Value, name: &str) -> Option<String> {
    input.get(name).and_then(Value::as_str).map(str::to_owned)
}

impl Messaging {
    /// Answer one call to SNS.
    ///
    /// # Errors
    /// The error that AWS returns, or `InvalidAction` for an operation that is not simulated.
    pub fn call_sns(&mut self, now: Time, call: &Call) -> Result<Value, ApiError> {
        let topic_arn = text(&call.input, "TopicArn").unwrap_or_default();
        let trace = call.trace.as_deref();
        match call.operation.as_str() {
            "Publish" => {
                if let Some(parameter) = unsimulated(&call.input) {
                    let text = format!("the simulated region has no parameter {parameter}");
                    return Err(ApiError::client("InvalidParameter", text));
                }
                let published = self.publish(now, message(&topic_arn, &call.input, trace)?)?;
                Ok(json!({
                    "MessageId": published.message_id,
                    "SequenceNumber": published.sequence_number,
                }))
            }
            "PublishBatch" => self.publish_batch(now, &topic_arn, &call.input, trace),
            "GetTopicAttributes" => self.topic_attributes(&topic_arn),
            other => {
                let text = format!("the simulated region has no SNS operation {other}");
                Err(ApiError::client("InvalidAction", text))
            }
        }
    }

    /// <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>
    fn topic_attributes(&self, topic_arn: &str) -> Result<Value, ApiError> {
        check_arn(topic_arn)?;
        let topic = &self.topics.get(topic_arn).ok_or_else(no_topic)?.spec;
        let subscriptions = self.subscriptions.iter();
        let subscriptions = subscriptions.filter(|one| one.spec.topic_arn == topic_arn).count();
        let mut attributes = Map::from_iter(
            [
                ("TopicArn", topic_arn),
                ("Owner", ACCOUNT),
                ("DisplayName", ""),
                ("SubscriptionsPending", "0"),
                ("SubscriptionsDeleted", "0"),
                ("SubscriptionsConfirmed", subscriptions.to_string().as_str()),
            ]
            .map(|(name, value)| (name.to_owned(), json!(value))),
        );
        if topic.fifo {
            attributes.insert("FifoTopic".to_owned(), json!("true"));
            let derives = topic.content_based_deduplication.to_string();
            attributes.insert("ContentBasedDeduplication".to_owned(), json!(derives));
        }
        Ok(json!({ "Attributes": attributes }))
    }
}

/// A parameter of a message that changes what is delivered, or to whom.
pub(super) fn unsimulated(input: &Value) -> Option<&'static str> {
    let parameters = ["MessageStructure", "TargetArn", "PhoneNumber"];
    parameters.into_iter().find(|parameter| input.get(parameter).is_some())
}
