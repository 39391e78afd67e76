//! The result of a drain for programs.

use std::collections::BTreeMap;

use scenarios::report::{Drain, Report};
use serde::Serialize;
use time::Duration;

use crate::cli;

#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    seed: u64,
    #[serde(rename = "virtual")]
    virtually: bool,
    /// Each instance that left the group, the longest lag first.
    instances: Vec<Instance<'a>>,
    instances_drained: usize,
    tasks_cut_short: usize,
    longest_lag_seconds: Option<f64>,
    calls: u64,
    calls_by_operation: &'a BTreeMap<String, u64>,
    functions: Vec<Function<'a>>,
    /// Why the drain failed. Empty if it did not.
    failures: &'a [String],
}

#[derive(Debug, Serialize)]
struct Instance<'a> {
    id: &'a str,
    drained: bool,
    tasks: usize,
    tasks_cut_short: usize,
    /// From the hold to the release.
    drain_seconds: Option<f64>,
    /// From the last container's stop to the release.
    lag_seconds: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Function<'a> {
    name: &'a str,
    invocations: u64,
    errors: u64,
    billed_milliseconds: u64,
}

impl<'a> Document<'a> {
    pub(super) fn of(what: &cli::Drain, report: &'a Report, failures: &'a [String]) -> Self {
        let drains = &report.drains;
        let functions = report.functions.iter().map(|(name, truth)| Function {
            name,
            invocations: truth.invocations,
            errors: truth.errors,
            billed_milliseconds: truth.billed_milliseconds,
        });
        Self {
            seed: what.seed,
            virtually: what.virtually,
            instances: drains.iter().map(Instance::of).collect(),
            instances_drained: drains.iter().filter(|drain| drain.fault().is_none()).count(),
            tasks_cut_short: drains.iter().map(|drain| drain.cut_short).sum(),
            longest_lag_seconds: seconds(drains.iter().filter_map(Drain::lag).max()),
            calls: report.calls.values().sum(),
            calls_by_operation: &report.calls,
            functions: functions.collect(),
            failures,
        }
    }
}

impl<'a> Instance<'a> {
    fn of(drain: &'a Drain) -> Self {
        Self {
            id: &drain.instance,
            drained: drain.fault().is_none(),
            tasks: drain.tasks,
            tasks_cut_short: drain.cut_short,
            drain_seconds: seconds(drain.took()),
            lag_seconds: seconds(drain.lag()),
        }
    }
}

fn seconds(span: Option<Duration>) -> Option<f64> {
    span.map(Duration::as_seconds_f64)
}
