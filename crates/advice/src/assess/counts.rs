//! Whether a metric is a raw count over all tasks, which has to be divided by their number.

use load_test::{Kind, Metric, Unit};

use super::Points;
use super::doubling::pairs;
use crate::stats::median;

/// With twice the tasks at the same demand, half of an average over tasks remains, and all of a
/// total. This is the geometric mean of both.
const BETWEEN: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Words in a name of a metric that is already divided.
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
    // A queue is shared by all tasks. At low demand it is empty, so it has no ratio.
    if metric.kind == Kind::Queue {
        return true;
    }
    // Near the knee, concurrency grows faster than demand.
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
