//! State changes of alarms and their consequences.

use std::collections::{BTreeSet, VecDeque};

use region_core::wording::uuid;
use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::account::{Account, Due};
use crate::alarm::{Alarm, Kind};
use crate::cloudwatch::CloudWatch;
use crate::names::{alarm_arn, alarm_name};
use crate::notification::Snapshot;
use crate::reason::stamp;
use crate::state::{State, StateValue};
use crate::suppression::{Suppressor, Watch};

/// As in the reasons of composite alarms.
const WORDS: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday] [day] [month repr:long], [year] [hour]:[minute]:[second] UTC");

impl CloudWatch {
    /// Put an alarm in a state. If it is another one, its actions happen and the composite
    /// alarms that are made of it follow.
    pub(crate) fn change_alarm(&mut self, account: &mut dyn Account, name: &str, state: State) {
        if self.enter(account, name, state) {
            self.follow(account, name.to_owned());
        }
    }

    /// Have the composite alarms follow a change.
    pub(crate) fn follow(&mut self, account: &mut dyn Account, name: String) {
        let mut changed = VecDeque::from([name]);
        while let Some(child) = changed.pop_front() {
            for parent in self.composites(|rule| rule.contains(&child.as_str())) {
                if self.evaluate_composite(account, &parent, Some(&child)) {
                    changed.push_back(parent);
                }
            }
            self.check_suppressed(account);
        }
    }

    /// Evaluate a composite alarm, after `child` changed or on its creation. Returns whether
    /// its state changed.
    pub(crate) fn evaluate_composite(
        &mut self,
        account: &mut dyn Account,
        name: &str,
        child: Option<&str>,
    ) -> bool {
        let alarms = &self.alarms;
        let Some(Alarm { kind: Kind::Composite(composite), state, .. }) = alarms.get(name) else {
            return false;
        };
        let of = |name: &str| alarms.get(name).map(|alarm| alarm.state.value);
        let value = match composite.rule.is_met(&of) {
            true => StateValue::Alarm,
            false => StateValue::Ok,
        };
        if value == state.value {
            return false;
        }
        let (reason, triggering) = match child.and_then(|child| alarms.get(child)) {
            Some(child) => {
                let at = child.state.updated_at.format(WORDS).unwrap_or_default();
                let value = child.state.value.as_str();
                let reason = format!("{} transitioned to {value} at {at}", child.arn());
                (reason, vec![triggering(child)])
            }
            None => {
                let arn = alarm_arn(name);
                let value = value.as_str();
                let children: BTreeSet<&str> = composite.rule.children().into_iter().collect();
                let children = children.into_iter().filter_map(|child| alarms.get(child));
                (
                    format!("{arn} was created and its alarm rule evaluates to {value}"),
                    children.map(triggering).collect(),
                )
            }
        };
        let reason_data = Some(json!({ "triggeringAlarms": triggering }).to_string());
        let updated_at = account.now();
        self.enter(account, name, State { value, reason, reason_data, updated_at })
    }

    /// Put an alarm in a state. Returns whether the state changed.
    fn enter(&mut self, account: &mut dyn Account, name: &str, state: State) -> bool {
        let now = account.now();
        let watch = self.suppressor_of(name);
        let Some(alarm) = self.alarms.get_mut(name) else { return false };
        let before = alarm.snapshot();
        let value = state.value;
        alarm.state = state;
        if value == before.state.value {
            return false;
        }
        alarm.transitioned_at = now;
        if before.state.value == StateValue::Alarm {
            alarm.left_alarm_at = Some(now);
        }
        let acts = match suppressor(alarm) {
            Some(suppressor) => suppressor.changed(value, watch, now),
            None => true,
        };
        self.notify(account, name, &before, acts);
        true
    }

    /// The event about a change from `before`, and the messages if it `acts`.
    fn notify(&self, account: &mut dyn Account, name: &str, before: &Snapshot, acts: bool) {
        let Some(alarm) = self.alarms.get(name) else { return };
        let next_check = match &alarm.kind {
            Kind::Composite(composite) => {
                composite.suppressor.as_ref().and_then(Suppressor::next_check)
            }
            Kind::Metric(_) => None,
        };
        if let Some(next) = next_check {
            account.schedule(next, Due::Suppressed);
        }
        let id = uuid(account.rng());
        account.emit(id, "CloudWatch Alarm State Change", &alarm.arn(), alarm.detail(before));
        if !acts || !alarm.actions_enabled {
            return;
        }
        let (subject, message) = alarm.message(&before.state);
        let actions = alarm.actions.of(alarm.state.value).iter();
        for topic in actions.filter(|arn| arn.contains(":sns:")) {
            account.publish(&alarm.arn(), topic.clone(), subject.clone(), message.clone());
        }
    }

    /// Check the suppressed alarms after a suppressor changed or a period may have ended.
    pub(crate) fn check_suppressed(&mut self, account: &mut dyn Account) {
        let now = account.now();
        for name in self.composites(|_| true) {
            let watch = self.suppressor_of(&name);
            let Some(alarm) = self.alarms.get_mut(&name) else { continue };
            let before = alarm.snapshot();
            let value = alarm.state.value;
            let Some(suppressor) = suppressor(alarm) else { continue };
            let planned = suppressor.next_check();
            let acts = suppressor.check(value, watch, now);
            let next = suppressor.next_check().filter(|next| planned != Some(*next));
            if let Some(next) = next {
                account.schedule(next, Due::Suppressed);
            }
            if acts {
                alarm.state.updated_at = now;
                self.notify(account, &name, &before, true);
            }
        }
    }

    /// The composite alarms of whose children this holds.
    fn composites(&self, of: impl Fn(&[&str]) -> bool) -> Vec<String> {
        let alarms = self.alarms.values().filter(|alarm| match &alarm.kind {
            Kind::Composite(composite) => of(&composite.rule.children()),
            Kind::Metric(_) => false,
        });
        alarms.map(|alarm| alarm.name.clone()).collect()
    }

    /// The present state of an alarm's suppressor; a quiet one if it has none.
    fn suppressor_of(&self, name: &str) -> Watch {
        let alarms = &self.alarms;
        let named = match alarms.get(name).map(|alarm| &alarm.kind) {
            Some(Kind::Composite(composite)) => composite.suppressor.as_ref(),
            _ => None,
        };
        let suppressor = named.and_then(|named| alarms.get(alarm_name(&named.text)));
        Watch {
            in_alarm: suppressor.is_some_and(|alarm| alarm.state.value == StateValue::Alarm),
            left_alarm_at: suppressor.and_then(|alarm| alarm.left_alarm_at),
        }
    }
}

/// A child, in the reason's data of a composite alarm.
fn triggering(child: &Alarm) -> Value {
    let (value, timestamp) = (child.state.value.as_str(), stamp(child.state.updated_at));
    json!({"arn": child.arn(), "state": {"value": value, "timestamp": timestamp}})
}

fn suppressor(alarm: &mut Alarm) -> Option<&mut Suppressor> {
    match &mut alarm.kind {
        Kind::Composite(composite) => composite.suppressor.as_mut(),
        Kind::Metric(_) => None,
    }
}
