//! What must hold of the loop: one tick a bucket, no look lost, and an end.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;
use time::Duration;

use super::{PaceRule, Promise, Rules, Violation};
use crate::Time;
use crate::delivery::Delivery;
use crate::wire::Call;

/// From a publish until its tick is in its queue, with room.
const UNDER_WAY: Duration = Duration::seconds(3);

/// What the oracle knows of the loop.
#[derive(Debug)]
pub(super) struct Ticks {
    paces: Vec<Pace>,
    last_fault: Option<Time>,
}

/// The ticks of one pace.
#[derive(Debug)]
struct Pace {
    rule: PaceRule,
    /// Requests that are not judged so far, oldest first.
    requests: VecDeque<Time>,
    /// When each tick becomes visible, by the message's id.
    ticks: BTreeMap<String, Time>,
    /// The message that stands for a bucket.
    buckets: BTreeMap<(String, i64), String>,
}

impl Ticks {
    pub(super) fn new(rules: &Rules) -> Self {
        let pace = |rule: &PaceRule| Pace {
            rule: rule.clone(),
            requests: VecDeque::new(),
            ticks: BTreeMap::new(),
            buckets: BTreeMap::new(),
        };
        Self { paces: rules.paces.iter().map(pace).collect(), last_fault: None }
    }

    pub(super) fn struck(&mut self, now: Time) {
        self.last_fault = Some(now);
    }

    /// A further look is asked for, and AWS has taken the request.
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
        let pace = attributes
            .find(|attribute| attribute.get("Name").is_some_and(|name| name == "pace"))
            .and_then(|attribute| attribute.get("Value")?.get("StringValue")?.as_str());
        if let Some(pace) = self.paces.iter_mut().find(|p| Some(p.rule.name.as_str()) == pace) {
            pace.requests.push_back(now);
        }
        // A look that failed does not know what is left, and asks for another.
        let reason = busy_until.max(self.last_fault);
        if reason.is_none_or(|reason| now - reason > rules.patience) {
            let what = "another look is asked for, and nothing is left".to_owned();
            violations.push(Violation { at: now, promise: Promise::TheLoopEnds, what });
        }
    }

    /// Look into the queues, as long as a request waits for its tick.
    pub(super) fn look(&mut self, now: Time, delivery: &Delivery, violations: &mut Vec<Violation>) {
        let mut broken = |promise, what| violations.push(Violation { at: now, promise, what });
        let last_fault = self.last_fault;
        for pace in self.paces.iter_mut().filter(|pace| !pace.requests.is_empty()) {
            let name = pace.rule.name.clone();
            for message in delivery.messages(&pace.rule.queue) {
                // As long as no filter is in force, the ticks of other paces are there too.
                let sent_as = message.content.attributes.get("pace");
                if pace.ticks.contains_key(&message.id) || sent_as != Some(&name) {
                    continue;
                }
                pace.ticks.insert(message.id.clone(), message.sent + pace.rule.delay);
                let Some(bucket) = bucket_of(&message.content.body) else { continue };
                if let Some(other) = pace.buckets.insert(bucket, message.id.clone())
                    && other != message.id
                {
                    broken(Promise::OneTickABucket, format!("a second {name} tick of one bucket"));
                }
            }
            while pace.requests.front().is_some_and(|asked| now - *asked > UNDER_WAY) {
                let Some(asked) = pace.requests.pop_front() else { break };
                let latest = asked + pace.rule.delay + UNDER_WAY;
                let follows = |visible: &Time| (asked..=latest).contains(visible);
                let excused = last_fault.is_some_and(|at| asked - at < Duration::minutes(6));
                if !excused && !pace.ticks.values().any(follows) {
                    broken(Promise::NoLookLost, format!("a {name} look was asked for in vain"));
                }
                pace.ticks.retain(|_, visible| now - *visible < Duration::minutes(10));
            }
        }
    }
}

fn bucket_of(body: &str) -> Option<(String, i64)> {
    let body: Value = serde_json::from_str(body).ok()?;
    let tick = body.get("tick")?;
    Some((tick.get("cluster")?.as_str()?.to_owned(), tick.get("bucket")?.as_i64()?))
}
