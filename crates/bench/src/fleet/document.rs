//! The measurements of many clusters for programs.

use serde::Serialize;

use super::Measurements;
use super::idle::Idle;
use super::lags::Lags;
use super::neighbor::Beside;
use super::together::Together;
use crate::bill::Bill;

#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    idle_clusters: Vec<IdleClusters>,
    million_stops_a_day: Stops<'a>,
    clusters_that_each_lose_an_instance: Vec<Lost>,
    clusters_beside_a_neighbor: Vec<Neighborly>,
}

#[derive(Debug, Serialize)]
struct IdleClusters {
    clusters: usize,
    calls_a_day: f64,
    invocations_a_day: f64,
    usd_a_month: f64,
    usd_a_month_of_scaling_alarms: f64,
}

#[derive(Debug, Serialize)]
struct Stops<'a> {
    measured_seconds: u64,
    #[serde(flatten)]
    bill: &'a Bill,
    usd_a_month: f64,
}

#[derive(Debug, Serialize)]
struct Lost {
    clusters: usize,
    calls_each: f64,
    #[serde(flatten)]
    lags: Spread,
}

#[derive(Debug, Serialize)]
struct Neighborly {
    neighbor: String,
    #[serde(flatten)]
    lags: Spread,
}

#[derive(Debug, Serialize)]
struct Spread {
    drains: usize,
    median_lag_seconds: f64,
    longest_lag_seconds: f64,
}

impl<'a> Document<'a> {
    pub(crate) fn of(all: &'a Measurements) -> Self {
        let idle = |idle: &Idle| IdleClusters {
            clusters: idle.clusters,
            calls_a_day: idle.calls(),
            invocations_a_day: idle.invocations(),
            usd_a_month: idle.usd(),
            usd_a_month_of_scaling_alarms: idle.usd_of_scaling(),
        };
        let lost = |together: &Together| Lost {
            clusters: together.clusters,
            calls_each: together.calls_each(),
            lags: Spread::of(&together.lags),
        };
        let beside = |beside: &Beside| Neighborly {
            neighbor: beside.neighbor.to_string(),
            lags: Spread::of(&beside.lags),
        };
        Self {
            idle_clusters: all.idle.iter().map(idle).collect(),
            million_stops_a_day: Stops {
                measured_seconds: all.stops.span.as_secs(),
                bill: &all.stops.bill,
                usd_a_month: all.stops.a_month(),
            },
            clusters_that_each_lose_an_instance: all.together.iter().map(lost).collect(),
            clusters_beside_a_neighbor: all.beside.iter().map(beside).collect(),
        }
    }
}

impl Spread {
    fn of(lags: &Lags) -> Self {
        Self {
            drains: lags.len(),
            median_lag_seconds: lags.median(),
            longest_lag_seconds: lags.longest(),
        }
    }
}
