//! Correlation, with its interval.

use statrs::statistics::{Data, OrderStatistics as _, RankTieBreaker};

use crate::advice::Interval;

/// Pearson's coefficient of pairs, by Fisher's transformation; `None` for fewer than four or
/// where either side never changes.
pub(crate) fn linear(pairs: &[(f64, f64)]) -> Option<Interval> {
    coefficient(pairs, 1.0)
}

/// Spearman's coefficient, likewise. Its transformed error is a little larger (D. G. Bonett and T. A.
/// Wright, Psychometrika 65, 2000).
pub(crate) fn rank(pairs: &[(f64, f64)]) -> Option<Interval> {
    let ranks = |values: Vec<f64>| Data::new(values).ranks(RankTieBreaker::Average);
    let left = ranks(pairs.iter().map(|pair| pair.0).collect());
    let right = ranks(pairs.iter().map(|pair| pair.1).collect());
    let pairs: Vec<(f64, f64)> = left.into_iter().zip(right).collect();
    let plain = coefficient(&pairs, 1.0)?.value;
    coefficient(&pairs, (1.0 + plain.powi(2) / 2.0).sqrt())
}

fn coefficient(pairs: &[(f64, f64)], widened: f64) -> Option<Interval> {
    let count = pairs.len() as f64;
    if count < 4.0 {
        return None;
    }
    let (x, y) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let (x, y) = (x / count, y / count);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for pair in pairs {
        xx += (pair.0 - x).powi(2);
        yy += (pair.1 - y).powi(2);
        xy += (pair.0 - x) * (pair.1 - y);
    }
    if xx <= 0.0 || yy <= 0.0 {
        return None;
    }
    // A perfect correlation would have an infinite transform.
    let value = (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0);
    let at = value.clamp(-0.999_999, 0.999_999).atanh();
    let reach = 1.96 * widened / (count - 3.0).sqrt();
    Some(Interval { value, low: (at - reach).tanh(), high: (at + reach).tanh() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_do_not_mind_a_curve_and_lines_do() {
        let pairs: Vec<(f64, f64)> =
            (1..=9).map(|x| (f64::from(x), f64::from(x).powi(5))).collect();
        assert!((rank(&pairs).unwrap().value - 1.0).abs() < 1e-9);
        let linear = linear(&pairs).unwrap().value;
        assert!((0.7..0.95).contains(&linear), "{linear}");
    }

    #[test]
    fn few_pairs_make_a_wide_interval() {
        let pairs: Vec<(f64, f64)> = vec![(1.0, 1.0), (2.0, 3.0), (3.0, 2.0), (4.0, 4.0)];
        let few = rank(&pairs).unwrap();
        assert!((few.value - 0.8).abs() < 1e-9 && few.low < 0.0, "{few:?}");
        assert_eq!(rank(&pairs[..3]), None);
        assert_eq!(rank(&[(1.0, 2.0); 8]), None);
    }
}
