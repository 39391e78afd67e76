//! What is promised of the cost, and whether it is kept.

use std::collections::BTreeMap;

use super::departure::Outcome;
use crate::target::{Target, number};

/// Calls of one drain.
const CALLS_OF_ONE: f64 = 34.0;

/// Seconds billed for one drain.
const BILLED_OF_ONE: f64 = 2.0;

/// Calls for each instance of many.
const CALLS_OF_MANY: f64 = 8.0;

/// The targets for one instance.
pub fn of_one(outcome: &Outcome) -> Vec<Target> {
    let billed = outcome.bill.billed_milliseconds + outcome.tail.billed_milliseconds;
    vec![
        Target {
            what: "one instance: calls".to_owned(),
            measured: number(outcome.calls()),
            most: CALLS_OF_ONE,
        },
        Target {
            what: "one instance: billed seconds".to_owned(),
            measured: number(billed) / 1e3,
            most: BILLED_OF_ONE,
        },
        Target {
            what: "one instance: not drained".to_owned(),
            measured: undrained(outcome),
            most: 0.0,
        },
    ]
}

/// The targets for many instances at once.
pub fn of_many(outcome: &Outcome) -> Vec<Target> {
    vec![
        Target {
            what: "many instances: calls for each".to_owned(),
            measured: outcome.calls_each(),
            most: CALLS_OF_MANY,
        },
        Target {
            what: "many instances: not drained".to_owned(),
            measured: undrained(outcome),
            most: 0.0,
        },
    ]
}

/// Instances let go too early, by a time-out or not at all.
fn undrained(outcome: &Outcome) -> f64 {
    number(u64::try_from(outcome.undrained()).unwrap_or(u64::MAX))
}

/// Of several values of one target the greatest.
pub fn worst(targets: Vec<Target>) -> Vec<Target> {
    let mut worst: BTreeMap<String, Target> = BTreeMap::new();
    for target in targets {
        match worst.get(&target.what) {
            Some(known) if known.measured >= target.measured => {}
            _ => {
                worst.insert(target.what.clone(), target);
            }
        }
    }
    worst.into_values().collect()
}
