//! Averages that are robust against outliers.

/// Values in rising order, without those that are not finite.
#[derive(Debug, Clone)]
pub(crate) struct Sorted(Vec<f64>);

impl Sorted {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// Between the two nearest values, in proportion.
    pub(crate) fn quantile(&self, share: f64) -> Option<f64> {
        let last = self.0.len().checked_sub(1)?;
        let place = share.clamp(0.0, 1.0) * last as f64;
        let below = self.0.get(place.floor() as usize)?;
        let above = self.0.get(place.ceil() as usize)?;
        Some(below + (above - below) * place.fract())
    }
}

/// The middle of what is finite among `values`.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    Sorted::of(values).quantile(0.5)
}

/// Standard deviations of a normal law that its median absolute deviation is multiplied by.
const OF_MAD: f64 = 1.4826;

/// The number of such deviations from the median of its neighbors that makes a value an outlier.
const OUTLYING: f64 = 6.0;

/// The smallest usual deviation, as a share. Without it, tiny deviations in a smooth series would
/// count as outliers.
const SMOOTH: f64 = 0.03;

/// Share of a series' high values that is next to nothing.
const LITTLE: f64 = 0.05;

/// Neighbors on either side.
const BESIDE: usize = 2;

/// `values` with NaN for each that stands out from its neighbors (F. R. Hampel's filter). A value
/// that its neighbors share is not an outlier, so a step of the load stays.
pub(crate) fn without_outliers(values: &[f64]) -> Vec<f64> {
    let middle = |at: usize| {
        let from = at.saturating_sub(BESIDE);
        let to = (at + BESIDE + 1).min(values.len());
        median(values.get(from..to).unwrap_or_default().iter().copied())
    };
    // Deviations are taken as shares, as loads and what follows them vary with their size; but
    // what is next to nothing deviates from nothing by any share.
    let much = Sorted::of(values.iter().map(|value| value.abs())).quantile(0.95).unwrap_or(0.0);
    let away: Vec<f64> = values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            middle(at).map_or(f64::NAN, |middle| {
                (value - middle).abs() / (middle.abs() + LITTLE * much).max(f64::MIN_POSITIVE)
            })
        })
        .collect();
    let usual = median(away.iter().copied()).unwrap_or(0.0).max(SMOOTH);
    let keep = |(value, away): (&f64, f64)| {
        if away > OUTLYING * OF_MAD * usual { f64::NAN } else { *value }
    };
    values.iter().zip(away).map(keep).collect()
}

/// An average and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Average {
    pub value: f64,
    pub error: f64,
}

/// The average of `values` and its standard error, which is larger if neighbors are
/// correlated. `None` without a finite value.
pub(crate) fn average(values: &[f64]) -> Option<Average> {
    let values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let count = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let value = values.iter().sum::<f64>() / count;
    let square: f64 = values.iter().map(|one| (one - value).powi(2)).sum();
    let beside: f64 = values
        .iter()
        .zip(values.iter().skip(1))
        .map(|(one, next)| (one - value) * (next - value))
        .sum();
    let alike = if square > 0.0 { (beside / square).clamp(0.0, 0.9) } else { 0.0 };
    let error = if count > 1.0 {
        (square / (count - 1.0) / count * (1.0 + alike) / (1.0 - alike)).sqrt()
    } else {
        value.abs()
    };
    Some(Average { value, error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_spike_is_an_outlier_and_a_step_is_none() {
        let mut values: Vec<f64> = (0..40).map(|at| 10.0 + f64::from(at % 3)).collect();
        values.extend((0..40).map(|at| 30.0 + f64::from(at % 3)));
        values[20] = 60.0;
        let clean = without_outliers(&values);
        assert!(clean[20].is_nan());
        assert_eq!(clean.iter().filter(|value| value.is_nan()).count(), 1);
    }

    #[test]
    fn correlated_neighbors_increase_the_standard_error() {
        let apart: Vec<f64> = (0..40).map(|at| f64::from(at % 2)).collect();
        let together: Vec<f64> = (0..40).map(|at| f64::from(at / 20)).collect();
        assert!(average(&together).unwrap().error > 2.0 * average(&apart).unwrap().error);
    }

    #[test]
    fn nothing_finite_has_no_level() {
        assert_eq!(average(&[f64::NAN]), None);
        assert_eq!(median([f64::NAN].into_iter()), None);
    }
}
