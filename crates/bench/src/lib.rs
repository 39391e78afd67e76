//! The command `bench`: measures the calls, billed time and dollars of drains, compares them with
//! three peers on the same cluster, compares alarm-scaling with native scaling, and checks targets.
//!
//! All numbers come from the simulated region in virtual time, so they do not depend on the
//! machine. Without throttling, a seed always gives the same numbers. With throttling they differ
//! by a few percent between runs, because the SDK draws its retry delays from its own generator.

pub mod bill;
pub mod cost;
pub mod departure;
pub mod peers;
pub mod product;
pub mod quiet;
pub mod scaling;
mod show;
pub mod target;
pub mod targets;
#[cfg(test)]
mod tests;
pub mod weigh;

use function::environment::BadEnvironment;
use region::api::ApiError;
use region::wiring::template::TemplateError;

use self::departure::{Departure, Outcome};
use self::peers::Peer;
use crate::target::Target;

/// Why a benchmark failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The template cannot be interpreted.
    #[error("cannot read template.yaml: {0}")]
    Template(#[from] TemplateError),
    /// A function refuses its environment.
    #[error("{0}")]
    Environment(#[from] BadEnvironment),
    /// The cluster cannot be created in the simulated region.
    #[error("cannot create the cluster: {0}")]
    Region(#[from] ApiError),
    /// A rehearsal of scaling cannot begin.
    #[error(transparent)]
    Scenario(#[from] scenarios::Error),
    /// Targets that were missed.
    #[error("targets were missed: {}", .0.join("; "))]
    Missed(Vec<String>),
}

/// The number of instances in the large departure.
const MANY: usize = 1000;

/// The number of instances in the larger comparison with peers.
const FEW: usize = 20;

/// The number of seeds for the calls of one drain, which depend on whether its tasks stop together
/// or one by one.
const SEEDS: u64 = 50;

/// Runs all benchmarks and prints the results. Progress goes to standard error.
///
/// # Errors
/// A benchmark could not run, or [`Error::Missed`] with the targets that were missed.
pub async fn run(seed: u64) -> Result<(), Error> {
    let mut targets = Vec::new();

    step("one instance, four tasks behind a load balancer");
    let one = product::drain(self::one(seed)).await?;
    show::departure("one instance, four tasks behind a load balancer", &one);
    step(&format!("the same with {SEEDS} seeds"));
    let mut calls = Vec::new();
    for seed in 1..=SEEDS {
        let outcome = product::drain(self::one(seed)).await?;
        targets.extend(targets::of_one(&outcome));
        calls.push(outcome.calls());
    }
    calls.sort_unstable();
    show::spread("calls", &calls);

    step(&format!("{MANY} instances at once, throttled"));
    let many = product::drain(self::many(MANY, seed)).await?;
    show::departure(&format!("{MANY} instances at once, under AWS's throttle buckets"), &many);
    targets.extend(targets::of_many(&many));

    step("an idle day");
    show::idle("a day in which nothing drains", &quiet::idle_day(seed).await?);
    step("a deployment that stops a thousand tasks");
    let deployment = quiet::deployment(seed).await?;
    show::busy("a deployment that stops a thousand tasks, while nothing drains", &deployment);

    let few = product::drain(self::many(FEW, seed)).await?;
    let departures = [self::one(seed), self::many(FEW, seed), self::many(MANY, seed)];
    for (departure, ours) in departures.into_iter().zip([one, few, many]) {
        let leaving = departure.leaving;
        let mut rows: Vec<(&str, Outcome)> = vec![("ecs-tide", ours)];
        for peer in Peer::ALL {
            step(&format!("{leaving} leaving, {}", peer.name()));
            rows.push((peer.name(), peer.drain(departure).await?));
        }
        show::beside(leaving, &rows);
    }

    targets.extend(scaling::run(seed, step).await?);

    let targets = targets::worst(targets);
    target::show(&targets);
    let missed: Vec<String> = targets.iter().filter_map(Target::missed).collect();
    if missed.is_empty() { Ok(()) } else { Err(Error::Missed(missed)) }
}

/// One instance that leaves, without throttling.
pub fn one(seed: u64) -> Departure {
    Departure { leaving: 1, throttling: false, seed }
}

/// Many instances that leave at once, under AWS's throttle buckets.
pub fn many(leaving: usize, seed: u64) -> Departure {
    Departure { leaving, throttling: true, seed }
}

fn step(what: &str) {
    eprintln!("bench: {what}");
}
