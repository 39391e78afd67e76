//! A resource saturates if its metric flattens while demand still rises.

use super::Point;
use crate::advice::Saturation;
use crate::stats::least_squares;

/// A metric is flat below this share of its former rise.
const FLAT: f64 = 0.4;

/// Share by which demand has to rise beyond the bend.
const BEYOND: f64 = 0.05;

/// The level at which `run`, in the order of demand, flattens or falls again. The bend is the first
/// level from which on it rises by less than a share of what it rose before.
pub(super) fn saturation(run: &[Point]) -> Option<Saturation> {
    (2..run.len().saturating_sub(1)).find_map(|bend| {
        let (before, after) = run.split_at_checked(bend + 1)?;
        let at = before.last()?;
        if after.last()?.demand < (1.0 + BEYOND) * at.demand {
            return None;
        }
        let rows: Vec<Vec<f64>> = before.iter().map(|point| vec![1.0, point.demand]).collect();
        let values: Vec<f64> = before.iter().map(|point| point.value).collect();
        let line = least_squares(&rows, &values, &vec![1.0; rows.len()])?;
        let slope = line.coefficients.get(1).filter(|slope| slope.low > 0.0)?.value;
        // A line through the bend, so that the levels far beyond it weigh most.
        let (rose, would) = after.iter().fold((0.0, 0.0), |sum, point| {
            let further = point.demand - at.demand;
            (sum.0 + further * (point.value - at.value), sum.1 + further * further * slope)
        });
        let level =
            std::iter::once(at).chain(after).map(|point| point.value).fold(at.value, f64::max);
        (rose < FLAT * would).then_some(Saturation { level, per_task: at.per_task() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(value: impl Fn(f64) -> f64) -> Vec<Point> {
        (1..=10)
            .map(|at| 10.0 * f64::from(at))
            .map(|demand| Point { demand, tasks: 2.0, value: value(demand), error: 0.1 })
            .collect()
    }

    #[test]
    fn a_metric_that_flattens_or_falls_does_and_a_line_does_not() {
        let flat = saturation(&run(|demand| demand.min(80.0))).unwrap();
        assert_eq!((flat.level, flat.per_task), (80.0, 40.0));
        let falling = saturation(&run(|demand| demand.min(160.0 - demand))).unwrap();
        assert_eq!(falling.level, 80.0);
        assert_eq!(saturation(&run(|demand| demand)), None);
        assert_eq!(saturation(&run(|_| 5.0)), None);
    }
}
