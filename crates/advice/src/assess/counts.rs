//! Whether a metric is a raw count over all tasks, which has to be divided by them.

use load_test::{Kind, Metric, Unit};

use super::Points;
use super::doubling::pairs;
use crate::stats::median;

/// What is left of an average over tasks, with twice the tasks at the same demand, is a half, and of a
/// total it is all. This is between, in proportion.
const BETWEEN: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Words in a name that say that it was divided already.
const DIVIDED: [&str; 5] = ["task", "target", "replica", "container", "worker"];

/// Whether `metric`, of which `points` are as recorded, is a total.
pub(super) fn is_total(metric: &Metric, points: &Points, knee: f64) -> bool {
    let name = metric.name.to_lowercase();
    let divided = DIVIDED.iter().any(|word| {
        ["per", "per_", "per-", "per ", "/"]
            .iter()
            .any(|per| name.contains(&format!("{per}{word}")))
    });
    let average = matches!(metric.unit, Unit::Percent | Unit::Seconds)
        || matches!(
            metric.kind,
            Kind::Cpu | Kind::Lag | Kind::Collection | Kind::Latency | Kind::Errors
        );
    if divided || average {
        return false;
    }
    // What waits in a queue waits for all of them, and of what waits at low demand, nothing, no
    // share is left.
    if metric.kind == Kind::Queue {
        return true;
    }
    // Near the knee what is busy at once grows faster than demand.
    let pairs = pairs(points);
    let low = pairs.iter().filter(|pair| pair.base.per_task() <= 0.6 * knee);
    let of_low = median(low.map(|pair| pair.ratio));
    let of_all = || median(pairs.iter().map(|pair| pair.ratio));
    of_low
        .or_else(of_all)
        .map_or(matches!(metric.kind, Kind::Concurrency | Kind::Throughput), |ratio| {
            ratio > BETWEEN
        })
}
