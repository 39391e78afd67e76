//! Random runs with the functions as they are.

use std::sync::OnceLock;

use region::client::Forger;
use scenarios::draining::history::{Kind, Kinds};
use scenarios::scaling::history::soak::{Soak, Total};
use scenarios::scaling::history::{History, Part, play, told};

/// The number of random runs, unless the environment variable `HISTORIES` is set. `make soak` runs
/// ten times as many.
const HISTORIES: u64 = 1_000;

fn histories() -> u64 {
    let asked = std::env::var("HISTORIES").ok();
    asked.map_or(HISTORIES, |asked| asked.parse().unwrap())
}

fn total() -> &'static Total {
    static TOTAL: OnceLock<Total> = OnceLock::new();
    TOTAL.get_or_init(|| {
        let soak = Soak { from: 0, seeds: histories(), kinds: Kinds::all() };
        soak.run(|_| ()).unwrap()
    })
}

#[test]
fn no_combination_of_faults_violates_an_invariant() {
    let total = total();
    assert_eq!(total.broken, Vec::<u64>::new(), "replay by `rehearse scale --faults all --seed N`");
    assert_eq!(total.histories, histories());
    let scaled = total.scalings;
    // If most samples of a load balancer are late, nothing is scaled out.
    assert!(scaled.tasks_out > histories() / 2 && scaled.tasks_in > histories());
    assert!(scaled.instances_out > histories() / 4 && scaled.instances_in > histories() / 4);
}

#[test]
fn without_faults_no_invariant_is_violated() {
    let soak = Soak { from: 0, seeds: histories() / 5, kinds: Kinds::none() };
    assert_eq!(soak.run(|_| ()).unwrap().broken, Vec::<u64>::new());
}

#[test]
fn a_run_is_replayed_exactly() {
    for seed in 0..20 {
        let history = History::draw(seed, &Kinds::all());
        let [first, second] = [(), ()].map(|()| told(&history, Forger::honest()).unwrap());
        assert!(first.journal.as_ref().unwrap().lines().len() > 50);
        assert_eq!(first, second, "seed {seed}");
    }
}

#[test]
fn every_kind_of_fault_is_drawn_and_strikes() {
    let kinds = [
        Kind::Duplicates,
        Kind::Delays,
        Kind::Throttling,
        Kind::Errors,
        Kind::Timeouts,
        Kind::Failures,
        Kind::Crashes,
        Kind::Stalls,
        Kind::Updates,
        Kind::Interference,
        Kind::Instances,
    ];
    let drawn: Vec<History> = (0..200).map(|seed| History::draw(seed, &Kinds::all())).collect();
    assert!(drawn.iter().any(|h| h.cast.late.is_some()), "late metrics");
    for kind in kinds {
        assert!(drawn.iter().any(|h| h.parts.iter().any(|part| part.kind() == kind)), "{kind:?}");
    }
    assert!(drawn.iter().any(|history| history.cast.medium.filters_after_seconds > 0));
    let struck = drawn.iter().take(30).map(|history| {
        let journal = told(history, Forger::honest()).unwrap().journal.unwrap();
        journal.lines().iter().filter(|(_, line)| line.starts_with("FAULT")).count()
    });
    assert!(struck.sum::<usize>() > 100);
}

#[test]
fn a_history_without_faults_has_the_same_load() {
    let all = History::draw(3, &Kinds::all());
    let none = History::draw(3, &Kinds::none());
    assert_eq!((all.cast.loads, all.cast.tasks), (none.cast.loads.clone(), none.cast.tasks));
    assert_eq!(all.cast.parameters, none.cast.parameters);
    assert_eq!((none.parts.as_slice(), &none.cast.late), (&[] as &[Part], &None));
    assert_eq!(play(&none, Forger::honest()).unwrap().violations, []);
}
