//! Random runs with the functions as they are.

use std::sync::OnceLock;

use region::client::Interceptor;
use scenarios::random::kinds::{Kind, Kinds};
use scenarios::random::soak::{Soak, Summary};
use scenarios::random::{Run, play};
use scenarios::scaling::{Figures, Scaling};

use crate::random_runs::{assert_deterministic, injected, number_of_runs, runs};

fn summary() -> &'static Summary<Figures> {
    static SUMMARY: OnceLock<Summary<Figures>> = OnceLock::new();
    SUMMARY.get_or_init(|| {
        let soak = Soak { from: 0, seeds: number_of_runs(), kinds: Kinds::all() };
        soak.run::<Scaling>(|_| ()).unwrap()
    })
}

#[test]
fn no_combination_of_faults_violates_an_invariant() {
    let (summary, runs) = (summary(), number_of_runs());
    let replay = "replay by `rehearse scale --faults all --seed N`";
    assert_eq!(summary.violating_seeds, Vec::<u64>::new(), "{replay}");
    assert_eq!(summary.runs, runs);
    let scaled = summary.figures.scalings;
    // If most samples of a load balancer are late, nothing is scaled out.
    assert!(scaled.tasks_out > runs / 2 && scaled.tasks_in > runs);
    assert!(scaled.instances_out > runs / 4 && scaled.instances_in > runs / 4);
}

#[test]
fn without_faults_no_invariant_is_violated() {
    let soak = Soak { from: 0, seeds: number_of_runs() / 5, kinds: Kinds::none() };
    assert_eq!(soak.run::<Scaling>(|_| ()).unwrap().violating_seeds, Vec::<u64>::new());
}

#[test]
fn a_run_is_replayed_exactly() {
    assert_deterministic::<Scaling>();
}

#[test]
fn every_kind_of_fault_is_drawn_and_injected() {
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
        Kind::Documents,
        Kind::Instances,
    ];
    let drawn: Vec<Run<Scaling>> = runs(200, "all").collect();
    for kind in kinds {
        assert!(drawn.iter().any(|run| run.steps.iter().any(|s| s.kind() == kind)), "{kind:?}");
    }
    assert!(drawn.iter().any(|run| run.environment.late_samples.is_some()));
    assert!(drawn.iter().any(|run| run.environment.filters_after_seconds > 0));
    assert!(injected(drawn.iter().take(30)) > 100);
}

#[test]
fn kinds_of_faults_do_not_change_the_setup() {
    let all = Run::<Scaling>::draw(3, &Kinds::all());
    let none = Run::<Scaling>::draw(3, &Kinds::none());
    assert_eq!(all.setup, none.setup);
    assert!(none.steps.is_empty() && none.environment.late_samples.is_none());
    assert_eq!(play(&none, &Interceptor::none()).unwrap().violations, []);
}
