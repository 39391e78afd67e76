//! Targets for the costs of drains.

use std::collections::BTreeMap;

use time::Duration;

use super::comparison::{Compared, Row};
use super::outcome::Outcome;
use crate::target::{Target, number};

/// The largest number of calls for one drain.
const CALLS_OF_ONE: f64 = 34.0;

/// The largest number of calls for one drain whose messages go to two processes in turns.
const CALLS_BY_TWO: f64 = 42.0;

/// The largest billed time for one drain, in seconds.
const BILLED_OF_ONE: f64 = 2.0;

/// The largest number of calls per instance if many drain.
const CALLS_OF_MANY: f64 = 8.5;

/// The targets for one instance.
pub fn of_one(outcome: &Outcome) -> Vec<Target> {
    vec![
        Target {
            what: "one instance: calls".to_owned(),
            measured: number(outcome.calls()),
            most: CALLS_OF_ONE,
        },
        Target {
            what: "one instance: billed seconds".to_owned(),
            measured: number(outcome.billed_milliseconds()) / 1e3,
            most: BILLED_OF_ONE,
        },
        Target {
            what: "one instance: not drained".to_owned(),
            measured: undrained(outcome),
            most: 0.0,
        },
    ]
}

/// The targets for one instance, with two processes.
pub fn of_one_by_two(outcome: &Outcome) -> Vec<Target> {
    vec![
        Target {
            what: "one instance, two processes: calls".to_owned(),
            measured: number(outcome.calls()),
            most: CALLS_BY_TWO,
        },
        Target {
            what: "one instance, two processes: not drained".to_owned(),
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

/// The targets for ecs-tide in a case that is compared.
pub fn of_case(compared: &Compared) -> Vec<Target> {
    let title = compared.case.title;
    let outcomes: Vec<&Outcome> = compared.ours.iter().flat_map(Row::outcomes).collect();
    let lags = outcomes.iter().flat_map(|outcome| outcome.lags());
    vec![
        Target {
            what: format!("{title}: not drained"),
            measured: outcomes.iter().map(|outcome| undrained(outcome)).sum(),
            most: 0.0,
        },
        Target {
            what: format!("{title}: longest lag in seconds"),
            measured: lags.map(Duration::as_seconds_f64).fold(0.0, f64::max),
            most: compared.case.longest_lag,
        },
    ]
}

/// The number of instances that were released too early, by a timeout or not at all.
fn undrained(outcome: &Outcome) -> f64 {
    number(u64::try_from(outcome.undrained()).unwrap_or(u64::MAX))
}

/// For each target, the largest of its values.
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
