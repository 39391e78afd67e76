//! Whatever was recorded, there is an answer, and never a panic.

use advice::advice::{Fit, Missing, Verdict};
use advice::advise;
use advice::settings::{Objective, Runtime, Settings};
use load_test::{Kind, Latency, LoadTest, Metric, Quantile, Unit};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => 0.0..1000.0,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(1e300), Just(-1e300), Just(1e-300), Just(f64::INFINITY), -5.0..0.0],
    ]
}

/// Levels of a few values each, so that some are steady.
fn series(samples: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((value(), 1..40_usize), 1..20).prop_map(move |levels| {
        let values = levels.into_iter().flat_map(|(value, held)| std::iter::repeat_n(value, held));
        let mut values: Vec<f64> = values.take(samples).collect();
        values.resize(samples, f64::NAN);
        values
    })
}

fn metric(samples: usize) -> impl Strategy<Value = Metric> {
    let kind = prop::sample::select(vec![
        Kind::Cpu,
        Kind::Memory,
        Kind::Heap,
        Kind::Collection,
        Kind::Concurrency,
        Kind::Throughput,
        Kind::Queue,
        Kind::Lag,
        Kind::Traffic,
        Kind::Latency,
        Kind::Errors,
        Kind::Other,
    ]);
    let unit = prop::sample::select(vec![Unit::Percent, Unit::Count, Unit::Bytes, Unit::Unknown]);
    (kind, unit, series(samples)).prop_map(|(kind, unit, values)| Metric {
        name: "m".to_owned(),
        kind,
        unit,
        source: None,
        values,
    })
}

fn test() -> impl Strategy<Value = LoadTest> {
    (0..300_usize).prop_flat_map(|samples| {
        let maybe = || prop::option::of(series(samples));
        (
            prop::collection::vec(0.001..120.0_f64, samples),
            series(samples),
            series(samples),
            (maybe(), maybe(), maybe(), maybe()),
            (maybe(), maybe()),
            prop::collection::vec(metric(samples), 0..4),
        )
            .prop_map(|(steps, tasks, demand, latency, (errors, completed), metrics)| {
                let mut time = 0.0;
                let times = steps.into_iter().map(|step| {
                    time += step;
                    time
                });
                let (mean, p50, p95, p99) = latency;
                LoadTest {
                    times: times.collect(),
                    tasks: tasks.into_iter().map(|tasks| (tasks / 300.0).round()).collect(),
                    demand,
                    latency: Latency { mean, p50, p95, p99, requests: None },
                    errors,
                    completed,
                    metrics,
                }
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn anything_recorded_has_an_answer(test in test(), told in prop::option::of(0.0..10.0_f64)) {
        let objective = Objective {
            latency: told.map(|limit| (Quantile::P95, limit)),
            ..Settings::default().objective
        };
        let settings =
            Settings { objective, resamples: 3, runtime: Runtime::Guess, ..Settings::default() };
        let advice = advise(&test, &settings, &mut |_, _| {});
        match &advice.verdict {
            Verdict::Recommended(recommended) => {
                prop_assert!(recommended.target.value.is_finite());
                let metric = &advice.metrics[recommended.index];
                prop_assert_eq!(&metric.verdict, &Fit::Recommended);
                prop_assert!(metric.doubling.unwrap().ratio.value <= 0.7);
            }
            Verdict::NoneSuitable { because, measure_next } => {
                prop_assert!(!because.is_empty() && !measure_next.is_empty());
            }
            Verdict::NotEnoughData { missing } => prop_assert!(!missing.is_empty()),
        }
        prop_assert_eq!(advice.metrics.len(), test.metrics.len());
    }
}

#[test]
fn nothing_recorded_is_not_enough() {
    let advice = advise(&LoadTest::default(), &Settings::default(), &mut |_, _| {});
    let missing = vec![Missing::Samples, Missing::Objective, Missing::Metrics];
    assert_eq!(advice.verdict, Verdict::NotEnoughData { missing });
}
