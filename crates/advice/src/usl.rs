//! The Universal Scalability Law, fitted by Levenberg and Marquardt's method.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DVector, Dyn, OMatrix, U3, Vector3};

use crate::advice::{Plateau, Usl};

/// Levels that a fit of three parameters wants.
const LEAST: usize = 5;

/// Contention and crosstalk of less than this are none.
const NOTHING: f64 = 1e-9;

/// The law of one task, from the levels of one run. Requests in flight are those completed in a second
/// times the seconds each takes (Little's law). `None` with too few levels, or where nothing fits.
pub(crate) fn fit(levels: &[&Plateau]) -> Option<Usl> {
    let points: Vec<(f64, f64)> = levels
        .iter()
        .filter_map(|level| {
            let throughput = level.completed.unwrap_or(level.demand) / level.tasks;
            let concurrency = throughput * level.mean_latency?;
            (throughput > 0.0 && concurrency > 0.0).then_some((concurrency, throughput))
        })
        .collect();
    let first = points.first()?;
    if points.len() < LEAST {
        return None;
    }
    let guess = Vector3::new((first.1 / first.0).max(f64::MIN_POSITIVE).ln(), -2.0, -8.0);
    let (law, report) = LevenbergMarquardt::new().minimize(Law { points, parameters: guess });
    // As a logarithm is never nothing, what is next to it is.
    let some = |value: f64| if value < NOTHING { 0.0 } else { value };
    let fitted = law.usl();
    let fitted = Usl { sigma: some(fitted.sigma), kappa: some(fitted.kappa), ..fitted };
    let known = [fitted.lambda, fitted.sigma, fitted.kappa, fitted.r_squared];
    (report.termination.was_successful() && known.iter().all(|one| one.is_finite()))
        .then_some(fitted)
}

impl Usl {
    /// Throughput of one task in a second, with `concurrency` requests in flight.
    pub fn throughput(&self, concurrency: f64) -> f64 {
        let Self { lambda, sigma, kappa, .. } = self;
        let wait = sigma * (concurrency - 1.0) + kappa * concurrency * (concurrency - 1.0);
        lambda * concurrency / (1.0 + wait)
    }
}

/// The parameters are logarithms, as none may be negative.
struct Law {
    points: Vec<(f64, f64)>,
    parameters: Vector3<f64>,
}

impl Law {
    fn usl(&self) -> Usl {
        let [lambda, sigma, kappa] = self.parameters.map(f64::exp).into();
        let law = Usl { lambda, sigma, kappa, r_squared: 0.0 };
        let mean = self.points.iter().map(|point| point.1).sum::<f64>() / self.points.len() as f64;
        let total: f64 = self.points.iter().map(|point| (point.1 - mean).powi(2)).sum();
        let rest: f64 =
            self.points.iter().map(|point| (point.1 - law.throughput(point.0)).powi(2)).sum();
        Usl { r_squared: 1.0 - rest / total, ..law }
    }
}

impl LeastSquaresProblem<f64, Dyn, U3> for Law {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, U3>;
    type ParameterStorage = Owned<f64, U3>;

    fn set_params(&mut self, parameters: &Vector3<f64>) {
        self.parameters = *parameters;
    }

    fn params(&self) -> Vector3<f64> {
        self.parameters
    }

    /// Relative, so that the low levels count as much as the high ones.
    fn residuals(&self) -> Option<DVector<f64>> {
        let law = self.usl();
        let rests = self.points.iter().map(|(n, x)| law.throughput(*n) / x - 1.0);
        Some(DVector::from_iterator(self.points.len(), rests))
    }

    fn jacobian(&self) -> Option<OMatrix<f64, Dyn, U3>> {
        let law = self.usl();
        let rows = self.points.iter().flat_map(|(n, x)| {
            let throughput = law.throughput(*n);
            let by_wait = -throughput * throughput / (law.lambda * n);
            [
                throughput / x,
                by_wait * law.sigma * (n - 1.0) / x,
                by_wait * law.kappa * n * (n - 1.0) / x,
            ]
        });
        Some(OMatrix::<f64, Dyn, U3>::from_row_iterator(self.points.len(), rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knee::tests::mm1;

    #[test]
    fn mm1_is_the_law_with_nothing_but_contention() {
        let levels: Vec<Plateau> = (1..=9).map(|at| mm1(1.0, 10.0 * f64::from(at))).collect();
        let law = fit(&levels.iter().collect::<Vec<_>>()).unwrap();
        // At one in flight half of M/M/1's capacity is used.
        assert!((law.lambda - 50.0).abs() < 1.0, "{law:?}");
        assert!(law.r_squared > 0.99);
        assert!((law.throughput(9.0) - 90.0).abs() < 1.0, "{law:?}");
    }

    #[test]
    fn few_levels_have_no_law() {
        let levels: Vec<Plateau> = (1..=4).map(|at| mm1(1.0, 20.0 * f64::from(at))).collect();
        assert_eq!(fit(&levels.iter().collect::<Vec<_>>()), None);
    }
}
