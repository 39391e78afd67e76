//! EventBridge: delivers events and schedules to the targets of rules.

use serde_json::Value;
use time::Duration;

use region_core::Time;

use super::envelope::scheduled_event;
use super::message::Outgoing;
use super::{Event, Messaging};
use region_wiring::{TargetInput, Trigger};

impl Messaging {
    /// Put a whole event, envelope included, on the default bus.
    pub fn put_event(&mut self, now: Time, event: &Value) {
        self.advance(now);
        self.put_event_now(now, event);
    }

    pub(super) fn put_event_now(&mut self, now: Time, event: &Value) {
        let matching: Vec<usize> = self
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.enabled)
            .filter(|(_, rule)| {
                matches!(&rule.trigger, Trigger::Pattern(pattern) if pattern.matches(event))
            })
            .map(|(index, _)| index)
            .collect();
        for rule in matching {
            self.fire_rule(now, rule, event);
        }
    }

    fn fire_rule(&mut self, now: Time, index: usize, event: &Value) {
        let Some(rule) = self.rules.get(index) else { return };
        let what = format!("an event of {}", rule.logical_id);
        let permitted: Vec<bool> = rule.targets.iter().map(|target| target.permitted).collect();
        for (target, permitted) in permitted.into_iter().enumerate() {
            if !permitted {
                self.undelivered += 1;
                continue;
            }
            let due = now + self.chance.delay(&self.settings.event_delay);
            for due in self.arrivals(due, false, &what) {
                self.agenda.at(due, Event::Target { rule: index, target, event: event.clone() });
            }
        }
    }

    /// An event arrives at one target of a rule.
    pub(super) fn target(&mut self, now: Time, rule: usize, target: usize, event: &Value) {
        let target = self.rules.get(rule).and_then(|rule| rule.targets.get(target)).cloned();
        let Some(target) = target else { return };
        let input = match target.input {
            TargetInput::Event => event.clone(),
            TargetInput::Path(path) => at_path(event, &path).cloned().unwrap_or(Value::Null),
            TargetInput::Fixed(input) => input,
        };
        // EventBridge passes on no lineage
        // (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>).
        if self.functions.contains_key(&target.arn) {
            self.invoke_async(now, &target.arn, input, None);
        } else {
            let body = input.to_string();
            let group_id = target.group_id;
            self.send_to(now, &target.arn, Outgoing { body, group_id, ..Outgoing::default() });
        }
    }

    /// Schedule the first event of every scheduled rule, one period after it is created.
    pub(super) fn begin_schedules(&mut self, now: Time) {
        for index in 0..self.rules.len() {
            self.schedule_next(now, index);
        }
    }

    fn schedule_next(&mut self, now: Time, index: usize) {
        if let Some(Trigger::EveryMinutes(minutes)) = self.rules.get(index).map(|r| &r.trigger) {
            let period = Duration::minutes((*minutes).max(1).into());
            self.agenda.at(now + period, Event::Schedule(index));
        }
    }

    /// Fire a scheduled rule, and schedule its next event.
    pub(super) fn fire(&mut self, now: Time, index: usize) {
        self.schedule_next(now, index);
        let id = self.chance.uuid();
        let Some(rule) = self.rules.get(index).filter(|rule| rule.enabled) else { return };
        let event = scheduled_event(rule, &id, now);
        self.fire_rule(now, index, &event);
    }
}

/// The part of an event at a path of plain keys, such as `$.detail.status`.
fn at_path<'a>(event: &'a Value, path: &str) -> Option<&'a Value> {
    let mut keys = path.split('.');
    (keys.next() == Some("$")).then_some(())?;
    keys.try_fold(event, |value, key| value.get(key))
}
