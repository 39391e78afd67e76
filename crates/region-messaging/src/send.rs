//! SQS: sending messages, and what a queue refuses.

use time::Duration;

use region_core::Time;
use region_core::api::ApiError;

use super::attribute;
use super::message::{Message, Outgoing};
use super::{Event, Messaging};
use region_wiring::QueueSpec;

/// Bytes of a body with its attributes.
const LARGEST: usize = 1_048_576;
/// Characters of a message group or deduplication id.
const LONGEST_ID: usize = 128;
/// Seconds of a delay.
const LONGEST_DELAY: u32 = 900;

impl Messaging {
    /// The `SendMessage` API of SQS; answers the message's id, or that of the first message with
    /// its deduplication id.
    ///
    /// # Errors
    /// As AWS words them
    /// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>).
    pub fn send_message(
        &mut self,
        now: Time,
        queue_arn: &str,
        message: Outgoing,
    ) -> Result<String, ApiError> {
        self.advance(now);
        let Some(queue) = self.queues.get(queue_arn) else {
            return Err(ApiError::client(
                "AWS.SimpleQueueService.NonExistentQueue",
                "The specified queue does not exist.",
            ));
        };
        check(&queue.spec, &message)?;
        Ok(self.put_message(now, queue_arn, message))
    }

    /// Deliver a message of another service. One that the queue refuses is lost and counted.
    pub(super) fn enqueue(&mut self, now: Time, queue_arn: &str, message: Outgoing) {
        let queue = self.queues.get(queue_arn);
        if queue.is_some_and(|queue| check(&queue.spec, &message).is_ok()) {
            self.put_message(now, queue_arn, message);
        } else {
            self.undelivered += 1;
        }
    }

    fn put_message(&mut self, now: Time, queue_arn: &str, mut message: Outgoing) -> String {
        let id = self.chance.uuid();
        let Some(queue) = self.queues.get_mut(queue_arn) else { return id };
        queue.complete(&mut message);
        if let Some(first) = queue.duplicates(now, &message) {
            return first;
        }
        let copy = if queue.spec.fifo { None } else { self.chance.copy(&self.settings) };
        for later in [Some(Duration::ZERO), copy].into_iter().flatten() {
            let visible = queue.send(now, &id, message.clone(), later);
            self.agenda.at(visible, Event::Visible(queue_arn.to_owned()));
        }
        id
    }

    /// Move a message that was received too often in the queue `source` to its dead-letter queue.
    pub(super) fn bury(&mut self, now: Time, queue_arn: &str, message: Message, source: &str) {
        if let Some(queue) = self.queues.get_mut(queue_arn) {
            queue.bury(now, message, source.to_owned());
            self.agenda.at(now, Event::Visible(queue_arn.to_owned()));
        } else {
            self.undelivered += 1;
        }
    }
}

fn check(queue: &QueueSpec, message: &Outgoing) -> Result<(), ApiError> {
    if message.body.is_empty() {
        return Err(missing("MessageBody"));
    }
    if message.body.len() + attribute::size(&message.attributes) > LARGEST {
        let text = format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {LARGEST} \
             bytes."
        );
        return Err(ApiError::client("InvalidParameterValue", text));
    }
    let (group, key) = (&message.group_id, &message.deduplication_id);
    for (name, id) in [("MessageGroupId", group), ("MessageDeduplicationId", key)] {
        if let Some(id) = id.as_deref().filter(|id| !is_id(id)) {
            let reason = format!(
                "{name} can only include alphanumeric and punctuation characters. 1 to \
                 {LONGEST_ID} in length."
            );
            return Err(invalid(name, id, &reason));
        }
    }
    if queue.fifo { check_fifo(queue, message) } else { check_standard(message) }
}

fn check_fifo(queue: &QueueSpec, message: &Outgoing) -> Result<(), ApiError> {
    if message.group_id.is_none() {
        return Err(missing("MessageGroupId"));
    }
    if message.deduplication_id.is_none() && !queue.content_based_deduplication {
        return Err(ApiError::client(
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly",
        ));
    }
    match message.delay_seconds {
        Some(delay) => Err(invalid("DelaySeconds", &delay.to_string(), OTHER_TYPE)),
        None => Ok(()),
    }
}

fn check_standard(message: &Outgoing) -> Result<(), ApiError> {
    if let Some(key) = &message.deduplication_id {
        return Err(invalid("MessageDeduplicationId", key, OTHER_TYPE));
    }
    match message.delay_seconds {
        Some(delay) if delay > LONGEST_DELAY => {
            let reason = format!("DelaySeconds must be >= 0 and <= {LONGEST_DELAY}.");
            Err(invalid("DelaySeconds", &delay.to_string(), &reason))
        }
        _ => Ok(()),
    }
}

const OTHER_TYPE: &str = "The request include parameter that is not valid for this queue type.";

/// Whether this is a message group id or a deduplication id, of SQS or of SNS.
pub(super) fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

fn missing(name: &str) -> ApiError {
    let text = format!("The request must contain the parameter {name}.");
    ApiError::client("MissingParameter", text)
}

fn invalid(name: &str, value: &str, reason: &str) -> ApiError {
    let text = format!("Value {value} for parameter {name} is invalid. Reason: {reason}");
    ApiError::client("InvalidParameterValue", text)
}
