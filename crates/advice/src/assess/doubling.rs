//! The doubling test: the same demand, twice the tasks.

use super::{Point, Points};
use crate::advice::{Doubling, Interval};
use crate::stats::{Sorted, t_quantile};

/// The smallest ratio of the tasks of the second series to those of the first.
pub(crate) const MORE: f64 = 1.3;

/// Share of the knee's demand from which a pair counts. Below it, a metric is mostly its idle value.
const LOADED: f64 = 0.4;

/// The share by which a level may lie outside the levels of the first series.
const BEYOND: f64 = 0.05;

/// The same demand with fewer and more tasks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    /// With fewer tasks. Its value is interpolated between the levels.
    pub base: Point,
    /// With more tasks.
    pub more: Point,
    /// The share that remains with twice the tasks.
    pub ratio: f64,
}

/// The levels of each further series whose demand the first series also has.
pub(super) fn pairs(points: &Points) -> Vec<Pair> {
    let mut runs = points.good.iter().filter(|run| !run.is_empty());
    let Some(base) = runs.next() else { return Vec::new() };
    let pair = |more: &Point| {
        let base = at(base, more.demand)?;
        let tasks = more.tasks / base.tasks;
        let ratio = (more.value / base.value).max(0.0).powf(2.0_f64.ln() / tasks.ln());
        (tasks >= MORE && ratio.is_finite()).then_some(Pair { base, more: *more, ratio })
    };
    runs.flatten().filter_map(pair).collect()
}

/// The value of `run` at `demand`, interpolated between its levels.
fn at(run: &[Point], demand: f64) -> Option<Point> {
    let after = run.iter().position(|point| point.demand >= demand).unwrap_or(run.len());
    let before = after.checked_sub(1).and_then(|before| run.get(before));
    let near = |point: &&Point| (point.demand - demand).abs() <= BEYOND * demand;
    match (before, run.get(after)) {
        (Some(low), Some(high)) => {
            let share = (demand - low.demand) / (high.demand - low.demand);
            let value = low.value + share * (high.value - low.value);
            Some(Point { demand, value, error: low.error.max(high.error), ..*low })
        }
        (low, high) => low.or(high).filter(near).map(|point| Point { demand, ..*point }),
    }
}

/// The share of the metric that remains with twice the tasks. `None` without a common demand.
pub(super) fn doubling(points: &Points, knee: f64) -> Option<Doubling> {
    let all = pairs(points);
    let loaded: Vec<Pair> =
        all.iter().filter(|pair| pair.base.per_task() >= LOADED * knee).copied().collect();
    let pairs = if loaded.is_empty() { all } else { loaded };
    let first = pairs.first()?;
    let ratios = Sorted::of(pairs.iter().map(|pair| pair.ratio));
    let value = ratios.quantile(0.5)?;
    let count = pairs.len() as f64;
    let own = pairs.iter().map(own_error).sum::<f64>() / count;
    let spread =
        (pairs.iter().map(|pair| (pair.ratio - value).powi(2)).sum::<f64>() / count).sqrt();
    let reach = t_quantile((count - 1.0).max(1.0)).min(4.0) * own.max(spread) / count.sqrt();
    Some(Doubling {
        tasks: first.base.tasks,
        more_tasks: first.more.tasks,
        ratio: Interval { value, low: (value - reach).max(0.0), high: value + reach },
    })
}

/// The standard error of a ratio, from the errors of its two values.
fn own_error(pair: &Pair) -> f64 {
    let share = |point: &Point| if point.value == 0.0 { 1.0 } else { point.error / point.value };
    pair.ratio * share(&pair.base).hypot(share(&pair.more))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(value: impl Fn(f64, f64) -> f64) -> Points {
        let run = |tasks: f64| -> Vec<Point> {
            [20.0, 40.0, 60.0, 80.0, 100.0]
                .map(|demand| Point { demand, tasks, value: value(demand, tasks), error: 0.1 })
                .to_vec()
        };
        let runs = vec![run(2.0), run(4.0)];
        Points { good: runs.clone(), runs }
    }

    #[test]
    fn an_average_halves_and_a_total_stays() {
        let average = doubling(&points(|demand, tasks| demand / tasks), 50.0).unwrap();
        assert!((average.ratio.value - 0.5).abs() < 1e-9);
        assert!(average.ratio.low < 0.5 && 0.5 < average.ratio.high);
        let total = doubling(&points(|demand, _| demand), 50.0).unwrap();
        assert!((total.ratio.value - 1.0).abs() < 1e-9);
        assert_eq!((total.tasks, total.more_tasks), (2.0, 4.0));
    }

    #[test]
    fn half_as_many_again_are_counted_up_to_twice() {
        let mut points = points(|demand, tasks| demand / tasks);
        for point in points.good[1].iter_mut() {
            point.tasks = 3.0;
            point.value = point.demand / 3.0;
        }
        let found = doubling(&points, 50.0).unwrap();
        assert!((found.ratio.value - 0.5).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn without_a_common_demand_there_is_no_test() {
        let mut points = points(|demand, tasks| demand / tasks);
        for point in points.good[1].iter_mut() {
            point.demand += 200.0;
        }
        assert_eq!(doubling(&points, 50.0), None);
        points.good[1].clear();
        assert_eq!(doubling(&points, 50.0), None);
    }
}
