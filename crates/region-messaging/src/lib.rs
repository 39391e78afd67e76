//! How messages reach functions: SNS, SQS, EventBridge rules, schedules and Lambda.
//!
//! [`Messaging`] is a state machine. It accepts messages ([`Messaging::accept`],
//! [`Messaging::publish`]), advances in time ([`Messaging::advance`]), returns the invocations that
//! are due ([`Messaging::take_invocations`]) and takes their results ([`Messaging::finish`]). The
//! same seed and the same inputs give the same run.

mod asynchronous;
mod attribute;
mod batch;
mod deduplication;
mod destination;
mod digest;
mod envelope;
mod eventbridge;
mod failure;
mod filter;
mod lambda;
mod mapping;
mod message;
mod notification;
mod publish;
mod refusal;
mod request;
mod run;
mod send;
mod settings;
mod sns;
mod sqs;
mod trace;
mod visible;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;
use time::Duration;

use region_core::Time;
use region_core::agenda::Agenda;
use region_core::api::Effect;

pub use attribute::{Attribute, Attributes};
pub use failure::FunctionError;
pub use message::{Message, Outgoing, QueueTruth};
pub use request::{Publish, Published};
pub use run::{FunctionTruth, Invocation, Run};
pub use settings::{MessageFault, Settings};

use mapping::Poller;
use notification::Notification;
use region_wiring::{RuleSpec, Wiring};
use run::{AsyncCall, Function, Running};
use settings::Chance;
use sns::{Subscription, Topic};
use sqs::Queue;

/// A scheduled event.
#[derive(Debug, Clone)]
enum Event {
    /// A notification arrives at the subscription with this index.
    Notify(usize, Notification),
    /// An event arrives at a target of a rule.
    Target { rule: usize, target: usize, event: Value },
    /// The schedule of the rule with this index fires.
    Schedule(usize),
    /// A message of this queue may have become visible.
    Visible(String),
    /// A batching window ends.
    Close { poller: usize, generation: u64 },
    /// An asynchronous invocation is attempted.
    Call(AsyncCall),
    /// The run with this id reaches its deadline.
    Deadline(u64),
}

/// The delivery services of the simulated region.
#[derive(Debug)]
pub struct Messaging {
    settings: Settings,
    chance: Chance,
    agenda: Agenda<Event>,
    topics: BTreeMap<String, Topic>,
    subscriptions: Vec<Subscription>,
    queues: BTreeMap<String, Queue>,
    rules: Vec<RuleSpec>,
    functions: BTreeMap<String, Function>,
    pollers: Vec<Poller>,
    running: BTreeMap<u64, Running>,
    ready: Vec<Invocation>,
    last_run: u64,
    undelivered: u64,
    sent: u64,
    injected: Vec<String>,
    filtered_from: Time,
}

impl Messaging {
    /// Build the delivery services from `wiring`; schedules begin at `now`.
    pub fn new(wiring: Wiring, settings: Settings, seed: u64, now: Time) -> Self {
        let mut chance = Chance::new(seed);
        let subscriptions = wiring
            .subscriptions
            .into_iter()
            .map(|spec| Subscription::new(spec, &chance.uuid(), now))
            .collect();
        let mut messaging = Self {
            filtered_from: now + settings.filters_after,
            settings,
            chance,
            agenda: Agenda::default(),
            topics: wiring.topics.into_iter().map(|s| (s.arn.clone(), Topic::new(s))).collect(),
            subscriptions,
            queues: wiring.queues.into_iter().map(|s| (s.arn.clone(), Queue::new(s))).collect(),
            rules: wiring.rules,
            functions: wiring
                .functions
                .into_iter()
                .map(|s| (s.arn.clone(), Function::new(s)))
                .collect(),
            pollers: wiring.mappings.into_iter().map(Poller::new).collect(),
            running: BTreeMap::new(),
            ready: Vec::new(),
            last_run: 0,
            undelivered: 0,
            sent: 0,
            injected: Vec::new(),
        };
        messaging.begin_schedules(now);
        messaging
    }

    /// When the next scheduled event is due, if there is one.
    pub fn next_due(&self) -> Option<Time> {
        self.agenda.next_due()
    }

    /// Process everything that is due by `now`, each event at its own time.
    pub fn advance(&mut self, now: Time) {
        while let Some((when, event)) = self.agenda.pop_due(now) {
            match event {
                Event::Notify(subscription, notification) => {
                    self.notify(when, subscription, &notification);
                }
                Event::Target { rule, target, event } => self.target(when, rule, target, &event),
                Event::Schedule(rule) => self.fire(when, rule),
                Event::Visible(queue) => self.poll_queue(when, &queue),
                Event::Close { poller, generation } => self.close(when, poller, generation),
                Event::Call(call) => self.call(when, call),
                Event::Deadline(run) => self.deadline(when, run),
            }
        }
        for queue in self.queues.values_mut() {
            queue.settle(now);
        }
    }

    /// Take the invocations that are due, in the order in which their runs began.
    pub fn take_invocations(&mut self) -> Vec<Invocation> {
        std::mem::take(&mut self.ready)
    }

    /// Deliver what the services send: events to the rules, notifications to their topic.
    pub fn accept(&mut self, now: Time, effect: Effect) {
        self.advance(now);
        match effect {
            Effect::Event(event) => self.put_event_now(now, &event),
            Effect::Publish { topic_arn, alarm_arn, subject, message } => {
                let subject = Some(subject);
                let request = Publish { topic_arn, subject, message, ..Publish::default() };
                self.publish_for_aws(now, alarm_arn.as_deref(), request);
            }
        }
    }

    /// When a message that is due at `due` arrives. A random duplicate or a fault may make it
    /// arrive several times, late or never. `once` excludes random duplicates.
    fn arrivals(&mut self, due: Time, once: bool, what: &str) -> Vec<Time> {
        self.sent += 1;
        let copy = if once { None } else { self.chance.copy(&self.settings) };
        let copy = copy.map(|later| due + later);
        let Some(fault) = self.settings.faults.get(&self.sent) else {
            return [Some(due), copy].into_iter().flatten().collect();
        };
        let later = |by: u64| due + Duration::milliseconds(i64::try_from(by).unwrap_or(i64::MAX));
        let (word, arrivals) = match *fault {
            MessageFault::Lost => ("lost".to_owned(), Vec::new()),
            MessageFault::Doubled(by) => (format!("doubled after {by} ms"), vec![due, later(by)]),
            MessageFault::Late(by) => (format!("late by {by} ms"), vec![later(by)]),
        };
        self.injected.push(format!("message {}, {what}, is {word}", self.sent));
        arrivals
    }

    /// Take the descriptions of the faults injected since the last call.
    pub fn take_injected(&mut self) -> Vec<String> {
        std::mem::take(&mut self.injected)
    }

    /// The counts of the function with this logical id.
    pub fn function_truth(&self, logical_id: &str) -> Option<FunctionTruth> {
        self.functions.values().find(|f| f.spec.logical_id == logical_id).map(|f| f.truth)
    }

    /// The counts of the queue with this logical id, as of the last time that passed.
    pub fn queue_truth(&self, logical_id: &str) -> Option<QueueTruth> {
        self.queue(logical_id).map(Queue::truth)
    }

    /// All messages in the queue with this logical id, oldest first.
    pub fn messages(&self, logical_id: &str) -> Vec<&Message> {
        self.queue(logical_id).into_iter().flat_map(Queue::messages).collect()
    }

    /// The number of messages lost because a target did not permit or refused them.
    pub fn undelivered(&self) -> u64 {
        self.undelivered
    }

    /// The number of runs in progress.
    pub fn running(&self) -> usize {
        self.running.len()
    }

    fn queue(&self, logical_id: &str) -> Option<&Queue> {
        self.queues.values().find(|queue| queue.spec.logical_id == logical_id)
    }
}
