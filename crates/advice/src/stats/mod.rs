//! Statistics: what statrs offers, in the shape that the analysis needs, and least squares.

mod correlation;
mod line;
mod local;
mod robust;

pub(crate) use correlation::{linear, rank};
pub(crate) use line::least_squares;
pub(crate) use local::smooth_at;
pub(crate) use robust::{Sorted, average, median, without_outliers};

use statrs::distribution::{ContinuousCDF as _, StudentsT};

use crate::advice::Interval;

/// The factor of a standard error that makes a two-sided 95% interval.
pub(crate) fn t_quantile(freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |t| t.inverse_cdf(0.975))
}

/// The probability of |t| or more without an effect. It is 1 for NaN, at which statrs would panic.
pub(crate) fn t_probability(t: f64, freedom: f64) -> f64 {
    let law = StudentsT::new(0.0, 1.0, freedom).ok().filter(|_| !t.is_nan());
    law.map_or(1.0, |law| 2.0 * law.cdf(-t.abs().min(1e6)))
}

impl Interval {
    /// An estimate whose standard error has `freedom` degrees of freedom.
    pub(crate) fn around(value: f64, error: f64, freedom: f64) -> Self {
        let reach = t_quantile(freedom.max(1.0)) * error;
        Self { value, low: value - reach, high: value + reach }
    }

    /// An estimate with the middle 95% of `draws`, which may be none.
    pub(crate) fn of_draws(value: f64, draws: &[f64]) -> Self {
        let sorted = Sorted::of(draws.iter().copied());
        let low = sorted.quantile(0.025).unwrap_or(value).min(value);
        let high = sorted.quantile(0.975).unwrap_or(value).max(value);
        Self { value, low, high }
    }
}
