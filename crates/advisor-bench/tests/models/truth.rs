//! The truth of the cases, independent of the answers of the advisor.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use advisor_bench::case::{Case, Question};
use advisor_bench::judge::FAILS_DOUBLING;
use advisor_bench::models::Model;
use advisor_bench::truth::Answer;

/// Some of each question, among them all variants.
fn cases() -> impl Iterator<Item = &'static Case> {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let of = |question| (0..4).map(move |seed| Case::draw(question, seed));
        Question::all().flat_map(of).collect()
    });
    CASES.iter()
}

#[test]
fn a_right_metric_passes_the_doubling_test_and_leaves_headroom() {
    for case in cases() {
        let Answer::Recommended(rights) = &case.truth.answer else { continue };
        assert!(!rights.is_empty());
        for right in rights {
            let ratio = case.truth.ratio(right.name, right.per_task);
            assert!(ratio < FAILS_DOUBLING, "{}: {ratio} of {right:?}", case.seed);
            assert!(0.0 < right.target && right.target < right.at_knee, "{right:?}");
        }
    }
}

#[test]
fn every_right_metric_was_recorded_under_a_name_of_its_own() {
    for case in cases() {
        let names: BTreeSet<_> = case.test.metrics.iter().map(|metric| &metric.name).collect();
        assert_eq!(names.len(), case.test.metrics.len());
        let Answer::Recommended(rights) = &case.truth.answer else { continue };
        assert!(rights.iter().all(|right| names.contains(&right.name.to_owned())));
    }
}

#[test]
fn a_sound_test_goes_from_far_below_the_knee_to_beyond_it() {
    for case in cases() {
        let Question::Service(_) = case.question else { continue };
        let rates = |run: usize| case.plan.runs[run].phases.iter().map(|phase| phase.rate);
        assert!(rates(0).any(|rate| rate < 0.3 * case.truth.knee));
        assert!(rates(0).any(|rate| rate > 1.09 * case.truth.knee));
        assert!(rates(1).filter(|rate| rates(0).any(|other| other == *rate)).count() >= 4);
    }
}

#[test]
fn no_more_is_recorded_than_a_load_test_has() {
    for case in cases() {
        let test = &case.test;
        assert!(test.times.is_sorted_by(|before, after| before < after));
        let series = [&test.tasks, &test.demand].into_iter();
        let series = series.chain(test.metrics.iter().map(|metric| &metric.values));
        let series = series.chain([&test.latency.p95, &test.errors].into_iter().flatten());
        for values in series {
            assert_eq!(values.len(), test.len());
            assert!(values.iter().all(|value| value.is_nan() || *value >= 0.0));
        }
    }
}

#[test]
fn a_seed_always_draws_the_same() {
    for model in Model::ALL {
        let drawn = || format!("{:?}", Case::draw(Question::Service(model), 5));
        assert_eq!(drawn(), drawn());
    }
}

#[test]
fn the_bench_asks_everything_in_turn() {
    let asked: BTreeSet<_> = (0..600).map(Question::of).collect();
    assert_eq!(asked.len(), 600, "none is asked twice");
    let services = asked.iter().filter(|(question, _)| matches!(question, Question::Service(_)));
    assert_eq!(services.count(), 500);
    assert!(Question::all().all(|question| asked.contains(&(question, 0))));
}
