//! Weighted least squares, by nalgebra's singular value decomposition.

use nalgebra::{DMatrix, DVector};

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

/// `y = sum of coefficient * column`, each row with its weight. `None` with fewer than one row more than
/// columns, or if the columns depend on each other.
pub(crate) fn least_squares(rows: &[Vec<f64>], y: &[f64], weights: &[f64]) -> Option<Fitted> {
    let columns = rows.first()?.len();
    if rows.len() <= columns || rows.len() != y.len() || rows.len() != weights.len() {
        return None;
    }
    // The decomposition panics at what is not finite.
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    if !finite(y) || !finite(weights) || !rows.iter().all(|row| finite(row)) {
        return None;
    }
    let root = |row: usize| weights.get(row).copied().unwrap_or(0.0).sqrt();
    let cell = |row: usize, column: usize| rows.get(row).and_then(|row| row.get(column)).copied();
    let x = DMatrix::from_fn(rows.len(), columns, |row, column| {
        root(row) * cell(row, column).unwrap_or(0.0)
    });
    let scaled = DVector::from_fn(y.len(), |row, _| root(row) * y.get(row).copied().unwrap_or(0.0));
    let decomposed = x.clone().svd(true, true);
    if decomposed.rank(1e-9 * decomposed.singular_values.max()) < columns {
        return None;
    }
    let solution = decomposed.solve(&scaled, 0.0).ok()?;
    let residual = (&x * &solution - &scaled).norm_squared();
    let freedom = (rows.len() - columns) as f64;
    let covariance = (x.transpose() * &x).try_inverse()? * (residual / freedom);
    let reach = t_quantile(freedom);
    let coefficients = solution
        .iter()
        .zip(covariance.diagonal().iter())
        .map(|(&value, variance)| {
            let reach = reach * variance.max(0.0).sqrt();
            Interval { value, low: value - reach, high: value + reach }
        })
        .collect();
    let weight: f64 = weights.iter().sum();
    let mean = y.iter().zip(weights).map(|(y, weight)| y * weight).sum::<f64>() / weight;
    let total: f64 = y.iter().zip(weights).map(|(y, weight)| weight * (y - mean).powi(2)).sum();
    let r_squared = if total > 0.0 { 1.0 - residual / total } else { 0.0 };
    Some(Fitted { coefficients, r_squared })
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
}
