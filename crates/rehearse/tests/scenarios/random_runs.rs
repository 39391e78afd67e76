//! What the tests of random runs have in common.

use region::client::Interceptor;
use scenarios::random::kinds::Kinds;
use scenarios::random::{Run, Scenario, minimize, play, trace};

/// The number of random runs, unless the environment variable `RANDOM_RUNS` is set. `make soak`
/// plays twenty times as many.
const RUNS: u64 = 500;

pub fn number_of_runs() -> u64 {
    std::env::var("RANDOM_RUNS").map_or(RUNS, |runs| runs.parse().unwrap())
}

/// The runs of the first `seeds` seeds, with these kinds of faults, as on the command line.
pub fn runs<S: Scenario>(seeds: u64, faults: &str) -> impl Iterator<Item = Run<S>> + use<S> {
    let kinds: Kinds = faults.parse().unwrap();
    (0..seeds).map(move |seed| Run::draw(seed, &kinds))
}

pub fn violates<S: Scenario>(
    run: &Run<S>,
    invariant: S::Invariant,
    interceptor: &Interceptor,
) -> bool {
    play(run, interceptor).unwrap().violates(invariant)
}

/// Asserts that one of `runs` violates `invariant`.
pub fn assert_caught<S: Scenario>(
    mut runs: impl Iterator<Item = Run<S>>,
    invariant: S::Invariant,
    interceptor: &Interceptor,
) {
    let caught = runs.any(|run| violates(&run, invariant, interceptor));
    assert!(caught, "no run violates {invariant:?}");
}

/// Asserts that a run of each seed gives the same trace twice.
pub fn assert_deterministic<S: Scenario>() {
    for run in runs::<S>(20, "all") {
        let [first, second] = [(), ()].map(|()| trace(&run, &Interceptor::none()).unwrap());
        assert!(first.journal.lines().len() > 50);
        assert_eq!(first, second, "seed {}", run.seed);
    }
}

/// The number of faults in the journals of `runs`.
pub fn injected<'a, S: Scenario>(runs: impl Iterator<Item = &'a Run<S>>) -> usize {
    let faults = runs.map(|run| {
        let journal = trace(run, &Interceptor::none()).unwrap().journal;
        journal.lines().iter().filter(|(_, line)| line.starts_with("FAULT")).count()
    });
    faults.sum()
}

/// Minimizes the first of `runs` that violates `invariant`, and asserts that the minimized run
/// still does. Returns both.
pub fn minimized<S: Scenario>(
    mut runs: impl Iterator<Item = Run<S>>,
    invariant: S::Invariant,
    interceptor: &Interceptor,
) -> [Run<S>; 2] {
    let run = runs.find(|run| violates(run, invariant, interceptor)).unwrap();
    let minimized = minimize(&run, invariant, interceptor).unwrap();
    assert!(violates(&minimized, invariant, interceptor));
    [run, minimized]
}
