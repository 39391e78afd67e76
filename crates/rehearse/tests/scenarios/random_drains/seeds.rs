//! Random runs with the functions as they are.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use region::client::Interceptor;
use scenarios::draining::{Draining, Figures};
use scenarios::random::kinds::{Kind, Kinds};
use scenarios::random::soak::{Soak, Summary};
use scenarios::random::{Run, play, trace};
use time::Duration;

use crate::random_runs::{assert_deterministic, injected, number_of_runs, runs};

/// The summary of the runs with all kinds of faults, which are played once.
pub fn summary() -> &'static Summary<Figures> {
    static SUMMARY: OnceLock<Summary<Figures>> = OnceLock::new();
    SUMMARY.get_or_init(|| {
        let soak = Soak { from: 0, seeds: number_of_runs(), kinds: Kinds::all() };
        soak.run::<Draining>(|_| ()).unwrap()
    })
}

#[test]
fn no_combination_of_faults_violates_an_invariant() {
    let summary = summary();
    let replay = "replay by `rehearse drain --virtual --faults all --seed N`";
    assert_eq!(summary.violating_seeds, Vec::<u64>::new(), "{replay}");
    assert_eq!(summary.runs, number_of_runs());
    assert!(summary.figures.drains as u64 > number_of_runs());
}

#[test]
fn without_faults_no_instance_waits_longer_than_eight_seconds() {
    let soak = Soak { from: 0, seeds: number_of_runs() / 5, kinds: Kinds::none() };
    let summary = soak.run::<Draining>(|_| ()).unwrap();
    assert_eq!(summary.violating_seeds, Vec::<u64>::new());
    let lag = summary.figures.lag().unwrap();
    assert!(lag.median <= Duration::milliseconds(3_100), "{lag:?}");
    assert!(lag.longest <= Duration::seconds(8), "{lag:?}");
}

/// Runs in which a read of the counts was lost and retried for more than five seconds, while lists
/// lagged. Dated before the call, its counts of 0 made such a list trusted too early.
#[test]
fn a_retried_read_dates_the_counts_when_it_is_answered() {
    assert_no_violation(&[5_194, 11_284, 15_421, 16_935, 23_832, 24_558]);
}

/// A run in which a process ends between setting DRAINING and writing the drain record of an
/// instance that returns to a warm pool, and the hook is deleted before the next reconcile.
#[test]
fn an_instance_that_returns_from_a_cut_off_drain_is_set_active() {
    assert_no_violation(&[18_362]);
}

fn assert_no_violation(seeds: &[u64]) {
    for &from in seeds {
        let summary = Soak { from, seeds: 1, kinds: Kinds::all() }.run::<Draining>(|_| ()).unwrap();
        assert_eq!(summary.violating_seeds, Vec::<u64>::new());
    }
}

#[test]
fn a_run_is_replayed_exactly() {
    assert_deterministic::<Draining>();
}

#[test]
fn every_kind_of_fault_is_drawn_and_injected() {
    let all: Vec<Run<Draining>> = runs(400, "all").collect();
    let has = |run: &Run<Draining>, kind| match kind {
        Kind::StaleReads => run.environment.read_lag_seconds > 0,
        Kind::Filters => run.environment.filters_after_seconds > 0,
        _ => run.steps.iter().any(|step| step.kind() == kind),
    };
    // A drain reads no metrics.
    for (name, kind) in Kind::NAMED.into_iter().filter(|(_, kind)| *kind != Kind::LateMetrics) {
        assert!(all.iter().any(|run| has(run, kind)), "{name}");
    }
    let injected = injected(all.iter().take(40));
    assert!(injected > 100, "{injected}");
}

#[test]
fn some_runs_lead_to_ghost_registrations() {
    let removed = runs::<Draining>(150, "agents,instances").filter(|run| {
        let outcome = play(run, &Interceptor::none()).unwrap();
        let mut made = outcome.figures.made.values().flatten();
        made.any(|made| made.operation == "DeregisterContainerInstance")
    });
    let removed = removed.count();
    assert!(removed > 3, "{removed}");
}

#[test]
fn instances_return_from_warm_pools_and_are_drained_again() {
    let all = runs::<Draining>(200, "none");
    let pooled: Vec<_> = all.filter(|run| run.setup.warm_pool.is_some()).collect();
    assert!((20..=60).contains(&pooled.len()), "{}", pooled.len());
    let (mut came_back, mut drained_again) = (0, 0);
    for run in pooled.iter().take(15) {
        let journal = trace(run, &Interceptor::none()).unwrap().journal;
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
fn kinds_of_faults_do_not_change_the_setup() {
    let all = Run::<Draining>::draw(3, &Kinds::all());
    let none = Run::<Draining>::draw(3, &Kinds::none());
    assert_eq!(all.setup, none.setup);
    assert_eq!(none.steps, []);
    let some = Run::<Draining>::draw(3, &"losses,stalls".parse().unwrap());
    let kinds = [Kind::Losses, Kind::Stalls];
    assert!(some.steps.iter().all(|step| kinds.contains(&step.kind())));
    assert!("losses,lossses".parse::<Kinds>().unwrap_err().to_string().contains("`lossses`"));
    assert_eq!(play(&none, &Interceptor::none()).unwrap().violations, []);
}
