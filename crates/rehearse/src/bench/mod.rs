//! The command `bench`: what a drain costs, in calls, billed time and dollars, beside
//! three peers on the same cluster; how the adapter scales beside AWS, and what that costs;
//! and whether the targets are met.
//!
//! Every number comes out of the simulated region in virtual time, whatever the machine.
//! Without throttling the same seed gives the same numbers; with it they differ by a few
//! percent from run to run, for the SDK draws its pauses by a chance of its own.

pub mod bill;
pub mod cost;
pub mod departure;
pub mod peers;
pub mod product;
pub mod quiet;
pub mod scaling;
mod show;
pub mod targets;

use self::departure::{Departure, Outcome};
use self::peers::Peer;
use crate::drain::Trouble;
use crate::target::{self, Target};

/// Instances that leave at once, where many do.
const MANY: usize = 1000;

/// Instances that leave at once beside the peers, where a few do.
const FEW: usize = 20;

/// Seeds over which the calls of one drain are spread: its tasks stop together or one
/// by one, as chance has it.
const SEEDS: u64 = 50;

/// Run everything and print it, progress to standard error.
///
/// # Errors
/// What could not be run; [`Trouble::Missed`] with the targets that were missed.
pub async fn run(seed: u64) -> Result<(), Trouble> {
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
    if missed.is_empty() { Ok(()) } else { Err(Trouble::Missed(missed)) }
}

/// One instance that leaves, without throttling.
pub fn one(seed: u64) -> Departure {
    Departure { leaving: 1, throttling: false, seed }
}

/// Many that leave at once, under AWS's throttle buckets.
pub fn many(leaving: usize, seed: u64) -> Departure {
    Departure { leaving, throttling: true, seed }
}

fn step(what: &str) {
    eprintln!("bench: {what}");
}
