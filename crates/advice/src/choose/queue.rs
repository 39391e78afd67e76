//! Job processors: what takes long is the wait in a queue.

use load_test::{Kind, Quantile};

use crate::advice::{Assessment, Fit, Rejection};
use crate::assess::Scene;
use crate::stats::{Sorted, median};

/// How many times over or under a queue may explain the waiting. Percentiles wait longer than the average.
const EXPLAINS: f64 = 3.0;

/// Share of the levels at which nobody may wait longer in the queue than all takes.
const MOST: f64 = 0.9;

/// How many times the quiet time a job may take at the knee, at least: who waits in a queue of requests is
/// turned away long before.
const PATIENT: f64 = 2.0;

/// How many times the quiet time requests may take, below which somebody waits for each: where workers are
/// known, they and not what queues before them are what scales. Jobs may wait for much longer.
const URGENT: f64 = 5.0;

/// The queue or lag in which what arrives waits, and by what it was recognised. By Little's law the wait is what is
/// queued over what is completed in a second.
pub(super) fn jobs(scene: &Scene<'_>, assessed: &[Assessment]) -> Option<(usize, String)> {
    let workers = assessed.iter().any(|one| one.kind == Kind::Concurrency && one.fits());
    let refused =
        scene.plateaus.iter().any(|level| level.errors.is_some_and(|errors| errors > 0.01));
    let urgent = scene.limit.is_some_and(|limit| limit < URGENT * quiet(scene));
    if workers && (refused || urgent) {
        return None;
    }
    assessed
        .iter()
        .enumerate()
        .filter(|(_, one)| matches!(one.kind, Kind::Queue | Kind::Lag) && waits(one))
        .find(|(index, one)| explains(scene, *index, one.kind))
        .map(|(index, one)| (index, format!("jobs take as long as they wait in {}", one.metric)))
}

/// What waits is all or nothing: of its shape neither a correlation nor a half can be asked.
fn waits(one: &Assessment) -> bool {
    one.fits()
        || matches!(one.verdict, Fit::Rejected(Rejection::Uncorrelated { rank }) if rank > 0.3)
}

/// The response time of the level that has the shortest.
fn quiet(scene: &Scene<'_>) -> f64 {
    scene.plateaus.iter().filter_map(|level| level.latency).fold(f64::INFINITY, f64::min)
}

/// Whether what waits is what takes long, and never more: another service's queue is as long as it likes.
fn explains(scene: &Scene<'_>, index: usize, kind: Kind) -> bool {
    let quiet = quiet(scene);
    let levels: Vec<(f64, f64)> = scene
        .plateaus
        .iter()
        .filter_map(|level| {
            let queued = level.metric(index)?.value;
            let by_queue = match kind {
                Kind::Lag => queued,
                _ => queued / level.completed.unwrap_or(level.demand),
            };
            Some((by_queue, level.latency?))
        })
        .collect();
    let within =
        levels.iter().filter(|(by_queue, latency)| *by_queue <= EXPLAINS * latency).count();
    let waiting = levels.iter().filter(|(_, latency)| *latency > PATIENT * quiet);
    let ratio = median(waiting.map(|(by_queue, latency)| by_queue / (latency - quiet)));
    within as f64 >= MOST * levels.len() as f64
        && ratio.is_some_and(|ratio| (1.0 / EXPLAINS..=EXPLAINS).contains(&ratio))
}

/// The queue at which the objective breaks, by all samples: what is queued now is what jobs wait for
/// now, whether the level is steady or not. Divided by the tasks if `per_task`.
///
/// Those that are done now have waited while the queue grew; what came meanwhile is queued now. So of
/// the queue only the share counts that is completed of what comes.
pub(crate) fn at_objective(
    scene: &Scene<'_>,
    index: usize,
    per_task: bool,
    quantile: Quantile,
) -> Option<f64> {
    let test = scene.test;
    let latency = test.latency.of(quantile)?;
    let limit = scene.limit?;
    let metric = test.metrics.get(index)?;
    let quiet = Sorted::of(latency.iter().copied()).quantile(0.05)?;
    let near: Vec<usize> = latency
        .iter()
        .enumerate()
        .filter(|(_, latency)| (0.3 * limit..3.0 * limit).contains(*latency) && **latency > quiet)
        .map(|(at, _)| at)
        .collect();
    let rate = median(near.iter().filter_map(|at| {
        let rate = metric.values.get(*at)? / (latency.get(*at)? - quiet);
        Some(if per_task { rate / test.tasks.get(*at)? } else { rate })
    }))?;
    let counted = metric.kind == Kind::Queue;
    let kept_up = test.completed.as_ref().filter(|_| counted).and_then(|completed| {
        median(near.iter().filter_map(|at| Some(completed.get(*at)? / test.demand.get(*at)?)))
    });
    Some(rate * kept_up.unwrap_or(1.0).min(1.0) * (limit - quiet))
}
