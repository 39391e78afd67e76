//! Weighted least squares, by an orthonormal basis of the columns.

use super::t_quantile;
use crate::advice::Interval;

/// A fitted linear model.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    /// In the order of the columns.
    pub coefficients: Vec<Interval>,
    /// Share of the weighted variance that is explained.
    pub r_squared: f64,
}

/// A column of which no larger share is left without the columns before it depends on them.
const DEPENDENT: f64 = 1e-9;

/// `y = sum of coefficient * column`, each row with its weight. `None` with fewer than one row more than
/// columns, if the columns depend on each other, or if a value is not finite.
pub(crate) fn least_squares(rows: &[Vec<f64>], y: &[f64], weights: &[f64]) -> Option<Fitted> {
    let columns = rows.first()?.len();
    if rows.len() <= columns || rows.len() != y.len() || rows.len() != weights.len() {
        return None;
    }
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    if !finite(y) || !finite(weights) || !rows.iter().all(|row| finite(row)) {
        return None;
    }
    let basis = basis(rows, columns, weights)?;
    let mut rest: Vec<f64> = y.iter().zip(weights).map(|(y, weight)| y * weight.sqrt()).collect();
    let mut coefficients = vec![0.0; columns];
    for Direction { unit, made_of } in &basis {
        let share = product(unit, &rest);
        subtract(&mut rest, share, unit);
        subtract(&mut coefficients, -share, made_of);
    }
    let residual = product(&rest, &rest);
    let freedom = (rows.len() - columns) as f64;
    let reach = t_quantile(freedom);
    let interval = |(at, &value): (usize, &f64)| {
        let parts = basis.iter().filter_map(|direction| direction.made_of.get(at));
        let variance = parts.map(|part| part * part).sum::<f64>() * (residual / freedom);
        let reach = reach * variance.sqrt();
        Interval { value, low: value - reach, high: value + reach }
    };
    let coefficients = coefficients.iter().enumerate().map(interval).collect();
    let weight: f64 = weights.iter().sum();
    let mean = y.iter().zip(weights).map(|(y, weight)| y * weight).sum::<f64>() / weight;
    let total: f64 = y.iter().zip(weights).map(|(y, weight)| weight * (y - mean).powi(2)).sum();
    let r_squared = if total > 0.0 { 1.0 - residual / total } else { 0.0 };
    Some(Fitted { coefficients, r_squared })
}

/// A vector of length 1, at right angles to those before it.
struct Direction {
    unit: Vec<f64>,
    /// How much of each column it is the sum of.
    made_of: Vec<f64>,
}

/// The directions of the weighted columns, by the method of Gram and Schmidt. `None` if a column
/// depends on others.
fn basis(rows: &[Vec<f64>], columns: usize, weights: &[f64]) -> Option<Vec<Direction>> {
    let mut basis: Vec<Direction> = Vec::with_capacity(columns);
    for at in 0..columns {
        let cell = |(row, weight): (&Vec<f64>, &f64)| Some(row.get(at)? * weight.sqrt());
        let mut unit: Vec<f64> = rows.iter().zip(weights).map(cell).collect::<Option<_>>()?;
        let mut made_of: Vec<f64> =
            (0..columns).map(|other| f64::from(u8::from(other == at))).collect();
        let length = product(&unit, &unit).sqrt();
        // What rounding leaves of the other directions at first, the second turn removes.
        for _ in 0..2 {
            for before in &basis {
                let share = product(&unit, &before.unit);
                subtract(&mut unit, share, &before.unit);
                subtract(&mut made_of, share, &before.made_of);
            }
        }
        let left = product(&unit, &unit).sqrt();
        if left.is_nan() || left <= DEPENDENT * length {
            return None;
        }
        unit.iter_mut().chain(&mut made_of).for_each(|value| *value /= left);
        basis.push(Direction { unit, made_of });
    }
    Some(basis)
}

fn product(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn subtract(from: &mut [f64], share: f64, of: &[f64]) {
    from.iter_mut().zip(of).for_each(|(from, of)| *from -= share * of);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_found_with_its_intervals() {
        let rows: Vec<Vec<f64>> =
            (0..12).map(|at| vec![1.0, f64::from(at), f64::from(at % 4)]).collect();
        let wobble = |at: usize| if at.is_multiple_of(2) { 0.1 } else { -0.1 };
        let y: Vec<f64> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| 2.0 + 3.0 * row[1] - row[2] + wobble(at))
            .collect();
        let fitted = least_squares(&rows, &y, &[1.0; 12]).unwrap();
        for (found, truth) in fitted.coefficients.iter().zip([2.0, 3.0, -1.0]) {
            assert!(found.low < truth && truth < found.high, "{found:?}");
            assert!((found.value - truth).abs() < 0.2, "{found:?}");
        }
        assert!(fitted.r_squared > 0.99);
    }

    #[test]
    fn columns_that_depend_on_each_other_have_no_fit() {
        let rows: Vec<Vec<f64>> =
            (0..6).map(|at| vec![f64::from(at), 2.0 * f64::from(at)]).collect();
        assert!(least_squares(&rows, &[1.0; 6], &[1.0; 6]).is_none());
        assert!(least_squares(&rows[..2], &[1.0; 2], &[1.0; 2]).is_none());
    }

    #[test]
    fn weights_count_as_rows_do() {
        let rows: Vec<Vec<f64>> = [0.0, 1.0, 2.0, 5.0].map(|at| vec![1.0, at]).to_vec();
        let y = [1.0, 2.0, 4.0, 3.0];
        let weighted = least_squares(&rows, &y, &[1.0, 3.0, 1.0, 1.0]).unwrap();
        let again = |at: [usize; 6]| at.map(|at| (rows[at].clone(), y[at]));
        let (rows, y): (Vec<_>, Vec<_>) = again([0, 1, 1, 1, 2, 3]).into_iter().unzip();
        let repeated = least_squares(&rows, &y, &[1.0; 6]).unwrap();
        for (one, other) in weighted.coefficients.iter().zip(&repeated.coefficients) {
            assert!((one.value - other.value).abs() < 1e-12, "{one:?} {other:?}");
        }
        assert!((weighted.r_squared - repeated.r_squared).abs() < 1e-12);
    }

    #[test]
    fn columns_of_very_different_sizes_are_told_apart() {
        let rows: Vec<Vec<f64>> =
            (1..=9).map(|at| f64::from(at) * 1e3).map(|n| vec![1.0, n, n * n]).collect();
        let y: Vec<f64> = rows.iter().map(|row| 5.0 + 1e-3 * row[1] + 1e-9 * row[2]).collect();
        let fitted = least_squares(&rows, &y, &[1.0; 9]).unwrap();
        for (found, truth) in fitted.coefficients.iter().zip([5.0, 1e-3, 1e-9]) {
            assert!((found.value / truth - 1.0).abs() < 1e-6, "{found:?}");
        }
    }

    #[test]
    fn what_is_not_finite_has_no_fit() {
        let rows: Vec<Vec<f64>> = (0..6).map(|at| vec![1.0, f64::from(at)]).collect();
        for bad in [f64::NAN, f64::INFINITY] {
            assert!(least_squares(&rows, &[bad; 6], &[1.0; 6]).is_none());
            assert!(least_squares(&rows, &[1.0; 6], &[bad; 6]).is_none());
            assert!(least_squares(&vec![vec![bad]; 6], &[1.0; 6], &[1.0; 6]).is_none());
        }
    }
}
