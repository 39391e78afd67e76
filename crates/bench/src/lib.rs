//! Measures the calls, billed time and dollars of drains, compares them with four peers on the
//! same cluster, compares alarm-scaling with native scaling, and checks targets.
//!
//! All numbers come from the simulated region in virtual time, so they do not depend on the
//! machine. Without throttling, a seed always gives the same numbers. With throttling they differ
//! by a few percent between runs, because the SDK draws its retry delays from its own generator.

mod bill;
pub mod comparison;
mod cost;
mod departure;
mod document;
mod fleet;
mod outcome;
mod peers;
mod product;
mod quiet;
pub mod scaling;
mod show;
pub mod target;
mod targets;
#[cfg(test)]
mod tests;
pub mod weigh;

use std::fmt;

use scenarios::Error;
use serde::Serialize;

use self::comparison::{Compared, THROTTLED, UNTHROTTLED};
use self::cost::Usage;
use self::departure::Departure;
use self::document::Document;
use crate::target::Target;

/// The number of seeds for the calls of one drain, which depend on whether its tasks stop together
/// or one by one.
const SEEDS: u64 = 50;

/// The results of all benchmarks. Displayed as tables.
#[derive(Debug)]
pub struct Measurements {
    seed: u64,
    /// The number of calls of one drain with each of [`SEEDS`] seeds, in ascending order.
    calls: Vec<u64>,
    /// The same where two processes take turns.
    calls_by_two: Vec<u64>,
    /// A day in which nothing drains.
    idle_day: Usage,
    /// A deployment that stops a thousand tasks.
    deployment: Usage,
    /// Departures of one instance.
    alone: [Compared; 3],
    /// Departures of many instances.
    together: [Compared; 2],
    /// Many clusters.
    fleet: fleet::Measurements,
    scaling: scaling::Measurements,
    /// The measured values that have upper bounds.
    pub targets: Vec<Target>,
}

/// Runs all benchmarks. `step` is called with the name of each before it begins.
///
/// # Errors
/// A benchmark could not run.
pub async fn run(seed: u64, step: &dyn Fn(&str)) -> Result<Measurements, Error> {
    let mut targets = Vec::new();

    let [slow, quick, emptied] = UNTHROTTLED;
    let alone = [
        slow.compare(seed, step).await?,
        quick.compare(seed, step).await?,
        emptied.compare(seed, step).await?,
    ];
    let [twenty, thousand] = THROTTLED;
    let together = [twenty.compare(seed, step).await?, thousand.compare(seed, step).await?];
    targets.extend(alone.iter().chain(&together).flat_map(targets::of_case));
    let [_, Compared { ours: [thousand, _], .. }] = &together;
    targets.extend(targets::of_many(&thousand.first));

    step(&format!("the calls of one instance with {SEEDS} seeds, by one process and by two"));
    let (mut calls, mut calls_by_two) = (Vec::new(), Vec::new());
    for seed in 1..=SEEDS {
        let outcome = product::drain(Departure::slow(1, seed)).await?;
        targets.extend(targets::of_one(&outcome));
        calls.push(outcome.calls());
        let outcome = product::drain_with(2, Departure::slow(1, seed)).await?;
        targets.extend(targets::of_one_by_two(&outcome));
        calls_by_two.push(outcome.calls());
    }
    calls.sort_unstable();
    calls_by_two.sort_unstable();

    step("an idle day");
    let idle_day = quiet::idle_day(seed).await?;
    step("a deployment that stops a thousand tasks");
    let deployment = quiet::deployment(seed).await?;

    let fleet = fleet::run(seed, step).await?;
    targets.extend(fleet.targets());

    let scaling = scaling::run(seed, step).await?;
    targets.extend(scaling.targets());
    let targets = targets::worst(targets);
    Ok(Measurements {
        seed,
        calls,
        calls_by_two,
        idle_day,
        deployment,
        alone,
        together,
        fleet,
        scaling,
        targets,
    })
}

impl Measurements {
    /// The results for programs.
    pub fn document(&self) -> impl Serialize {
        Document::of(self)
    }
}

impl fmt::Display for Measurements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::all(f, self)
    }
}
