//! What climbs at constant demand, and what stays when demand falls.

use crate::advice::{Interval, Plateau};
use crate::load_test::{LoadTest, Metric};
use crate::plateau::{Stretch, Trend};

/// Levels that have to show the same climb.
const LEAST: usize = 4;

/// A fall of demand, as a share of what it was, after which memory should be released.
const FALLS: f64 = 0.6;

/// Each metric's rise at constant demand, as a share of its level in each hour: what the levels say
/// together. What they differ by is its error, as neighbouring samples of memory are too much alike to tell.
pub(crate) fn drifts(test: &LoadTest, stretches: &[Stretch]) -> Vec<Option<Interval>> {
    let drift = |metric: &Metric| {
        let rates: Vec<f64> = stretches.iter().filter_map(|one| rate(test, one, metric)).collect();
        let count = rates.len() as f64;
        let mean = rates.iter().sum::<f64>() / count;
        let square: f64 = rates.iter().map(|rate| (rate - mean).powi(2)).sum();
        let error = (square / (count - 1.0) / count).sqrt();
        (rates.len() >= LEAST).then(|| Interval::around(mean, error, count - 1.0))
    };
    test.metrics.iter().map(drift).collect()
}

fn rate(test: &LoadTest, stretch: &Stretch, metric: &Metric) -> Option<f64> {
    let points: Vec<(f64, f64)> = stretch
        .samples
        .clone()
        .filter_map(|at| Some((*test.times.get(at)?, *metric.values.get(at)?)))
        .filter(|point| point.1.is_finite())
        .collect();
    let trend = Trend::of(&points)?;
    let hours = (points.last()?.0 - points.first()?.0) / 3600.0;
    let rate = trend.change / trend.mean / hours;
    rate.is_finite().then_some(rate)
}

/// The share that the metric `index` keeps where demand falls far, from one level to the next with
/// the same tasks. `None` where it never does.
pub(crate) fn kept(plateaus: &[Plateau], index: usize) -> Option<f64> {
    let value =
        |plateau: &Plateau| plateau.metrics.get(index).copied().flatten().map(|at| at.value);
    plateaus
        .iter()
        .zip(plateaus.iter().skip(1))
        .filter(|(high, low)| high.tasks == low.tasks && low.demand <= FALLS * high.demand)
        .filter_map(|(high, low)| Some(value(low)? / value(high)?))
        .filter(|kept| kept.is_finite())
        .min_by(f64::total_cmp)
}
