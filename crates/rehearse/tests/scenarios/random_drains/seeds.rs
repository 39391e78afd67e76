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
    // A drain reads no metrics and no documents.
    let of_scaling = [Kind::LateMetrics, Kind::Documents];
    for (name, kind) in Kind::NAMED.into_iter().filter(|(_, kind)| !of_scaling.contains(kind)) {
        assert!(all.iter().any(|run| has(run, kind)), "{name}");
    }
    let injected = injected(all.iter().take(40));
    assert!(injected > 100, "{injected}");
}

#[test]
fn some_runs_have_one_cluster_and_some_have_several() {
    let all: Vec<Run<Draining>> = runs(200, "all").collect();
    let with = |clusters| all.iter().filter(|run| run.setup.clusters() == clusters).count();
    for clusters in 1..=4 {
        assert!(with(clusters) >= 20, "{clusters}");
    }
    let bystanders = all.iter().filter(|run| run.setup.groups.iter().any(|g| !g.is_opted_in));
    assert!(bystanders.count() >= 20);
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
    let pooled: Vec<_> = all.filter(|run| run.setup.has_warm_pool()).collect();
    assert!((60..=110).contains(&pooled.len()), "{}", pooled.len());
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
