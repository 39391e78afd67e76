//! What a look comes to, when to look again, and how it is recorded.

use std::collections::{BTreeMap, BTreeSet};

use aws::Error;
use function::record::Record;
use scaling::decide::{Decision, Outcome};
use scaling::raise::Raise;
use serde_json::{Value, json};
use tick::{Pace, Paces};
use time::Duration;

use crate::Time;

/// How much later than wanted a look may come. CloudWatch's own actions come once a minute,
/// so half a minute late on average.
const LATE: Duration = Duration::seconds(30);

/// What a look saw and did.
#[derive(Debug, Default)]
pub struct Seen {
    /// A decision for each policy whose alarm is in ALARM.
    pub steps: Vec<Step>,
    /// What tasks without a place ask of their group.
    pub raise: Option<Raise>,
    /// Whether that was carried out, or would have been in a dry run.
    pub raise_prevails: bool,
    /// Why it could not be.
    pub raise_error: Option<Error>,
    /// Alarms and targets that policies name and AWS does not know.
    pub missing: BTreeSet<String>,
    /// Alarms that no one scales on, and why.
    pub unfit: BTreeMap<String, &'static str>,
    /// Tags that are none of ours, by target.
    pub bad_tags: BTreeMap<String, String>,
    /// Ghost registrations of the cluster, where its container instances were read.
    pub ghosts: usize,
}

/// A decision and what became of it.
#[derive(Debug)]
pub struct Step {
    /// The decision.
    pub decision: Decision,
    /// Whether it is the one of its target that is carried out.
    pub prevails: bool,
    /// Why it could not be.
    pub error: Option<Error>,
}

impl Seen {
    /// What failed.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        self.steps.iter().filter_map(|step| step.error.as_ref()).chain(&self.raise_error)
    }

    /// Whether a capacity was to be set. One whose call failed may be set all the same.
    pub fn may_have_scaled(&self) -> bool {
        let scales = |outcome: Outcome| matches!(outcome, Outcome::Scale { .. });
        self.outcomes().any(|(outcome, prevails)| prevails && scales(outcome))
    }

    /// What each decision came to, and whether it prevails.
    fn outcomes(&self) -> impl Iterator<Item = (Outcome, bool)> {
        let made = self.steps.iter().map(|step| (step.decision.outcome, step.prevails));
        made.chain(self.raise.iter().map(|raise| (raise.outcome, self.raise_prevails)))
    }

    /// When to look again while an alarm stays in ALARM: soon if something failed; `None` if
    /// no alarm is, or nothing that lasts is to be waited for.
    pub fn again(&self, paces: Paces, now: Time) -> Option<Pace> {
        if self.errors().next().is_some() {
            return Some(Pace::Soon);
        }
        let next = self.steps.iter().filter_map(|step| step.decision.look_again).min()?;
        Some(match next - now {
            wait if wait >= paces.later.delay() => Pace::Later,
            wait if wait >= LATE => Pace::Minute,
            _ => Pace::Soon,
        })
    }

    /// A record for each decision: one line holds everything about it.
    pub fn decisions(&self, lane: &str, dry_run: bool) -> Vec<Record> {
        let one = |decided: Value, outcome: Outcome, prevails: bool, error: Option<&Error>| {
            let mut record = begun(lane);
            if dry_run {
                record.field("dry_run", true);
            }
            record.field("decision", decided);
            record.field("prevails", prevails);
            if let Some(error) = error {
                record.field("error", error.to_string());
                record.field("error_kind", error.kind());
                record.count("ScalingErrors", 1);
            }
            match outcome {
                Outcome::Scale { from, to } if prevails && error.is_none() && !dry_run => {
                    record.count("ScaledOut", usize::from(to > from));
                    record.count("ScaledIn", usize::from(to < from));
                }
                _ => record.count("NotScaled", 1),
            }
            record
        };
        let steps = self.steps.iter().map(|step| {
            let decision = &step.decision;
            one(json!(decision), decision.outcome, step.prevails, step.error.as_ref())
        });
        let raise = self.raise.iter().map(|raise| {
            let error = self.raise_error.as_ref();
            one(json!({ "raise": raise }), raise.outcome, self.raise_prevails, error)
        });
        steps.chain(raise).collect()
    }

    /// The look itself.
    pub fn record(&self, lane: &str) -> Record {
        let mut record = begun(lane);
        let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
        for (outcome, prevails) in self.outcomes() {
            let name = match outcome {
                Outcome::Scale { .. } if prevails => "scaled",
                Outcome::Scale { .. } => "overruled",
                Outcome::NotScaled(reason) => reason.code(),
            };
            *outcomes.entry(name).or_default() += 1;
        }
        record.field("outcomes", json!(outcomes));
        record.count("Decisions", outcomes.values().sum());
        if !self.missing.is_empty() {
            record.field("missing", json!(self.missing));
        }
        if !self.unfit.is_empty() {
            record.field("unfit", json!(self.unfit));
        }
        record.count("PolicyErrors", self.missing.len() + self.unfit.len());
        if !self.bad_tags.is_empty() {
            record.field("bad_tags", json!(self.bad_tags));
        }
        record.count("GhostRegistrations", self.ghosts);
        record.count("LookErrors", self.errors().count());
        record
    }
}

/// The dimension of every metric: the field that names the function.
pub const DIMENSION: &str = "function";

/// A record about a lane.
pub fn begun(lane: &str) -> Record {
    let mut record = Record::default();
    record.field(DIMENSION, "alarm-scaling");
    record.field("lane", lane);
    record
}
