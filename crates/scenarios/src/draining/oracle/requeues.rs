//! Checks on the requeue loop: one requeue message per bucket, no lost reconcile, and an end.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;
use time::Duration;

use super::{DelayClassRule, Invariant, Rules, Violation};
use region::Time;
use region::api::Call;
use region::messaging::Messaging;

/// The longest time from a publish until its requeue message is in its queue, with margin.
const UNDER_WAY: Duration = Duration::seconds(3);

/// What the oracle knows of the loop.
#[derive(Debug)]
pub(super) struct Requeues {
    delay_classes: Vec<DelayClass>,
    last_fault: Option<Time>,
}

/// The requeue messages of one delay class.
#[derive(Debug)]
struct DelayClass {
    rule: DelayClassRule,
    /// Requests that are not checked yet, oldest first.
    requests: VecDeque<(Time, String)>,
    /// When each requeue message becomes visible, and its cluster, by message id.
    requeues: BTreeMap<String, (Time, String)>,
    /// The id of the message of each cluster and bucket.
    buckets: BTreeMap<(String, i64), String>,
}

impl Requeues {
    pub(super) fn new(rules: &Rules) -> Self {
        let delay_class = |rule: &DelayClassRule| DelayClass {
            rule: rule.clone(),
            requests: VecDeque::new(),
            requeues: BTreeMap::new(),
            buckets: BTreeMap::new(),
        };
        Self {
            delay_classes: rules.delay_classes.iter().map(delay_class).collect(),
            last_fault: None,
        }
    }

    pub(super) fn injected(&mut self, now: Time) {
        self.last_fault = Some(now);
    }

    /// A function has requested another reconcile, and AWS has accepted the message.
    pub(super) fn asked(
        &mut self,
        now: Time,
        call: &Call,
        rules: &Rules,
        busy_until: Option<Time>,
        violations: &mut Vec<Violation>,
    ) {
        let text = |name: &str| call.input.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("TopicArn") != rules.reinvoke_topic {
            return;
        }
        let mut attributes =
            call.input.get("MessageAttributes").and_then(Value::as_array).into_iter().flatten();
        let delay_class = attributes
            .find(|attribute| attribute.get("Name").is_some_and(|name| name == "delay_class"))
            .and_then(|attribute| attribute.get("Value")?.get("StringValue")?.as_str());
        let mut classes = self.delay_classes.iter_mut();
        if let Some(class) = classes.find(|class| Some(class.rule.name.as_str()) == delay_class) {
            let cluster = bucket_of(text("Message")).map(|(cluster, _)| cluster);
            class.requests.push_back((now, cluster.unwrap_or_default()));
        }
        // A failed reconcile does not know what is left, so it requeues.
        let reason = busy_until.max(self.last_fault);
        if reason.is_none_or(|reason| now - reason > rules.patience) {
            let what = "another reconcile is requested though nothing is left to do".to_owned();
            violations.push(Violation { at: now, invariant: Invariant::LoopEnds, what });
        }
    }

    /// Check the queues while a request waits for its requeue message.
    pub(super) fn check(
        &mut self,
        now: Time,
        messaging: &Messaging,
        violations: &mut Vec<Violation>,
    ) {
        let mut violated =
            |invariant, what| violations.push(Violation { at: now, invariant, what });
        let last_fault = self.last_fault;
        for class in self.delay_classes.iter_mut().filter(|class| !class.requests.is_empty()) {
            let name = class.rule.name.clone();
            for message in messaging.messages(&class.rule.queue) {
                // Until subscription filters apply, other delay classes arrive here too.
                let sent_as = message.content.attributes.get("delay_class").map(|one| &one.value);
                if class.requeues.contains_key(&message.id) || sent_as != Some(&name) {
                    continue;
                }
                let Some(bucket) = bucket_of(&message.content.body) else { continue };
                let due = (message.sent + class.rule.delay, bucket.0.clone());
                class.requeues.insert(message.id.clone(), due);
                if let Some(other) = class.buckets.insert(bucket, message.id.clone())
                    && other != message.id
                {
                    violated(
                        Invariant::OneRequeuePerBucket,
                        format!("a second `{name}` requeue message for one bucket"),
                    );
                }
            }
            while class.requests.front().is_some_and(|(asked, _)| now - *asked > UNDER_WAY) {
                let Some((asked, cluster)) = class.requests.pop_front() else { break };
                let latest = asked + class.rule.delay + UNDER_WAY;
                let follows = |(visible, of): &(Time, String)| {
                    *of == cluster && (asked..=latest).contains(visible)
                };
                let excused = last_fault.is_some_and(|at| asked - at < Duration::minutes(6));
                if !excused && !class.requeues.values().any(follows) {
                    violated(
                        Invariant::NoReconcileLost,
                        format!("a requested `{name}` reconcile of {cluster} did not take place"),
                    );
                }
                class.requeues.retain(|_, (visible, _)| now - *visible < Duration::minutes(10));
            }
        }
    }
}

fn bucket_of(body: &str) -> Option<(String, i64)> {
    let body: Value = serde_json::from_str(body).ok()?;
    let requeue = body.get("requeue")?;
    Some((requeue.get("cluster")?.as_str()?.to_owned(), requeue.get("bucket")?.as_i64()?))
}
