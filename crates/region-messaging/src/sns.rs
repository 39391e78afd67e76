//! SNS: delivers a published message to every matching subscription.

use region_core::Time;
use region_core::api::ApiError;

use super::deduplication::Deduplication;
use super::digest::deduplication_id;
use super::message::Outgoing;
use super::notification::{Notification, for_function, for_queue};
use super::refusal::{check_arn, check_content, check_type, no_topic};
use super::request::{Publish, Published};
use super::{Event, Messaging, filter};
use region_wiring::{Endpoint, SubscriptionSpec, TopicSpec, glob};

#[derive(Debug, Clone)]
pub(super) struct Topic {
    pub(super) spec: TopicSpec,
    seen: Deduplication<Published>,
    sequence: u64,
}

impl Topic {
    pub(super) fn new(spec: TopicSpec) -> Self {
        Self { spec, seen: Deduplication::default(), sequence: 0 }
    }

    /// Whether its policy lets this alarm publish.
    fn admits(&self, alarm_arn: &str) -> bool {
        self.spec.alarms.iter().any(|pattern| glob::matches(pattern, alarm_arn))
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
        let attributes = notification.attributes.iter();
        let attributes = attributes
            .map(|(name, one)| (name.as_str(), one.data_type.as_str(), one.value.as_str()));
        filter::accepts(policy, &notification.message, attributes)
    }
}

impl Messaging {
    /// The `Publish` API of SNS.
    ///
    /// # Errors
    /// As AWS words them (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
    pub fn publish(&mut self, now: Time, request: Publish) -> Result<Published, ApiError> {
        self.advance(now);
        check_arn(&request.topic_arn)?;
        if !self.topics.contains_key(&request.topic_arn) {
            return Err(no_topic());
        }
        check_content(&request)?;
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

    /// Publish a message whose content is known to be right.
    pub(super) fn publish_now(
        &mut self,
        now: Time,
        request: Publish,
    ) -> Result<Published, ApiError> {
        let message_id = self.chance.uuid();
        let Some(topic) = self.topics.get_mut(&request.topic_arn) else {
            return Err(no_topic());
        };
        check_type(&topic.spec, &request)?;
        let fifo = topic.spec.fifo;
        let mut published = Published { message_id, sequence_number: None };
        let mut key = None;
        if fifo {
            let id = request.deduplication_id.unwrap_or_else(|| deduplication_id(&request.message));
            if let Some(first) = topic.seen.first(now, &id) {
                return Ok(first.clone());
            }
            topic.sequence += 1;
            published.sequence_number = Some(format!("{:020}", topic.sequence));
            topic.seen.remember(now, id.clone(), published.clone());
            key = Some(id);
        }
        let notification = Notification {
            id: published.message_id.clone(),
            topic_arn: request.topic_arn,
            subject: request.subject,
            message: request.message,
            attributes: request.attributes,
            group_id: request.group_id,
            deduplication_id: key,
            sequence_number: published.sequence_number.clone(),
            published: now,
            trace: request.trace,
        };
        self.fan_out(now, &notification, fifo);
        Ok(published)
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
        let trace = notification.trace.clone();
        match subscription.spec.endpoint.clone() {
            Endpoint::Queue(arn) => {
                let mut outgoing = Outgoing { trace, ..Outgoing::default() };
                // A standard queue gets neither group nor id from a FIFO topic.
                let fifo_topic = notification.sequence_number.is_some();
                if !fifo_topic || self.queues.get(&arn).is_some_and(|queue| queue.spec.fifo) {
                    outgoing.group_id = notification.group_id.clone();
                    outgoing.deduplication_id = notification.deduplication_id.clone();
                }
                if subscription.spec.raw {
                    outgoing.body = notification.message.clone();
                    outgoing.attributes = notification.attributes.clone();
                } else {
                    outgoing.body = for_queue(notification, &subscription.arn);
                }
                self.enqueue(now, &arn, outgoing);
            }
            Endpoint::Function(arn) => {
                let payload = for_function(notification, &subscription.arn);
                self.invoke_async(now, &arn, payload, trace);
            }
        }
    }
}
