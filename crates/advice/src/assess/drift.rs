//! Metrics that rise at constant demand, or stay when demand falls.

use super::Scene;
use crate::advice::{Interval, Plateau};

/// Share of the knee's demand up to which usage is constant at constant demand.
const QUIET: f64 = 0.85;

/// The fewest levels for a rise.
const LEAST: usize = 4;

/// A fall of demand, as a share of what it was, after which memory should be released.
const FALLS: f64 = 0.6;

/// The rise of the metric `index` at constant demand, as a share of its level per hour, over the
/// levels at which the objective holds. Its error comes from the differences between the levels,
/// because neighboring samples of memory are too similar.
pub(super) fn drift(scene: &Scene<'_>, index: usize) -> Option<Interval> {
    let quiet = |level: &&Plateau| level.good && level.per_task() <= QUIET * scene.knee;
    let good = scene.plateaus.iter().filter(quiet);
    let rates: Vec<f64> = good.filter_map(|level| level.metric(index)?.climb).collect();
    let count = rates.len() as f64;
    let mean = rates.iter().sum::<f64>() / count;
    let square: f64 = rates.iter().map(|rate| (rate - mean).powi(2)).sum();
    let error = (square / (count - 1.0) / count).sqrt();
    (rates.len() >= LEAST).then(|| Interval::around(mean, error, count - 1.0))
}

/// The share of the range of the metric `index`, in the longest series, that a rise of `rate` per hour
/// at constant demand causes.
pub(super) fn climbed(scene: &Scene<'_>, index: usize, rate: f64) -> f64 {
    let Some(run) = scene.runs.iter().max_by_key(|run| run.levels.len()) else { return 0.0 };
    let values = || run.levels.iter().filter_map(|level| Some(level.metric(index)?.value));
    let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let begin = run.levels.iter().map(|level| level.from).fold(f64::INFINITY, f64::min);
    let end = run.levels.iter().map(|level| level.to).fold(0.0, f64::max);
    let hours = (end - begin) / 3600.0;
    rate * hours * (low + high) / 2.0 / (high - low)
}

/// The share of the metric `index` that remains after demand falls far, from one level to the next
/// with the same tasks. `None` if demand never does.
pub(super) fn kept(plateaus: &[Plateau], index: usize) -> Option<f64> {
    let value = |plateau: &Plateau| plateau.metric(index).map(|at| at.value);
    plateaus
        .iter()
        .zip(plateaus.iter().skip(1))
        .filter(|(high, low)| high.tasks == low.tasks && low.demand <= FALLS * high.demand)
        // A service that still works off a backlog cannot release memory yet.
        .filter(|(_, low)| low.good)
        .filter_map(|(high, low)| Some(value(low)? / value(high)?))
        .filter(|kept| kept.is_finite())
        .min_by(f64::total_cmp)
}
