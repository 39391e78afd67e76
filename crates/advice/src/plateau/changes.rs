//! Where demand changes: optimal partitioning (B. Jackson et al., IEEE Signal Processing Letters
//! 12, 2005) with a constant in each segment. The crates for it bring linear
//! algebra and a second statistics library.

use std::ops::Range;

use crate::stats::median;

/// Least share of demand by which a new level differs; less is the load generator's own noise.
const LEAST_STEP: f64 = 0.025;

/// Samples of a segment, at least.
const LEAST: usize = 2;

/// Samples on either side from which the noise around a sample is estimated.
const AROUND: usize = 10;

/// Logarithm of less demand than any test has, for none at all.
const IDLE: f64 = 1e-3;

/// The segments of `demand` between its changes, without gaps between them. It has no outliers, and
/// begins and ends with a value.
pub(super) fn segments(demand: &[f64]) -> Vec<Range<usize>> {
    let known: Vec<(usize, f64)> = demand
        .iter()
        .enumerate()
        .filter(|(_, demand)| demand.is_finite())
        .map(|(at, demand)| (at, demand.max(IDLE).ln()))
        .collect();
    let logs: Vec<f64> = known.iter().map(|known| known.1).collect();
    let cuts = merged(&logs, cuts(&Costs::of(&logs), logs.len()));
    let at = |cut: usize| known.get(cut).map_or(demand.len(), |known| known.0);
    cuts.iter().zip(cuts.iter().skip(1)).map(|(&from, &to)| at(from)..at(to)).collect()
}

/// Prefix sums from which the cost of a segment follows in constant time.
#[derive(Debug)]
struct Costs {
    /// Of weights, weighted values and weighted squares, before each sample.
    sums: Vec<(f64, f64, f64)>,
}

impl Costs {
    /// Each value weighs as the noise around it allows: few arrivals vary more than many.
    fn of(logs: &[f64]) -> Self {
        let mut sums = vec![(0.0, 0.0, 0.0)];
        let mut sum = (0.0, 0.0, 0.0);
        for (at, log) in logs.iter().enumerate() {
            let around = logs.get(at.saturating_sub(AROUND)..(at + AROUND + 1).min(logs.len()));
            let weight = noise(around.unwrap_or_default()).powi(-2);
            sum = (sum.0 + weight, sum.1 + weight * log, sum.2 + weight * log * log);
            sums.push(sum);
        }
        Self { sums }
    }

    fn of_segment(&self, from: usize, to: usize) -> f64 {
        let (Some(from), Some(to)) = (self.sums.get(from), self.sums.get(to)) else { return 0.0 };
        let (weight, sum, square) = (to.0 - from.0, to.1 - from.1, to.2 - from.2);
        (square - sum * sum / weight).max(0.0)
    }
}

/// The standard deviation of what is left when neighbors are subtracted, so that steps do not
/// count.
fn noise(logs: &[f64]) -> f64 {
    let steps = logs.iter().zip(logs.iter().skip(1)).map(|(one, next)| (next - one).abs());
    (median(steps).unwrap_or(0.0) * 1.4826 / std::f64::consts::SQRT_2).max(LEAST_STEP / 3.0)
}

/// Where segments begin, and the end: the cheapest, with the price of Schwarz's criterion for each,
/// which has a place and a level.
fn cuts(costs: &Costs, count: usize) -> Vec<usize> {
    let price = 2.0 * (count.max(2) as f64).ln();
    let mut best: Vec<(f64, usize)> = vec![(-price, 0)];
    for to in 1..=count {
        let mut cheapest = (f64::INFINITY, 0);
        for from in 0..=to.saturating_sub(LEAST) {
            let Some(before) = best.get(from) else { break };
            let cost = before.0 + costs.of_segment(from, to) + price;
            if cost < cheapest.0 {
                cheapest = (cost, from);
            }
        }
        best.push(cheapest);
    }
    let mut cuts = vec![count];
    while let Some(&last) = cuts.last()
        && last > 0
    {
        cuts.push(best.get(last).map_or(0, |best| best.1));
    }
    cuts.reverse();
    cuts
}

/// Without cuts between levels that are as good as one.
fn merged(logs: &[f64], mut cuts: Vec<usize>) -> Vec<usize> {
    let mean = |from: usize, to: usize| {
        let values = logs.get(from..to).unwrap_or_default();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let alike = |cuts: &[usize]| match *cuts {
        [from, cut, to] => ((mean(from, cut) - mean(cut, to)).abs() < LEAST_STEP).then_some(cut),
        _ => None,
    };
    while let Some(cut) = cuts.windows(3).find_map(alike) {
        cuts.retain(|one| *one != cut);
    }
    cuts
}
