//! What climbs at constant demand, and what stays when demand falls.

use super::Scene;
use crate::advice::{Interval, Plateau};

/// Share of the knee's demand up to which what is in use stays as long as demand does.
const QUIET: f64 = 0.85;

/// Levels that have to show the same climb.
const LEAST: usize = 4;

/// A fall of demand, as a share of what it was, after which memory should be released.
const FALLS: f64 = 0.6;

/// The rise of the metric `index` at constant demand, as a share of its level in each hour: what the levels
/// at which the objective holds say together. What they differ by is its error, as neighbouring samples of memory are
/// too much alike to tell.
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

/// Of what the metric `index` moves by in the longest run, the share that a climb of `rate` an hour at constant
/// demand makes.
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

/// The share that the metric `index` keeps where demand falls far, from one level to the next with
/// the same tasks. `None` where it never does.
pub(super) fn kept(plateaus: &[Plateau], index: usize) -> Option<f64> {
    let value = |plateau: &Plateau| plateau.metric(index).map(|at| at.value);
    plateaus
        .iter()
        .zip(plateaus.iter().skip(1))
        .filter(|(high, low)| high.tasks == low.tasks && low.demand <= FALLS * high.demand)
        // What still works off what was too much has nothing to release.
        .filter(|(_, low)| low.good)
        .filter_map(|(high, low)| Some(value(low)? / value(high)?))
        .filter(|kept| kept.is_finite())
        .min_by(f64::total_cmp)
}
