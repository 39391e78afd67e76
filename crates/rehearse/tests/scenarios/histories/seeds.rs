//! Random runs with the functions as they are.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use region::client::Forger;
use scenarios::draining::history::soak::{Soak, Total};
use scenarios::draining::history::{History, Kind, Kinds, Part, play, told};
use time::Duration;

/// The number of random runs, unless the environment variable `HISTORIES` is set. `make soak` runs
/// ten times as many.
const HISTORIES: u64 = 1_000;

fn histories() -> u64 {
    let asked = std::env::var("HISTORIES").ok();
    asked.map_or(HISTORIES, |asked| asked.parse().unwrap())
}

/// The totals of the runs with all kinds of faults, computed once.
pub fn total() -> &'static Total {
    static TOTAL: OnceLock<Total> = OnceLock::new();
    TOTAL.get_or_init(|| {
        let soak = Soak { from: 0, seeds: histories(), kinds: Kinds::all() };
        soak.run(|_| ()).unwrap()
    })
}

#[test]
fn no_combination_of_faults_violates_an_invariant() {
    let total = total();
    assert_eq!(
        total.broken,
        Vec::<u64>::new(),
        "replay by `rehearse drain --virtual --faults all --seed N`"
    );
    assert_eq!(total.histories, histories());
    assert!(total.drains as u64 > histories());
}

#[test]
fn where_nothing_goes_wrong_no_instance_waits_longer_than_twelve_seconds() {
    let soak = Soak { from: 0, seeds: histories() / 5, kinds: Kinds::none() };
    let mut total = soak.run(|_| ()).unwrap();
    assert_eq!(total.broken, Vec::<u64>::new());
    let (median, (longest, seed)) = total.lag().unwrap();
    assert!(median <= Duration::seconds(5), "{median}");
    assert!(longest <= Duration::seconds(12), "{longest} by seed {seed}");
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
    let drawn = |kind: Kind| {
        (0..400).any(|seed| {
            let history = History::draw(seed, &Kinds::all());
            history.parts.iter().any(|part| part.kind() == kind)
                || kind == Kind::StaleReads && history.cast.medium.read_lag_seconds > 0
                || kind == Kind::Filters && history.cast.medium.filters_after_seconds > 0
        })
    };
    // A drain reads no metrics.
    for (name, kind) in Kind::NAMED.into_iter().filter(|(_, kind)| *kind != Kind::LateMetrics) {
        assert!(drawn(kind), "{name}");
    }
    let struck: usize = (0..40)
        .map(|seed| {
            let outcome = told(&History::draw(seed, &Kinds::all()), Forger::honest()).unwrap();
            let journal = outcome.journal.unwrap();
            journal.lines().iter().filter(|(_, line)| line.starts_with("FAULT")).count()
        })
        .sum();
    assert!(struck > 100, "{struck}");
}

#[test]
fn drawn_histories_come_to_ghost_registrations() {
    let kinds = "agents,instances".parse().unwrap();
    let removed = (0..150).filter(|seed| {
        let outcome = play(&History::draw(*seed, &kinds), Forger::honest()).unwrap();
        let mut made = outcome.made.values().flatten();
        made.any(|made| made.operation == "DeregisterContainerInstance")
    });
    let removed = removed.count();
    assert!(removed > 3, "{removed}");
}

#[test]
fn some_groups_have_a_warm_pool_whose_instances_come_back_and_are_drained_again() {
    let drawn = (0..200).map(|seed| History::draw(seed, &Kinds::none()));
    let pooled: Vec<History> = drawn.filter(|history| history.cast.warm_pool.is_some()).collect();
    assert!((20..=60).contains(&pooled.len()), "{}", pooled.len());
    let (mut came_back, mut drained_again) = (0, 0);
    for history in pooled.iter().take(15) {
        let journal = told(history, Forger::honest()).unwrap().journal.unwrap();
        let lines: Vec<&str> = journal.lines().iter().map(|(_, line)| line.as_str()).collect();
        came_back += usize::from(lines.iter().any(|line| line.contains("status=ACTIVE")));
        let notifications =
            lines.iter().filter(|line| line.contains("Lifecycle action 'TERMINATING'"));
        let notifications: Vec<_> = notifications.collect();
        let instances: BTreeSet<_> = notifications.iter().collect();
        drained_again += usize::from(instances.len() < notifications.len());
    }
    assert!(came_back >= 5 && drained_again >= 3, "{came_back}, {drained_again}");
}

#[test]
fn a_history_without_faults_has_the_same_drain() {
    let all = History::draw(3, &Kinds::all());
    let none = History::draw(3, &Kinds::none());
    assert_eq!(all.cast.instances, none.cast.instances);
    assert_eq!(all.cast.services, none.cast.services);
    assert_eq!(none.parts, [] as [Part; 0]);
    let some = History::draw(3, &"losses,stalls".parse().unwrap());
    let kinds = [Kind::Losses, Kind::Stalls];
    assert!(some.parts.iter().all(|part| kinds.contains(&part.kind())));
    assert!("losses,lossses".parse::<Kinds>().unwrap_err().to_string().contains("`lossses`"));
    assert_eq!(play(&none, Forger::honest()).unwrap().violations, []);
}
