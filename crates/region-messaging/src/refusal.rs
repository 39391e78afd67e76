//! What SNS refuses of a message.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use region_core::api::ApiError;
use region_core::names::REGION;

use super::attribute;
use super::request::Publish;
use super::send::is_id;
use region_wiring::TopicSpec;

/// Bytes of a message with its attributes, and of all the messages of a batch.
pub(super) const LARGEST: usize = 262_144;
/// Characters of a subject.
const LONGEST_SUBJECT: usize = 100;

/// Refuse what is not the ARN of a topic in this Region.
pub(super) fn check_arn(topic_arn: &str) -> Result<(), ApiError> {
    let elements: Vec<&str> = topic_arn.split(':').collect();
    match elements.as_slice() {
        [_, _, _, REGION, _, _, ..] => Ok(()),
        [_, _, _, _, _, _, ..] => Err(invalid("TopicArn")),
        few => Err(invalid(&format!(
            "TopicArn Reason: An ARN must have at least 6 elements, not {}",
            few.len()
        ))),
    }
}

/// Refuse a message by its text, subject and size.
pub(super) fn check_content(request: &Publish) -> Result<(), ApiError> {
    if request.message.is_empty() {
        return Err(invalid("Empty message"));
    }
    if request.subject.as_deref().is_some_and(|subject| !is_subject(subject)) {
        return Err(invalid("Subject"));
    }
    if size(request) > LARGEST {
        return Err(invalid("Message too long"));
    }
    Ok(())
}

/// Refuse a message by its group and deduplication id, which depend on the type of the topic.
pub(super) fn check_type(topic: &TopicSpec, request: &Publish) -> Result<(), ApiError> {
    let (group, key) = (request.group_id.as_deref(), request.deduplication_id.as_deref());
    if topic.fifo && group.is_none() {
        return Err(invalid("The MessageGroupId parameter is required for FIFO topics"));
    }
    if topic.fifo && key.is_none() && !topic.content_based_deduplication {
        return Err(invalid(
            "The topic should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly",
        ));
    }
    if !topic.fifo && key.is_some() {
        return Err(invalid(
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId \
             parameter that is not valid for this topic type",
        ));
    }
    for (name, id) in [("MessageGroupId", group), ("MessageDeduplicationId", key)] {
        if id.is_some_and(|id| !is_id(id)) {
            return Err(invalid(name));
        }
    }
    Ok(())
}

/// Bytes that count for [`LARGEST`].
pub(super) fn size(request: &Publish) -> usize {
    request.message.len() + attribute::size(&request.attributes)
}

fn is_subject(subject: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&subject.chars().count())
        && !subject.chars().any(char::is_control)
}

pub(super) fn no_topic() -> ApiError {
    let (code, message) = ("NotFound".to_owned(), "Topic does not exist".to_owned());
    ApiError { status: 404, code, message }
}

fn invalid(message: &str) -> ApiError {
    ApiError::client("InvalidParameter", format!("Invalid parameter: {message}"))
}
