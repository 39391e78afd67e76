//! Measures the calls, billed time and dollars of drains, compares them with three peers on the
//! same cluster, compares alarm-scaling with native scaling, and checks targets.
//!
//! All numbers come from the simulated region in virtual time, so they do not depend on the
//! machine. Without throttling, a seed always gives the same numbers. With throttling they differ
//! by a few percent between runs, because the SDK draws its retry delays from its own generator.

mod bill;
mod cost;
mod departure;
mod document;
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

use self::cost::Usage;
use self::departure::Departure;
use self::document::Document;
use self::outcome::Outcome;
use self::peers::Peer;
use crate::target::Target;

/// The number of instances in the large departure.
const MANY: usize = 1000;

/// The number of instances in the larger comparison with peers.
const FEW: usize = 20;

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
    /// ecs-tide and its peers: one instance, [`FEW`] and [`MANY`].
    departures: [Compared; 3],
    scaling: scaling::Measurements,
    /// The measured values that have upper bounds.
    pub targets: Vec<Target>,
}

/// The same departure with ecs-tide and with its peers.
#[derive(Debug)]
struct Compared {
    leaving: usize,
    ours: Outcome,
    peers: Vec<(&'static str, Outcome)>,
}

/// Runs all benchmarks. `step` is called with the name of each before it begins.
///
/// # Errors
/// A benchmark could not run.
pub async fn run(seed: u64, step: &dyn Fn(&str)) -> Result<Measurements, Error> {
    let mut targets = Vec::new();

    step("one instance, four tasks behind a load balancer");
    let one = product::drain(self::one(seed)).await?;
    step(&format!("the same with {SEEDS} seeds, with one process and with two"));
    let (mut calls, mut calls_by_two) = (Vec::new(), Vec::new());
    for seed in 1..=SEEDS {
        let outcome = product::drain(self::one(seed)).await?;
        targets.extend(targets::of_one(&outcome));
        calls.push(outcome.calls());
        let outcome = product::drain_with(2, self::one(seed)).await?;
        targets.extend(targets::of_one_by_two(&outcome));
        calls_by_two.push(outcome.calls());
    }
    calls.sort_unstable();
    calls_by_two.sort_unstable();

    step(&format!("{MANY} instances at once, throttled"));
    let many = product::drain(self::many(MANY, seed)).await?;
    targets.extend(targets::of_many(&many));

    step("an idle day");
    let idle_day = quiet::idle_day(seed).await?;
    step("a deployment that stops a thousand tasks");
    let deployment = quiet::deployment(seed).await?;

    let few = product::drain(self::many(FEW, seed)).await?;
    let departures = [
        compared(self::one(seed), one, step).await?,
        compared(self::many(FEW, seed), few, step).await?,
        compared(self::many(MANY, seed), many, step).await?,
    ];

    let scaling = scaling::run(seed, step).await?;
    targets.extend(scaling.targets());
    let targets = targets::worst(targets);
    Ok(Measurements {
        seed,
        calls,
        calls_by_two,
        idle_day,
        deployment,
        departures,
        scaling,
        targets,
    })
}

async fn compared(
    departure: Departure,
    ours: Outcome,
    step: &dyn Fn(&str),
) -> Result<Compared, Error> {
    let leaving = departure.leaving();
    let mut peers = Vec::new();
    for peer in Peer::ALL {
        step(&format!("{leaving} leaving, {}", peer.name()));
        peers.push((peer.name(), peer.drain(departure).await?));
    }
    Ok(Compared { leaving, ours, peers })
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

/// One instance that leaves, without throttling.
pub fn one(seed: u64) -> Departure {
    Departure::slow(1, seed)
}

/// Many instances that leave at once, under AWS's throttle buckets.
pub fn many(leaving: usize, seed: u64) -> Departure {
    Departure::slow(leaving, seed).throttled()
}
