//! Job processors: most of the completion time is waiting in a queue.

use load_test::{Kind, Quantile};

use crate::advice::{Assessment, Fit, Rejection};
use crate::assess::Scene;
use crate::stats::{Sorted, median};

/// The largest factor, up or down, between the wait that a queue explains and the measured wait.
/// Percentiles are longer than the average.
const EXPLAINS: f64 = 3.0;

/// Share of the levels at which the wait in the queue must not exceed the completion time.
const MOST: f64 = 0.9;

/// A level counts as waiting if its completion time is more than this many times the shortest one.
/// A queue of requests rejects some long before.
const PATIENT: f64 = 2.0;

/// If the limit is below this many times the shortest response time, a client waits for each
/// request. Then the workers are the metric, if they are known, and not the queue before them. Jobs
/// may wait much longer.
const URGENT: f64 = 5.0;

/// The queue or lag in which jobs wait, and the evidence for it. By Little's law, the wait is the
/// length of the queue divided by the completions per second.
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
        .map(|(index, one)| {
            (index, format!("the time that jobs take is their wait in {}", one.metric))
        })
}

/// A queue is either empty or growing, so neither a high correlation nor halving is required.
fn waits(one: &Assessment) -> bool {
    one.fits()
        || matches!(one.verdict, Fit::Rejected(Rejection::Uncorrelated { rank }) if rank > 0.3)
}

/// The shortest response time of all levels, in seconds.
fn quiet(scene: &Scene<'_>) -> f64 {
    scene.plateaus.iter().filter_map(|level| level.latency).fold(f64::INFINITY, f64::min)
}

/// Whether the wait in the queue explains the completion time, and does not exceed it. The queue of
/// another service has an unrelated length.
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

/// The length of the queue at which the objective breaks, from all samples, steady or not. Divided
/// by the tasks if `per_task`.
///
/// Jobs that are done now have waited while the queue grew, and the jobs that arrived meanwhile are
/// queued now. Therefore only the share of the queue counts that is completed of the arrivals.
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
