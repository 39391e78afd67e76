//! What is promised of the cost, and whether it is kept.

use std::collections::BTreeMap;

use super::departure::Outcome;

/// Calls of one drain.
const CALLS_OF_ONE: f64 = 34.0;

/// Seconds billed for one drain.
const BILLED_OF_ONE: f64 = 2.0;

/// Calls for each instance of many.
const CALLS_OF_MANY: f64 = 8.0;

/// A measured value and its bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What is measured.
    pub what: &'static str,
    /// The value.
    pub measured: f64,
    /// The most that it may be.
    pub most: f64,
}

impl Target {
    /// Why it is missed, if it is.
    pub fn missed(&self) -> Option<String> {
        let Self { what, measured, most } = self;
        (measured > most).then(|| format!("{what}: {measured:.2}, at most {most} wanted"))
    }
}

/// The targets for one instance.
pub fn of_one(outcome: &Outcome) -> Vec<Target> {
    let billed = outcome.bill.billed_milliseconds + outcome.tail.billed_milliseconds;
    vec![
        Target {
            what: "one instance: calls",
            measured: number(outcome.calls()),
            most: CALLS_OF_ONE,
        },
        Target {
            what: "one instance: billed seconds",
            measured: number(billed) / 1e3,
            most: BILLED_OF_ONE,
        },
        Target { what: "one instance: not drained", measured: undrained(outcome), most: 0.0 },
    ]
}

/// The targets for many instances at once.
pub fn of_many(outcome: &Outcome) -> Vec<Target> {
    vec![
        Target {
            what: "many instances: calls for each",
            measured: outcome.calls_each(),
            most: CALLS_OF_MANY,
        },
        Target { what: "many instances: not drained", measured: undrained(outcome), most: 0.0 },
    ]
}

/// Instances let go too early, by a time-out or not at all.
fn undrained(outcome: &Outcome) -> f64 {
    number(u64::try_from(outcome.undrained()).unwrap_or(u64::MAX))
}

/// Of several values of one target the greatest.
pub fn worst(targets: Vec<Target>) -> Vec<Target> {
    let mut worst: BTreeMap<&str, Target> = BTreeMap::new();
    for target in targets {
        match worst.get(target.what) {
            Some(known) if known.measured >= target.measured => {}
            _ => {
                worst.insert(target.what, target);
            }
        }
    }
    worst.into_values().collect()
}

#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 of anything")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}
