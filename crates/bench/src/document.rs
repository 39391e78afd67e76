//! The measurements of drains for programs.

use serde::Serialize;
use time::Duration;

use super::Measurements;
use super::bill::Bill;
use super::comparison::{Compared, Row};
use super::cost::{Item, Usage};
use super::outcome::Outcome;
use crate::fleet::document as fleet;
use crate::scaling::document as scaling;
use crate::target;

#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    seed: u64,
    departures: Vec<Departure<'a>>,
    calls_of_one_drain: Spread,
    calls_of_one_drain_with_two_processes: Spread,
    idle_day: Idle<'a>,
    deployment: Busy<'a>,
    fleet: fleet::Document<'a>,
    scaling: scaling::Document<'a>,
    targets: Vec<target::Row<'a>>,
}

/// A case with every drain.
#[derive(Debug, Serialize)]
struct Departure<'a> {
    name: &'a str,
    description: &'a str,
    /// ecs-tide with one process and with two, then the peers.
    drains: Vec<Drain<'a>>,
}

#[derive(Debug, Serialize)]
struct Drain<'a> {
    name: &'a str,
    /// One for each random seed.
    runs: Vec<Drained<'a>>,
}

#[derive(Debug, Serialize)]
struct Drained<'a> {
    leaving_instances: usize,
    instances_drained: usize,
    released_too_early: usize,
    released_by_timeout: usize,
    tasks: usize,
    tasks_cut_short: usize,
    dead_letters: u64,
    median_lag_seconds: Option<f64>,
    longest_lag_seconds: Option<f64>,
    calls_for_each_instance: f64,
    until_last_release: &'a Bill,
    /// The requeue messages after the last release.
    after_last_release: &'a Bill,
}

/// Values over some seeds.
#[derive(Debug, Serialize)]
struct Spread {
    seeds: usize,
    least: Option<u64>,
    median: Option<u64>,
    most: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Idle<'a> {
    #[serde(flatten)]
    bill: &'a Bill,
    items: Vec<Item>,
    usd_a_month: f64,
}

#[derive(Debug, Serialize)]
struct Busy<'a> {
    #[serde(flatten)]
    bill: &'a Bill,
    items: Vec<Item>,
    usd: f64,
}

impl<'a> Document<'a> {
    pub(super) fn of(all: &'a Measurements) -> Self {
        Self {
            seed: all.seed,
            departures: all.alone.iter().chain(&all.together).map(Departure::of).collect(),
            calls_of_one_drain: Spread::of(&all.calls),
            calls_of_one_drain_with_two_processes: Spread::of(&all.calls_by_two),
            idle_day: Idle::of(&all.idle_day),
            deployment: Busy::of(&all.deployment),
            fleet: fleet::Document::of(&all.fleet),
            scaling: scaling::Document::of(&all.scaling),
            targets: target::Row::all(&all.targets),
        }
    }
}

impl<'a> Departure<'a> {
    fn of(compared: &'a Compared) -> Self {
        let drain = |row: &'a Row| Drain {
            name: row.name,
            runs: row.outcomes().map(Drained::of).collect(),
        };
        Self {
            name: compared.case.name,
            description: compared.case.title,
            drains: compared.rows().map(drain).collect(),
        }
    }
}

impl<'a> Drained<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let lags = outcome.lags();
        let seconds = |lag: Option<&Duration>| lag.copied().map(Duration::as_seconds_f64);
        Self {
            leaving_instances: outcome.drains.len(),
            instances_drained: outcome.drains.len() - outcome.undrained(),
            released_too_early: outcome.too_early(),
            released_by_timeout: outcome.by_time_out(),
            tasks: outcome.tasks(),
            tasks_cut_short: outcome.cut_short(),
            dead_letters: outcome.dead_letters,
            median_lag_seconds: seconds(lags.get(lags.len() / 2)),
            longest_lag_seconds: seconds(lags.last()),
            calls_for_each_instance: outcome.calls_each(),
            until_last_release: &outcome.bill,
            after_last_release: &outcome.tail,
        }
    }
}

impl Spread {
    fn of(sorted: &[u64]) -> Self {
        Self {
            seeds: sorted.len(),
            least: sorted.first().copied(),
            median: sorted.get(sorted.len() / 2).copied(),
            most: sorted.last().copied(),
        }
    }
}

impl<'a> Idle<'a> {
    fn of(usage: &'a Usage) -> Self {
        let items = [usage.items(), usage.standing()].concat();
        Self { bill: &usage.bill, items, usd_a_month: usage.a_month() }
    }
}

impl<'a> Busy<'a> {
    fn of(usage: &'a Usage) -> Self {
        let items = usage.items();
        let usd = super::cost::sum(&items);
        Self { bill: &usage.bill, items, usd }
    }
}
