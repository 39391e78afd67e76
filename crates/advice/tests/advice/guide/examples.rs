//! Its examples, as load tests.

use super::ladder::{Gauge, Service};
use advice::advice::{Fit, Missing, Rejection, Verdict};
use load_test::{Kind, Unit};

/// At 100 a second two tasks are at 80%, and stay there: CPU is used up.
fn flat_at_80() -> Gauge {
    Gauge("cpu", Kind::Cpu, Unit::Percent, |at| (1.6 * at.demand / at.tasks).min(80.0))
}

/// At 100 a second it is at 80% with any number of tasks.
fn stays_at_80() -> Gauge {
    Gauge("db_cpu", Kind::Cpu, Unit::Percent, |at| (0.8 * at.demand).min(80.0))
}

#[test]
fn cpu_that_is_flat_at_80_percent_saturates_first() {
    let service = Service::of(vec![flat_at_80()]);
    let advice = service.advice();
    let saturated = advice.metrics[0].saturation.unwrap();
    assert!((saturated.level - 80.0).abs() < 1.0 && (saturated.per_task - 50.0).abs() < 1.0);
    let knee = advice.knee.unwrap().per_task;
    assert!((49.0..52.5).contains(&knee.value), "{knee:?}");
    let recommended = service.recommended();
    assert_eq!((recommended.metric.as_str(), recommended.per_task), ("cpu", false));
    // 5% a minute for four minutes is a rise of 20%: the headroom is a sixth.
    assert!((recommended.headroom.share - 1.0 / 6.0).abs() < 1e-9);
    assert!((recommended.target.value - 80.0 * 5.0 / 6.0).abs() < 3.0, "{recommended:?}");
    assert!(recommended.proportional && recommended.confidence.agreed > 0.95);
}

#[test]
fn twice_the_tasks_at_40_percent_pass_the_doubling_test() {
    let halved = Service::of(vec![flat_at_80()]).advice().metrics[0].doubling.unwrap();
    assert!((halved.ratio.value - 0.5).abs() < 0.02, "{halved:?}");
    assert_eq!((halved.tasks, halved.more_tasks), (2.0, 4.0));
}

#[test]
fn a_metric_that_stays_at_80_percent_with_twice_the_tasks_is_rejected() {
    let advice = Service::of(vec![stays_at_80()]).advice();
    assert!(matches!(advice.verdict, Verdict::NoneSuitable { .. }), "{:?}", advice.verdict);
    let Fit::Rejected(Rejection::NotProportional { ratio }) = advice.metrics[0].verdict else {
        panic!("{:?}", advice.metrics[0])
    };
    assert!((ratio - 1.0).abs() < 0.02, "{ratio}");
}

#[test]
fn of_both_the_one_that_halves_is_recommended() {
    assert_eq!(Service::of(vec![stays_at_80(), flat_at_80()]).recommended().metric, "cpu");
}

#[test]
fn without_a_second_series_nothing_is_recommended() {
    let service = Service { tasks: vec![2.0], ..Service::of(vec![flat_at_80()]) };
    let missing = vec![Missing::Doubling];
    assert_eq!(service.advice().verdict, Verdict::NotEnoughData { missing });
}
