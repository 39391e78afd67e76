//! Where a level's warm-up ends: the marginal standard error rule (K. P. White, Simulation 69, 1997).
//! What is cut off makes the average of the rest most certain.

use std::ops::Range;

use load_test::LoadTest;

/// A share of a level that may be cut off; a rule that cuts more has found no end.
const MOST: f64 = 0.5;

/// Seconds at a level's begin that are always cut off: samples there are averages of two levels.
const SETTLING: f64 = 20.0;

/// The first sample of `segment` at which the service is warm.
pub(super) fn end(test: &LoadTest, segment: &Range<usize>) -> usize {
    let times = test.times.get(segment.clone()).unwrap_or_default();
    let begin = times.first().copied().unwrap_or(0.0);
    let least = times.iter().take_while(|time| **time < begin + SETTLING).count().max(1);
    let most = ((segment.len() as f64 * MOST) as usize).max(least);
    let series: Vec<&[f64]> =
        watched(test).filter_map(|series| series.get(segment.clone())).collect();
    let cost = |cut: &usize| series.iter().filter_map(|series| error(series, *cut)).sum::<f64>();
    let best = (least..=most).min_by(|one, other| cost(one).total_cmp(&cost(other)));
    segment.start + best.unwrap_or(least)
}

/// What warms up: response times and the metrics.
fn watched(test: &LoadTest) -> impl Iterator<Item = &[f64]> {
    let metrics = test.metrics.iter().map(|metric| metric.values.as_slice());
    test.latency.all().map(Vec::as_slice).chain(metrics)
}

/// The squared standard error of what is left after `cut`, relative to that of all: so no
/// series' unit weighs.
fn error(series: &[f64], cut: usize) -> Option<f64> {
    Some(squared_error(series.get(cut..)?)? / squared_error(series)?)
}

fn squared_error(values: &[f64]) -> Option<f64> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let count = finite().count() as f64;
    let mean = finite().sum::<f64>() / count;
    let square: f64 = finite().map(|value| (value - mean).powi(2)).sum();
    (square > 0.0).then(|| square / count.powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use load_test::{Kind, Metric, Unit};

    #[test]
    fn a_slow_first_minute_is_cut_off_and_a_steady_one_is_not() {
        let times: Vec<f64> = (0..30).map(|at| 10.0 * f64::from(at)).collect();
        let steady = |at: u32| 50.0 + f64::from(at * 7 % 5);
        let warming = |at: u32| if at < 6 { 90.0 - 5.0 * f64::from(at) } else { steady(at) };
        let of = |value: &dyn Fn(u32) -> f64| LoadTest {
            times: times.clone(),
            metrics: vec![Metric {
                name: "cpu".into(),
                kind: Kind::Cpu,
                unit: Unit::Percent,
                source: None,
                values: (0..30).map(value).collect(),
            }],
            ..LoadTest::default()
        };
        assert!((6..9).contains(&end(&of(&warming), &(0..30))));
        assert!(end(&of(&steady), &(0..30)) < 6);
    }
}
