//! Job processors: what takes long is the wait in a queue.

use crate::advice::{Assessment, Fit, Rejection};
use crate::assess::Scene;
use crate::load_test::Kind;
use crate::settings::Quantile;
use crate::stats::{Sorted, median};

/// How many times over or under a queue may explain the waiting. Percentiles wait longer than the average.
const EXPLAINS: f64 = 4.0;

/// How many times the quiet time a job may take at the knee, at least: who waits in a queue of requests is
/// turned away long before.
const PATIENT: f64 = 2.0;

/// The queue or lag in which what arrives waits, and by what it was recognised. By Little's law the wait is what is
/// queued over what is completed in a second.
pub(super) fn jobs(scene: &Scene<'_>, assessed: &[Assessment]) -> Option<(usize, String)> {
    let workers = assessed.iter().any(|one| one.kind == Kind::Concurrency && one.fits());
    let refused =
        scene.plateaus.iter().any(|level| level.errors.is_some_and(|errors| errors > 0.01));
    if workers && refused {
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

fn explains(scene: &Scene<'_>, index: usize, kind: Kind) -> bool {
    let quiet =
        scene.plateaus.iter().filter_map(|level| level.latency).fold(f64::INFINITY, f64::min);
    let ratios = scene.plateaus.iter().filter_map(|level| {
        let waiting = level.latency.filter(|latency| *latency > PATIENT * quiet)? - quiet;
        let queued = level.metrics.get(index).copied().flatten()?.value;
        let by_queue = match kind {
            Kind::Lag => queued,
            _ => queued / level.completed.unwrap_or(level.demand),
        };
        Some(by_queue / waiting)
    });
    median(ratios).is_some_and(|ratio| (1.0 / EXPLAINS..=EXPLAINS).contains(&ratio))
}

/// The queue at which the objective breaks, by all samples: what is queued now is what jobs wait for
/// now, whether the level is steady or not. Divided by the tasks if `per_task`.
pub(crate) fn at_objective(
    scene: &Scene<'_>,
    index: usize,
    per_task: bool,
    quantile: Quantile,
) -> Option<f64> {
    let latency = scene.test.latency.of(quantile)?;
    let limit = scene.limit?;
    let queue = &scene.test.metrics.get(index)?.values;
    let quiet = Sorted::of(latency.iter().copied()).quantile(0.05)?;
    let rates =
        latency.iter().zip(queue).zip(&scene.test.tasks).filter_map(|((latency, queue), tasks)| {
            let by = if per_task { *tasks } else { 1.0 };
            let near = (0.3 * limit..3.0 * limit).contains(latency) && *latency > quiet;
            near.then(|| queue / by / (latency - quiet))
        });
    median(rates).map(|rate| rate * (limit - quiet))
}
