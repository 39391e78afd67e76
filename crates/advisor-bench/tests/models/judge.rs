//! When an advice counts as right.

use advice::advice::{Advice, Confidence, Headroom, Interval, Missing, Recommendation, Verdict};
use advice::settings::Runtime;
use advisor_bench::case::{Case, Question};
use advisor_bench::fault::Fault;
use advisor_bench::judge::{Judgement, Said, judge};
use advisor_bench::models::Model;
use advisor_bench::tally::Tally;
use advisor_bench::truth::{Answer, Right};

/// A test of a service whose busy workers are right, in all tasks together.
fn workers() -> (Case, Right) {
    let case = Case::draw(Question::Service(Model::Workers), 0);
    let Answer::Recommended(rights) = &case.truth.answer else { panic!("none is right") };
    let right = rights[0];
    (case, right)
}

fn judged(case: &Case, verdict: Verdict) -> Judgement {
    let advice = Advice {
        verdict,
        pattern: None,
        runtime: Runtime::Native,
        plateaus: Vec::new(),
        objective: None,
        objective_guessed: false,
        knee: None,
        metrics: Vec::new(),
        notes: Vec::new(),
        settings: case.settings.clone(),
    };
    judge(case, &advice)
}

fn recommended(case: &Case, name: &str, per_task: bool, target: f64) -> Judgement {
    let index = case.test.metrics.iter().position(|metric| metric.name == name).unwrap();
    let recommendation = Recommendation {
        metric: name.to_owned(),
        index,
        per_task,
        target: Interval { value: target, low: target, high: target },
        at_knee: target,
        headroom: Headroom { seconds: 0.0, rise: 0.0, share: 0.0 },
        proportional: true,
        confidence: Confidence { agreed: 1.0, resamples: 1 },
    };
    judged(case, Verdict::Recommended(recommendation))
}

fn missing(case: &Case, missing: &[Missing]) -> Judgement {
    judged(case, Verdict::NotEnoughData { missing: missing.to_vec() })
}

fn none(case: &Case) -> Judgement {
    judged(case, Verdict::NoneSuitable { because: String::new(), measure_next: Vec::new() })
}

#[test]
fn the_right_metric_is_right_and_its_target_is_measured() {
    let (case, right) = workers();
    let judgement = recommended(&case, right.name, true, 1.1 * right.target);
    assert_eq!((judgement.said, judgement.right), (Said::Concurrency, true));
    assert!((judgement.off.unwrap() - 0.1).abs() < 1e-9);
}

#[test]
fn a_raw_count_that_is_not_divided_is_wrong_and_fails_the_doubling_test() {
    let (case, right) = workers();
    let judgement = recommended(&case, right.name, false, right.target);
    assert!(!judgement.right && judgement.fails_doubling && judgement.off.is_none());
}

#[test]
fn another_metric_is_wrong_though_it_passes_the_doubling_test() {
    let (case, right) = workers();
    let cpu = case.truth.ratios.iter().find(|(name, _)| name.to_lowercase().contains("cpu"));
    let judgement = recommended(&case, cpu.unwrap().0, false, right.target);
    assert_eq!((judgement.said, judgement.right), (Said::Cpu, false));
    assert!(!judgement.fails_doubling && !judgement.guessed);
}

#[test]
fn none_is_right_only_of_what_all_tasks_share() {
    assert!(!none(&workers().0).right);
    assert!(none(&Case::draw(Question::Service(Model::Shared), 0)).right);
}

#[test]
fn what_is_missing_has_to_be_named_and_nothing_else() {
    let case = Case::draw(Question::Fault(Fault::NoDoubling), 0);
    assert!(missing(&case, &[Missing::Doubling]).right);
    assert!(!missing(&case, &[]).right);
    assert!(!missing(&case, &[Missing::Overload]).right);
    assert!(!missing(&case, &[Missing::Doubling, Missing::Overload]).right);
    assert!(!missing(&workers().0, &[Missing::Doubling]).right);
}

#[test]
fn any_other_answer_to_a_test_that_does_not_tell_is_a_guess() {
    let case = Case::draw(Question::Fault(Fault::NoDoubling), 0);
    let name = case.test.metrics[0].name.clone();
    assert!(recommended(&case, &name, false, 1.0).guessed);
    assert!(none(&case).guessed);
    assert!(!missing(&case, &[Missing::Overload]).guessed);
}

#[test]
fn a_tally_tells_what_was_said_of_what() {
    let (case, right) = workers();
    let mut tally = Tally::default();
    for (seed, target) in [(0, 1.0), (1, 1.1), (2, 1.2), (3, 1.3)] {
        let judgement = recommended(&case, right.name, true, target * right.target);
        tally.add(case.question, seed, &judgement);
    }
    tally.add(case.question, 4, &none(&case));
    assert_eq!((tally.tests(), tally.right(), tally.near()), (5, 0.8, 0.5));
    assert_eq!(tally.wrong, [(case.question, 4)]);
    let shown = tally.to_string();
    assert!(shown.contains("- 5 tests, 80.0% answered correctly"), "{shown}");
    let row = shown.lines().find(|line| line.starts_with("| workers")).unwrap();
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    assert_eq!(cells[1..13], ["workers", "", "", "4", "", "", "", "1", "", "5", "80.0%", "50.0%"]);
}
