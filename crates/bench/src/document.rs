//! The measurements of drains for programs.

use serde::Serialize;
use time::Duration;

use super::bill::Bill;
use super::cost::{Item, MONTH, Usage};
use super::outcome::Outcome;
use super::{Compared, Measurements};
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
    scaling: scaling::Document<'a>,
    targets: Vec<target::Row<'a>>,
}

/// Instances that leave at once.
#[derive(Debug, Serialize)]
struct Departure<'a> {
    leaving_instances: usize,
    ecs_tide: Drained<'a>,
    peers: Vec<Peer<'a>>,
}

#[derive(Debug, Serialize)]
struct Peer<'a> {
    name: &'a str,
    #[serde(flatten)]
    drained: Drained<'a>,
}

#[derive(Debug, Serialize)]
struct Drained<'a> {
    instances_drained: usize,
    released_too_early: usize,
    released_by_timeout: usize,
    tasks_cut_short: usize,
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
            departures: all.departures.iter().map(Departure::of).collect(),
            calls_of_one_drain: Spread::of(&all.calls),
            calls_of_one_drain_with_two_processes: Spread::of(&all.calls_by_two),
            idle_day: Idle::of(&all.idle_day),
            deployment: Busy::of(&all.deployment),
            scaling: scaling::Document::of(&all.scaling),
            targets: target::Row::all(&all.targets),
        }
    }
}

impl<'a> Departure<'a> {
    fn of(Compared { leaving, ours, peers }: &'a Compared) -> Self {
        let peer = |(name, outcome): &'a (&'static str, Outcome)| Peer {
            name,
            drained: Drained::of(outcome),
        };
        Self {
            leaving_instances: *leaving,
            ecs_tide: Drained::of(ours),
            peers: peers.iter().map(peer).collect(),
        }
    }
}

impl<'a> Drained<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let lags = outcome.lags();
        let seconds = |lag: Option<&Duration>| lag.copied().map(Duration::as_seconds_f64);
        Self {
            instances_drained: outcome.drains.len() - outcome.undrained(),
            released_too_early: outcome.too_early(),
            released_by_timeout: outcome.by_time_out(),
            tasks_cut_short: outcome.cut_short(),
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
        let months = MONTH.as_secs_f64() / usage.span.as_secs_f64();
        let usd_a_month = super::cost::sum(&items) * months;
        Self { bill: &usage.bill, items, usd_a_month }
    }
}

impl<'a> Busy<'a> {
    fn of(usage: &'a Usage) -> Self {
        let items = usage.items();
        let usd = super::cost::sum(&items);
        Self { bill: &usage.bill, items, usd }
    }
}
