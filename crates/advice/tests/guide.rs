//! The examples of AWS's guide on scaling ECS services, as load tests.

use advice::advice::{Advice, Fit, Missing, Rejection, Verdict};
use advice::advise;
use advice::load_test::{Kind, LoadTest, Metric, Unit};
use advice::settings::{Objective, Quantile, Settings};

/// Levels of tasks and demand, each held for five minutes of samples ten seconds apart.
const HOLD: usize = 30;

/// A metric's value at a demand and a number of tasks.
type Value = fn(f64, f64) -> f64;

/// Two tasks that bear `borne` requests a second together, from 20 to 140, and then four at the same rates.
fn tested(numbers: &[f64], metrics: &[(&str, Kind, Unit, Value)]) -> Advice {
    let levels: Vec<(f64, f64)> = numbers
        .iter()
        .flat_map(|tasks| (1..=7).map(|at| (*tasks, 20.0 * f64::from(at))))
        .flat_map(|level| std::iter::repeat_n(level, HOLD))
        .collect();
    let each = |value: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
        let wobble = |at: usize| 1.0 + 0.01 * ((at * 7 % 5) as f64 - 2.0);
        let all = levels.iter().enumerate();
        all.map(|(at, (tasks, demand))| value(*tasks, *demand) * wobble(at)).collect()
    };
    let mut test = LoadTest {
        times: (0..levels.len()).map(|at| 10.0 * at as f64).collect(),
        tasks: levels.iter().map(|level| level.0).collect(),
        demand: each(&|_, demand| demand),
        completed: Some(each(&|tasks, demand| demand.min(52.0 * tasks))),
        ..LoadTest::default()
    };
    let slow = |tasks: f64, demand: f64| 0.02 / (1.0 - demand / tasks / 52.0).max(0.002);
    test.latency.mean = Some(each(&slow));
    test.latency.p95 = Some(each(&|tasks, demand| 2.0 * slow(tasks, demand)));
    test.metrics = metrics
        .iter()
        .map(|(name, kind, unit, value)| Metric {
            name: (*name).to_owned(),
            kind: *kind,
            unit: *unit,
            source: None,
            values: each(&|tasks, demand| value(tasks, demand)),
        })
        .collect();
    let settings = Settings {
        objective: Objective {
            latency: Some((Quantile::P95, 1.5)),
            ..Settings::default().objective
        },
        ramp: Some(0.05),
        ..Settings::default()
    };
    advise(&test, &settings, &mut |_, _| {})
}

/// At 100 a second two tasks are at 80 %, and stay there: CPU is all used.
const FLAT_AT_80: (&str, Kind, Unit, Value) =
    ("cpu", Kind::Cpu, Unit::Percent, |tasks, demand| (1.6 * demand / tasks).min(80.0));

#[test]
fn cpu_of_80_percent_at_100_a_second_and_then_flat_gives_out_first() {
    let advice = tested(&[2.0, 4.0], &[FLAT_AT_80]);
    let Verdict::Recommended(recommended) = &advice.verdict else { panic!("{advice:#?}") };
    assert_eq!((recommended.metric.as_str(), recommended.per_task), ("cpu", false));
    let saturated = advice.metrics[0].saturation.unwrap();
    assert!((saturated.level - 80.0).abs() < 1.0 && (saturated.per_task - 50.0).abs() < 1.0);
    let knee = advice.knee.unwrap().per_task;
    assert!((49.0..52.5).contains(&knee.value), "{knee:?}");
    // Of 5 % a minute, four minutes: a sixth is kept free.
    assert!((recommended.headroom.share - 1.0 / 6.0).abs() < 1e-9);
    assert!((recommended.target.value - 80.0 * 5.0 / 6.0).abs() < 3.0, "{:?}", recommended.target);
    assert!(recommended.proportional && recommended.confidence.agreed > 0.95);
}

#[test]
fn twice_the_tasks_at_40_percent_pass_the_doubling_test() {
    let advice = tested(&[2.0, 4.0], &[FLAT_AT_80]);
    let halved = advice.metrics[0].doubling.unwrap();
    assert!((halved.ratio.value - 0.5).abs() < 0.02, "{halved:?}");
    assert_eq!((halved.tasks, halved.more_tasks), (2.0, 4.0));
}

#[test]
fn a_metric_that_stays_at_80_percent_with_twice_the_tasks_is_rejected() {
    let stays: (&str, Kind, Unit, Value) =
        ("db_cpu", Kind::Cpu, Unit::Percent, |_, demand| (0.8 * demand).min(80.0));
    let advice = tested(&[2.0, 4.0], &[stays]);
    assert!(matches!(advice.verdict, Verdict::NoneSuitable { .. }), "{:?}", advice.verdict);
    let Fit::Rejected(Rejection::NotProportional { ratio }) = advice.metrics[0].verdict else {
        panic!("{:?}", advice.metrics[0])
    };
    assert!((ratio - 1.0).abs() < 0.02, "{ratio}");
}

#[test]
fn of_both_the_one_that_halves_is_recommended() {
    let stays: (&str, Kind, Unit, Value) =
        ("db_cpu", Kind::Cpu, Unit::Percent, |_, demand| (0.8 * demand).min(80.0));
    let advice = tested(&[2.0, 4.0], &[stays, FLAT_AT_80]);
    let Verdict::Recommended(recommended) = &advice.verdict else { panic!("{advice:#?}") };
    assert_eq!(recommended.metric, "cpu");
}

#[test]
fn without_the_second_run_nothing_is_recommended() {
    let advice = tested(&[2.0], &[FLAT_AT_80]);
    assert_eq!(advice.verdict, Verdict::NotEnoughData { missing: vec![Missing::Doubling] });
}

#[test]
fn raw_connections_are_divided_by_the_tasks_before_they_scale() {
    let connections: (&str, Kind, Unit, Value) =
        ("connections", Kind::Concurrency, Unit::Count, |_, demand| demand / 2.0);
    let idle: (&str, Kind, Unit, Value) =
        ("cpu", Kind::Cpu, Unit::Percent, |tasks, demand| 0.4 * demand / tasks);
    let advice = tested(&[2.0, 4.0], &[connections, idle]);
    let Verdict::Recommended(recommended) = &advice.verdict else { panic!("{advice:#?}") };
    assert_eq!((recommended.metric.as_str(), recommended.per_task), ("connections", true));
}
