//! The scaling law: a power of demand times a power of the tasks.

use super::{Point, Points};
use crate::advice::Law;
use crate::stats::least_squares;

/// Fitted to the levels at which the objective holds, in logarithms. `None` with too few of them,
/// or if too many are not above zero.
pub(super) fn fit(points: &Points) -> Option<Law> {
    let all: Vec<&Point> = points.good.iter().flatten().collect();
    let above: Vec<&Point> = all.iter().copied().filter(|point| point.value > 0.0).collect();
    if above.len() < 4 || above.len() * 2 < all.len() {
        return None;
    }
    let tasks = above.first()?.tasks;
    let several = above.iter().any(|point| point.tasks != tasks);
    let row = |point: &&Point| {
        let mut row = vec![1.0, point.demand.ln()];
        row.extend(several.then_some(point.tasks.ln()));
        row
    };
    let rows: Vec<Vec<f64>> = above.iter().map(row).collect();
    let logs: Vec<f64> = above.iter().map(|point| point.value.ln()).collect();
    let fitted = least_squares(&rows, &logs, &vec![1.0; rows.len()])?;
    Some(Law {
        demand: *fitted.coefficients.get(1)?,
        tasks: fitted.coefficients.get(2).copied(),
        r_squared: fitted.r_squared,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(value: impl Fn(f64, f64) -> f64, numbers: &[f64]) -> Option<Law> {
        let run = |tasks: &f64| -> Vec<Point> {
            [20.0, 40.0, 60.0, 80.0, 100.0]
                .map(|demand| Point {
                    demand,
                    tasks: *tasks,
                    value: value(demand, *tasks),
                    error: 0.1,
                })
                .to_vec()
        };
        let runs: Vec<Vec<Point>> = numbers.iter().map(run).collect();
        fit(&Points { good: runs.clone(), runs })
    }

    #[test]
    fn exponents_are_found() {
        let ideal = law(|demand, tasks| 3.0 * demand / tasks, &[2.0, 4.0]).unwrap();
        assert!((ideal.demand.value - 1.0).abs() < 1e-9);
        assert!((ideal.tasks.unwrap().value + 1.0).abs() < 1e-9);
        let total = law(|demand, _| demand.sqrt(), &[2.0, 4.0]).unwrap();
        assert!((total.demand.value - 0.5).abs() < 1e-9);
        assert!(total.tasks.unwrap().value.abs() < 1e-9);
    }

    #[test]
    fn one_number_of_tasks_tells_nothing_of_tasks() {
        assert_eq!(law(|demand, _| demand, &[2.0]).unwrap().tasks, None);
        assert_eq!(law(|_, _| 0.0, &[2.0, 4.0]), None);
    }
}
