//! The policies whose alarm is in ALARM.

use std::collections::{BTreeMap, BTreeSet};

use aws::Alarm;
use aws_names::AlarmArn;
use scaling::alarm::StateValue;
use scaling::decide::{Breach, Decision, Inputs, decide, may_scale};
use scaling::memory::INVOKED_EVERY;
use scaling::policy::Policy;

use crate::Time;
use crate::fold::{Reasons, Visit};
use crate::targets::Targets;

/// What a reconcile finds wrong with what its policies name. It does not affect other policies.
#[derive(Debug, Default)]
pub struct Findings {
    /// Alarms and targets that do not exist.
    pub missing: BTreeSet<String>,
    /// Alarms of unsupported kinds, with the reason.
    pub unsupported: BTreeMap<AlarmArn, &'static str>,
    /// Values of our tag that cannot be parsed, by target.
    pub invalid_tags: BTreeMap<String, String>,
    /// Alarms in ALARM whose own tag does not name the target of their policy.
    pub untagged: BTreeSet<AlarmArn>,
}

/// A policy whose alarm is in ALARM.
pub struct Active<'a> {
    pub policy: &'a Policy,
    pub alarm: &'a Alarm,
    pub breach: Breach,
}

/// The policies whose alarm is in ALARM and may scale.
pub fn active<'a>(
    policies: &'a [Policy],
    alarms: &'a [Alarm],
    visit: &Visit,
    now: Time,
    findings: &mut Findings,
) -> Vec<Active<'a>> {
    let mut active = Vec::new();
    for policy in policies {
        let Some(alarm) = alarms.iter().find(|alarm| policy.alarm.is(&alarm.arn)) else {
            findings.missing.insert(policy.alarm.to_string());
            continue;
        };
        if let Some(why) = alarm.kind.unsupported() {
            findings.unsupported.insert(alarm.arn.clone(), why.name());
            continue;
        }
        if alarm.state == StateValue::Alarm {
            let reasons = visit.get(&policy.resource_id);
            active.push(Active { policy, alarm, breach: breach(alarm, reasons, now) });
        }
    }
    active
}

/// The input that decisions take from an alarm. CloudWatch evaluates once a minute, so the value
/// on which a younger state was entered is the newest.
fn breach(alarm: &Alarm, reasons: Option<&Reasons>, now: Time) -> Breach {
    let causes = reasons.iter().flat_map(|reasons| &reasons.causes);
    let event = causes.filter(|(arn, _)| *arn == alarm.arn).map(|(_, at)| *at).max();
    Breach {
        alarm: alarm.arn.clone(),
        since: alarm.since,
        // A requeue message in the same batch acts on the present state of the alarm, so the
        // time of an event no longer matters.
        event: event.filter(|_| reasons.is_some_and(|reasons| !reasons.anew)),
        threshold: alarm.threshold,
        operator: alarm.operator,
        metric: alarm.entered_on.filter(|_| now - alarm.since < INVOKED_EVERY),
        muted: alarm.muted,
    }
}

impl Active<'_> {
    /// Its decision; `None` if the target does not exist.
    pub fn decide(
        &self,
        targets: &Targets,
        now: Time,
        findings: &mut Findings,
    ) -> Option<Decision> {
        let target = &self.policy.resource_id;
        if let Some(text) = targets.invalid_tag(target) {
            findings.invalid_tags.insert(target.to_string(), text.to_owned());
        }
        let inputs = self.inputs(targets, now);
        if inputs.is_none() {
            findings.missing.insert(target.to_string());
        }
        inputs.map(|inputs| decide(inputs, now))
    }

    fn inputs(&self, targets: &Targets, now: Time) -> Option<Inputs> {
        let target = &self.policy.resource_id;
        Some(Inputs {
            policy: self.policy.clone(),
            breach: self.breach.clone(),
            state: targets.state(target, now)?,
            last: targets.last(target, now),
        })
    }

    /// Whether it would scale for any value of its metric.
    pub fn may_scale(&self, targets: &Targets, now: Time) -> bool {
        self.inputs(targets, now).is_some_and(|inputs| may_scale(&inputs, now))
    }
}
