//! The response times of many requests, in little memory.

use std::fmt;
use std::ops::RangeInclusive;

use sketches_ddsketch::{Config, DDSketch};

use crate::data::Quantile;

/// Quantiles are right within a hundredth of their value.
const ACCURACY: f64 = 0.01;

/// As many bins as hold [`SECONDS`] at that accuracy, with some to spare.
const MOST_BINS: u32 = 2048;

/// The range of response times. Others count as the nearest in the range.
const SECONDS: RangeInclusive<f64> = 1e-6..=1e6;

/// Response times whose quantiles are accurate within 1% of their value, also after merging.
#[derive(Clone, Default)]
pub struct Sketch(Option<Box<DDSketch>>);

impl Sketch {
    /// One more, in seconds.
    pub fn add(&mut self, seconds: f64) {
        if seconds.is_nan() {
            return;
        }
        let config = || Config::new(ACCURACY, MOST_BINS, *SECONDS.start() / 2.0);
        let sketch = self.0.get_or_insert_with(|| Box::new(DDSketch::new(config())));
        sketch.add(seconds.clamp(*SECONDS.start(), *SECONDS.end()));
    }

    /// Those of another as well.
    pub fn merge(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            // Both have the one configuration, without which they could not be merged.
            (Some(all), Some(other)) => all.merge(other).unwrap_or_default(),
            (all @ None, Some(other)) => *all = Some(other.clone()),
            (_, None) => {}
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.as_ref().map_or(0, |sketch| sketch.count())
    }

    /// A statistic in seconds; `None` if there is no response time.
    pub fn quantile(&self, quantile: Quantile) -> Option<f64> {
        let sketch = self.0.as_ref()?;
        let count = sketch.count();
        let at = match quantile {
            Quantile::Mean => return Some(sketch.sum()? / count as f64),
            Quantile::P50 => 0.50,
            Quantile::P95 => 0.95,
            Quantile::P99 => 0.99,
        };
        // Between the two times on either side, as k6 and most statistics packages have it: of few
        // requests these are far apart.
        let rank = at * count.saturating_sub(1) as f64;
        let of = |rank: f64| {
            // The sketch rounds down; the middle of a rank is safe from errors of rounding.
            let share = (rank + 0.5) / count.saturating_sub(1).max(1) as f64;
            let time = sketch.quantile(share.min(1.0)).ok().flatten()?;
            // A bin's value may be beyond the times in it.
            Some(time.max(sketch.min()?).min(sketch.max()?))
        };
        let (lower, upper) = (of(rank.floor())?, of(rank.ceil())?);
        Some((lower + (upper - lower) * rank.fract()).min(upper))
    }
}

impl Sketch {
    fn statistics(&self) -> (usize, [Option<f64>; 4]) {
        let all = [Quantile::Mean, Quantile::P50, Quantile::P95, Quantile::P99];
        (self.count(), all.map(|quantile| self.quantile(quantile)))
    }
}

impl fmt::Debug for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sketch").field(&self.statistics()).finish()
    }
}

impl PartialEq for Sketch {
    fn eq(&self, other: &Self) -> bool {
        self.statistics() == other.statistics()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(times: &[f64]) -> Sketch {
        let mut sketch = Sketch::default();
        times.iter().for_each(|seconds| sketch.add(*seconds));
        sketch
    }

    #[test]
    fn equal_times_have_equal_quantiles() {
        for count in [1, 2, 59, 60, 61] {
            let sketch = of(&vec![0.02; count]);
            assert_eq!(sketch.quantile(Quantile::P95), sketch.quantile(Quantile::P99));
            assert_eq!(sketch.quantile(Quantile::P50), Some(0.02));
        }
    }

    #[test]
    fn without_a_time_there_is_no_quantile() {
        assert_eq!(of(&[]).quantile(Quantile::P95), None);
        assert_eq!(of(&[f64::NAN]), Sketch::default());
    }

    proptest! {
        #[test]
        fn quantiles_of_merged_sketches_are_those_of_all_times(
            times in proptest::collection::vec(1e-4..1e3_f64, 1..400),
            cut in 0..400_usize,
        ) {
            let (left, right) = times.split_at(cut.min(times.len()));
            let mut merged = of(left);
            merged.merge(&of(right));
            prop_assert_eq!(merged.count(), times.len());
            let mut sorted = times.clone();
            sorted.sort_by(f64::total_cmp);
            for (quantile, at) in [(Quantile::P50, 0.5), (Quantile::P95, 0.95), (Quantile::P99, 0.99)] {
                let rank = at * (times.len() - 1) as f64;
                let (lower, upper) = (sorted[rank.floor() as usize], sorted[rank.ceil() as usize]);
                let exact = lower + (upper - lower) * rank.fract();
                let told = merged.quantile(quantile).unwrap();
                prop_assert!((told / exact - 1.0).abs() <= ACCURACY * 1.001, "{told} for {exact}");
            }
        }
    }
}
