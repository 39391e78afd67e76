//! SNS: delivers a published message to every matching subscription.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::Duration;

use region_core::Time;
use region_core::api::ApiError;

use super::deduplication::{Deduplication, id_of_content};
use super::envelope::{Notification, sns_for_function, sns_for_queue};
use super::sqs::Outgoing;
use super::{Event, Messaging, filter};
use region_wiring::{Endpoint, SubscriptionSpec, TopicSpec, pattern};

/// A request to the `Publish` API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publish {
    pub topic_arn: String,
    /// The message body.
    pub message: String,
    /// The subject line, if any.
    pub subject: Option<String>,
    /// Message attributes, all of type `String`.
    pub attributes: BTreeMap<String, String>,
    /// FIFO topics: the message group.
    pub group_id: Option<String>,
    /// FIFO topics: the deduplication id.
    pub deduplication_id: Option<String>,
}

/// The answer of the `Publish` API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The message's id.
    pub message_id: String,
    /// FIFO topics: its place in the order of the topic.
    pub sequence_number: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Topic {
    pub(super) spec: TopicSpec,
    seen: Deduplication,
    sequence: u64,
}

impl Topic {
    pub(super) fn new(spec: TopicSpec) -> Self {
        Self { spec, seen: Deduplication::default(), sequence: 0 }
    }

    /// Whether its policy lets this alarm publish.
    fn admits(&self, alarm_arn: &str) -> bool {
        let globs = self.spec.alarms.iter().map(|glob| json!({"wildcard": glob}));
        pattern::leaf_matches(&globs.collect::<Vec<_>>(), Some(&json!(alarm_arn)))
    }
}

/// A subscription, and when its last message is delivered.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub(super) spec: SubscriptionSpec,
    pub(super) arn: String,
    last: Time,
}

impl Subscription {
    pub(super) fn new(spec: SubscriptionSpec, id: &str, now: Time) -> Self {
        let arn = format!("{}:{id}", spec.topic_arn);
        Self { spec, arn, last: now }
    }

    fn wants(&self, notification: &Notification) -> bool {
        let Some(policy) = &self.spec.filter else { return true };
        if self.spec.filter_on_body {
            serde_json::from_str::<Value>(&notification.message)
                .is_ok_and(|body| pattern::matches(policy, &body))
        } else {
            filter::accepts(policy, &notification.attributes)
        }
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::client("InvalidParameter", format!("Invalid parameter: {message}"))
}

pub(super) fn no_topic() -> ApiError {
    let (code, message) = ("NotFound".to_owned(), "Topic does not exist".to_owned());
    ApiError { status: 404, code, message }
}

impl Messaging {
    /// The `Publish` API of SNS.
    ///
    /// # Errors
    /// `NotFound` for an unknown topic; `InvalidParameter` for an empty message, and for a
    /// message to a FIFO topic without group or deduplication id.
    pub fn publish(&mut self, now: Time, request: Publish) -> Result<Published, ApiError> {
        self.advance(now);
        self.publish_now(now, request)
    }

    /// Publish the message of an alarm. It is lost and counted if the topic does not exist or
    /// does not admit the alarm.
    pub fn publish_alarm(&mut self, now: Time, alarm_arn: &str, request: Publish) {
        self.advance(now);
        self.publish_for_aws(now, Some(alarm_arn), request);
    }

    /// Publish what a service of AWS sends, an alarm's message by the topic's policy.
    pub(super) fn publish_for_aws(&mut self, now: Time, alarm: Option<&str>, request: Publish) {
        let topic = self.topics.get(&request.topic_arn);
        let admits = topic.is_some_and(|topic| alarm.is_none_or(|alarm| topic.admits(alarm)));
        if !admits || self.publish_now(now, request).is_err() {
            self.undelivered += 1;
        }
    }

    pub(super) fn publish_now(
        &mut self,
        now: Time,
        request: Publish,
    ) -> Result<Published, ApiError> {
        let message_id = self.chance.uuid();
        let Some(topic) = self.topics.get_mut(&request.topic_arn) else {
            return Err(no_topic());
        };
        if request.message.is_empty() {
            return Err(invalid("Empty message"));
        }
        let mut deduplication_id = request.deduplication_id;
        let mut sequence_number = None;
        let fifo = topic.spec.fifo;
        if fifo {
            if request.group_id.is_none() {
                return Err(invalid("The MessageGroupId parameter is required for FIFO topics"));
            }
            if deduplication_id.is_none() && topic.spec.content_based_deduplication {
                deduplication_id = Some(id_of_content(&request.message));
            }
            let Some(id) = &deduplication_id else {
                return Err(invalid(
                    "The topic should either have ContentBasedDeduplication enabled or \
                     MessageDeduplicationId provided explicitly",
                ));
            };
            topic.sequence += 1;
            sequence_number = Some(format!("{:020}", topic.sequence));
            if !topic.seen.admit(now, id) {
                return Ok(Published { message_id, sequence_number });
            }
        }
        let notification = Notification {
            id: message_id.clone(),
            topic_arn: request.topic_arn,
            subject: request.subject,
            message: request.message,
            attributes: request.attributes,
            group_id: request.group_id,
            deduplication_id,
            sequence_number: sequence_number.clone(),
            published: now,
        };
        self.fan_out(now, &notification, fifo);
        Ok(Published { message_id, sequence_number })
    }

    fn fan_out(&mut self, now: Time, notification: &Notification, fifo: bool) {
        for index in 0..self.subscriptions.len() {
            let Some(subscription) = self.subscriptions.get_mut(index) else { return };
            let filtered = now >= self.filtered_from && !subscription.wants(notification);
            if subscription.spec.topic_arn != notification.topic_arn || filtered {
                continue;
            }
            if !subscription.spec.permitted {
                self.undelivered += 1;
                continue;
            }
            let mut due = now + self.chance.delay(&self.settings.sns_delay);
            if fifo {
                // SNS keeps the order within a message group. Keeping it for the whole
                // subscription is simpler and satisfies that guarantee.
                due = due.max(subscription.last);
                subscription.last = due;
            }
            let what = format!("a notification to {}", subscription.spec.logical_id);
            for due in self.arrivals(due, fifo, &what) {
                self.agenda.at(due, Event::Notify(index, notification.clone()));
            }
        }
    }

    /// Deliver a notification to one subscription.
    pub(super) fn notify(&mut self, now: Time, index: usize, notification: &Notification) {
        let Some(subscription) = self.subscriptions.get(index) else { return };
        match subscription.spec.endpoint.clone() {
            Endpoint::Queue(arn) => {
                let mut outgoing = Outgoing {
                    group_id: notification.group_id.clone(),
                    deduplication_id: notification.deduplication_id.clone(),
                    ..Outgoing::default()
                };
                if subscription.spec.raw {
                    outgoing.body = notification.message.clone();
                    outgoing.attributes = notification.attributes.clone();
                } else {
                    outgoing.body = sns_for_queue(notification, &subscription.arn).to_string();
                }
                self.enqueue(now, &arn, outgoing);
            }
            Endpoint::Function(arn) => {
                let payload = sns_for_function(notification, &subscription.arn);
                self.invoke_async(now, &arn, payload, Duration::ZERO);
            }
        }
    }
}
