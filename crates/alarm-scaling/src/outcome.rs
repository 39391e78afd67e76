//! The outcome of a reconcile: its decisions, when to requeue, and its log records.

use std::collections::BTreeMap;

use aws::{Error, advised};
use function::record::Record;
use requeue::{DelayClass, DelayClasses, SerializationKey};
use scaling::candidates::{Candidate, Decided};
use scaling::decide::Outcome;
use scaling::policy::Target;
use serde_json::json;
use time::Duration;

use crate::Time;
use crate::active::Findings;

/// How late a reconcile may be. CloudWatch repeats its own actions once a minute, so they are half
/// a minute late on average.
const LATE: Duration = Duration::seconds(30);

/// What a reconcile found and did.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Its decisions.
    pub candidates: Vec<Candidate>,
    /// Why a candidate could not be applied, by its place.
    pub errors: BTreeMap<usize, Error>,
    pub findings: Findings,
    /// Ghost registrations of the cluster; 0 if its container instances were not read.
    pub ghosts: usize,
}

impl Reconciled {
    /// The errors of the candidates.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        self.errors.values()
    }

    /// Whether a capacity may have been set. A call that failed may still have taken effect.
    pub fn may_have_scaled(&self) -> bool {
        self.candidates.iter().any(|one| one.applied)
    }

    /// When to requeue a target: `Soon` if something failed; `None` if no alarm of it is in ALARM, or
    /// nothing can change while it stays there.
    pub fn again(
        &self,
        target: &Target,
        delay_classes: DelayClasses,
        now: Time,
    ) -> Option<DelayClass> {
        if !self.errors.is_empty() {
            return Some(DelayClass::Soon);
        }
        let decided = self.candidates.iter().map(|one| &one.decided);
        let of_target = decided.filter(|decided| decided.target() == target);
        let next = of_target.filter_map(Decided::requeue_at).min()?;
        Some(match next - now {
            wait if wait >= delay_classes.later.delay() => DelayClass::Later,
            wait if wait >= LATE => DelayClass::Minute,
            _ => DelayClass::Soon,
        })
    }

    /// One log record per decision, with everything about it.
    pub fn decisions(&self, serialization_key: &SerializationKey, dry_run: bool) -> Vec<Record> {
        let one = |(place, Candidate { decided, applied }): (usize, &Candidate)| {
            let mut record = about(serialization_key);
            let error = self.errors.get(&place);
            if dry_run {
                record.field("dry_run", true);
            }
            record.field("decision", json!(decided));
            record.field("applied", *applied);
            if let Some(error) = error {
                record.field("error", advised(error));
                record.field("error_kind", error.kind.name());
                record.count("ScalingErrors", 1);
            }
            match decided.outcome() {
                Outcome::Scale { from, to } if *applied && error.is_none() && !dry_run => {
                    record.count("ScaledOut", usize::from(to > from));
                    record.count("ScaledIn", usize::from(to < from));
                }
                _ => record.count("NotScaled", 1),
            }
            record
        };
        self.candidates.iter().enumerate().map(one).collect()
    }

    /// The log record of the reconcile itself.
    pub fn record(&self, serialization_key: &SerializationKey) -> Record {
        let mut record = about(serialization_key);
        let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &self.candidates {
            let name = match one.decided.outcome() {
                Outcome::Scale { .. } if one.applied => "scaled",
                Outcome::Scale { .. } => "superseded",
                Outcome::NotScaled(reason) => reason.code(),
            };
            *outcomes.entry(name).or_default() += 1;
        }
        record.field("outcomes", json!(outcomes));
        record.count("Decisions", outcomes.values().sum());
        let Findings { missing, unsupported, invalid_tags, untagged } = &self.findings;
        if !missing.is_empty() {
            record.field("missing", json!(missing));
        }
        if !unsupported.is_empty() {
            record.field("unsupported", json!(unsupported));
        }
        if !untagged.is_empty() {
            record.field("untagged", json!(untagged));
        }
        record.count("PolicyErrors", missing.len() + unsupported.len() + untagged.len());
        if !invalid_tags.is_empty() {
            record.field("invalid_tags", json!(invalid_tags));
        }
        record.count("GhostRegistrations", self.ghosts);
        record.count("ReconcileErrors", self.errors.len());
        record
    }
}

/// Begins a log record.
pub fn begun() -> Record {
    Record::new("function", "alarm-scaling")
}

/// Begins a log record about a serialization key.
pub fn about(serialization_key: &SerializationKey) -> Record {
    let mut record = begun();
    record.field("serialization_key", serialization_key.as_str());
    record
}
