//! The outcome of a reconcile: its decisions, when to requeue, and its log records.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Error, advised};
use function::record::Record;
use requeue::{DelayClass, DelayClasses};
use scaling::decide::{Decision, Outcome};
use scaling::raise::Raise;
use serde_json::{Value, json};
use time::Duration;

use crate::Time;

/// How late a reconcile may be. CloudWatch repeats its own actions once a minute, so they are half
/// a minute late on average.
const LATE: Duration = Duration::seconds(30);

/// What a reconcile saw and did.
#[derive(Debug, Default)]
pub struct Seen {
    /// A decision for each policy whose alarm is in ALARM.
    pub steps: Vec<Step>,
    /// The decision to add instances for unplaced tasks.
    pub raise: Option<Raise>,
    /// Whether `raise` was carried out or, in a dry run, would have been.
    pub raise_applied: bool,
    /// Why `raise` could not be carried out.
    pub raise_error: Option<Error>,
    /// Alarms and targets that policies name but that do not exist.
    pub missing: BTreeSet<String>,
    /// Alarms of unsupported kinds, by ARN, with the reason.
    pub unsupported: BTreeMap<String, &'static str>,
    /// Values of our tag that cannot be parsed, by target.
    pub invalid_tags: BTreeMap<String, String>,
    /// Ghost registrations of the cluster; 0 if its container instances were not read.
    pub ghosts: usize,
}

/// A decision and its result.
#[derive(Debug)]
pub struct Step {
    pub decision: Decision,
    /// Whether this is the one decision that is applied to its target.
    pub applied: bool,
    /// Why it could not be carried out.
    pub error: Option<Error>,
}

impl Seen {
    /// The errors of the steps and of the raise.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        self.steps.iter().filter_map(|step| step.error.as_ref()).chain(&self.raise_error)
    }

    /// Whether a capacity may have been set. A call that failed may still have taken effect.
    pub fn may_have_scaled(&self) -> bool {
        let scales = |outcome: Outcome| matches!(outcome, Outcome::Scale { .. });
        self.outcomes().any(|(outcome, applied)| applied && scales(outcome))
    }

    /// The outcome of each decision, and whether it is applied.
    fn outcomes(&self) -> impl Iterator<Item = (Outcome, bool)> {
        let made = self.steps.iter().map(|step| (step.decision.outcome, step.applied));
        made.chain(self.raise.iter().map(|raise| (raise.outcome, self.raise_applied)))
    }

    /// When to requeue: `Soon` if something failed; `None` if no alarm is in ALARM, or nothing
    /// can change while it stays there.
    pub fn again(&self, delay_classes: DelayClasses, now: Time) -> Option<DelayClass> {
        if self.errors().next().is_some() {
            return Some(DelayClass::Soon);
        }
        let next = self.steps.iter().filter_map(|step| step.decision.requeue_at).min()?;
        Some(match next - now {
            wait if wait >= delay_classes.later.delay() => DelayClass::Later,
            wait if wait >= LATE => DelayClass::Minute,
            _ => DelayClass::Soon,
        })
    }

    /// One log record per decision, with everything about it.
    pub fn decisions(&self, serialization_key: &str, dry_run: bool) -> Vec<Record> {
        let one = |decided: Value, outcome: Outcome, applied: bool, error: Option<&Error>| {
            let mut record = about(serialization_key);
            if dry_run {
                record.field("dry_run", true);
            }
            record.field("decision", decided);
            record.field("applied", applied);
            if let Some(error) = error {
                record.field("error", advised(error));
                record.field("error_kind", error.kind.name());
                record.count("ScalingErrors", 1);
            }
            match outcome {
                Outcome::Scale { from, to } if applied && error.is_none() && !dry_run => {
                    record.count("ScaledOut", usize::from(to > from));
                    record.count("ScaledIn", usize::from(to < from));
                }
                _ => record.count("NotScaled", 1),
            }
            record
        };
        let steps = self.steps.iter().map(|step| {
            let decision = &step.decision;
            one(json!(decision), decision.outcome, step.applied, step.error.as_ref())
        });
        let raise = self.raise.iter().map(|raise| {
            let error = self.raise_error.as_ref();
            one(json!({ "raise": raise }), raise.outcome, self.raise_applied, error)
        });
        steps.chain(raise).collect()
    }

    /// The log record of the reconcile itself.
    pub fn record(&self, serialization_key: &str) -> Record {
        let mut record = about(serialization_key);
        let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
        for (outcome, applied) in self.outcomes() {
            let name = match outcome {
                Outcome::Scale { .. } if applied => "scaled",
                Outcome::Scale { .. } => "superseded",
                Outcome::NotScaled(reason) => reason.code(),
            };
            *outcomes.entry(name).or_default() += 1;
        }
        record.field("outcomes", json!(outcomes));
        record.count("Decisions", outcomes.values().sum());
        if !self.missing.is_empty() {
            record.field("missing", json!(self.missing));
        }
        if !self.unsupported.is_empty() {
            record.field("unsupported", json!(self.unsupported));
        }
        record.count("PolicyErrors", self.missing.len() + self.unsupported.len());
        if !self.invalid_tags.is_empty() {
            record.field("invalid_tags", json!(self.invalid_tags));
        }
        record.count("GhostRegistrations", self.ghosts);
        record.count("ReconcileErrors", self.errors().count());
        record
    }
}

/// Begins a log record.
pub fn begun() -> Record {
    Record::new("function", "alarm-scaling")
}

/// Begins a log record about a serialization key.
pub fn about(serialization_key: &str) -> Record {
    let mut record = begun();
    record.field("serialization_key", serialization_key);
    record
}
