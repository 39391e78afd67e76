//! The Universal Scalability Law, fitted by least squares.

use crate::advice::{Plateau, Usl};
use crate::stats::least_squares;

/// Levels that a fit of three parameters wants.
const LEAST: usize = 5;

/// Fits, each with weights by the one before. The parameters stay at less than a thousandth after
/// five.
const TURNS: usize = 10;

/// The law of one task, from the levels of one run. Requests in flight are those completed in a second
/// times the seconds each takes (Little's law). `None` with too few levels, or where nothing fits.
///
/// Requests in flight over throughput are a sum of 1, `n - 1` and `n * (n - 1)`, with the factors 1 /
/// lambda, sigma / lambda and kappa / lambda, none of which is negative.
pub(crate) fn fit(levels: &[&Plateau]) -> Option<Usl> {
    let points: Vec<(f64, f64)> = levels
        .iter()
        .filter_map(|level| {
            let throughput = level.completed.unwrap_or(level.demand) / level.tasks;
            let concurrency = throughput * level.mean_latency?;
            (throughput > 0.0 && concurrency > 0.0).then_some((concurrency, throughput))
        })
        .collect();
    if points.len() < LEAST {
        return None;
    }
    // The best fit without a negative factor is that of some of the terms.
    let terms: [&[Term]; 4] = [&[ONE, SIGMA, KAPPA], &[ONE, SIGMA], &[ONE, KAPPA], &[ONE]];
    let fits = terms.iter().filter_map(|terms| fit_terms(terms, &points));
    let law = fits.min_by(|one, other| off(one, &points).total_cmp(&off(other, &points)))?;
    let law = Usl { r_squared: r_squared(&law, &points), ..law };
    let known = [law.lambda, law.sigma, law.kappa, law.r_squared];
    known.iter().all(|one| one.is_finite()).then_some(law)
}

/// A term of the law: its value at a number of requests in flight, and the parameter that it gives.
#[derive(Clone, Copy)]
struct Term {
    at: fn(f64) -> f64,
    of: fn(&mut Usl) -> &mut f64,
}

const ONE: Term = Term { at: |_| 1.0, of: |law| &mut law.lambda };
const SIGMA: Term = Term { at: |n| n - 1.0, of: |law| &mut law.sigma };
const KAPPA: Term = Term { at: |n| n * (n - 1.0), of: |law| &mut law.kappa };

/// The law of these terms alone that is the least [`off`]. `None` if a factor is negative.
///
/// With a level's weight of `f / x * (f / n)^2`, where `f` is the throughput that the law before
/// said of it, the weighted sum of squares is least where the relative errors of throughput are.
fn fit_terms(terms: &[Term], points: &[(f64, f64)]) -> Option<Usl> {
    let row = |point: &(f64, f64)| terms.iter().map(|term| (term.at)(point.0)).collect();
    let rows: Vec<Vec<f64>> = points.iter().map(row).collect();
    let seconds: Vec<f64> = points.iter().map(|(n, x)| n / x).collect();
    let mut weights: Vec<f64> = seconds.iter().map(|seconds| seconds.powi(-2)).collect();
    let mut law = Usl { lambda: 0.0, sigma: 0.0, kappa: 0.0, r_squared: 0.0 };
    for _ in 0..TURNS {
        let fitted = least_squares(&rows, &seconds, &weights)?;
        for (term, factor) in terms.iter().zip(&fitted.coefficients) {
            *(term.of)(&mut law) = factor.value;
        }
        let alone = law.lambda;
        law =
            Usl { lambda: 1.0 / alone, sigma: law.sigma / alone, kappa: law.kappa / alone, ..law };
        let weight = |(n, x): &(f64, f64)| law.throughput(*n).powi(3) / (x * n * n);
        weights = points.iter().map(weight).collect();
    }
    (law.lambda > 0.0 && law.sigma >= 0.0 && law.kappa >= 0.0).then_some(law)
}

/// The sum of the squared errors of throughput, each as a share, so that the low levels count as
/// much as the high ones.
fn off(law: &Usl, points: &[(f64, f64)]) -> f64 {
    points.iter().map(|(n, x)| (law.throughput(*n) / x - 1.0).powi(2)).sum()
}

/// Share of the throughputs' variance that the law explains.
fn r_squared(law: &Usl, points: &[(f64, f64)]) -> f64 {
    let mean = points.iter().map(|point| point.1).sum::<f64>() / points.len() as f64;
    let total: f64 = points.iter().map(|point| (point.1 - mean).powi(2)).sum();
    let rest: f64 = points.iter().map(|point| (point.1 - law.throughput(point.0)).powi(2)).sum();
    1.0 - rest / total
}

impl Usl {
    /// Throughput of one task in a second, with `concurrency` requests in flight.
    pub fn throughput(&self, concurrency: f64) -> f64 {
        let Self { lambda, sigma, kappa, .. } = self;
        let wait = sigma * (concurrency - 1.0) + kappa * concurrency * (concurrency - 1.0);
        lambda * concurrency / (1.0 + wait)
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

    /// A level at which that many requests are in flight on one task.
    fn level(throughput: f64, concurrency: f64) -> Plateau {
        let latency = Some(concurrency / throughput);
        Plateau { mean_latency: latency, completed: Some(throughput), ..mm1(1.0, throughput) }
    }

    #[test]
    fn the_law_is_found_from_levels_that_follow_it() {
        let truth = Usl { lambda: 40.0, sigma: 0.06, kappa: 0.0008, r_squared: 1.0 };
        let levels: Vec<Plateau> = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]
            .map(|concurrency| level(truth.throughput(concurrency), concurrency))
            .to_vec();
        let law = fit(&levels.iter().collect::<Vec<_>>()).unwrap();
        let near = |found: f64, truth: f64| (found / truth - 1.0).abs() < 1e-6;
        assert!(near(law.lambda, 40.0) && near(law.sigma, 0.06), "{law:?}");
        assert!(near(law.kappa, 0.0008) && near(law.r_squared, 1.0), "{law:?}");
    }

    #[test]
    fn no_parameter_is_negative_where_throughput_rises_more_than_in_proportion() {
        let levels: Vec<Plateau> = [1.0, 2.0, 4.0, 8.0, 16.0]
            .map(|concurrency: f64| level(10.0 * concurrency.powf(1.1), concurrency))
            .to_vec();
        let law = fit(&levels.iter().collect::<Vec<_>>()).unwrap();
        assert!(law.lambda > 10.0 && law.sigma == 0.0 && law.kappa == 0.0, "{law:?}");
    }
}
