//! Demand over time.

use crate::error::BadInput;
use crate::shape::Shape;

/// The most points of a series: a year of minutes.
const MOST_POINTS: usize = 366 * 1_440;

/// Requests per second over time, from second 0 to [`Load::seconds`].
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    source: Source,
    /// The second of the source with which it begins.
    begin: f64,
    seconds: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Source {
    Shape(Shape),
    /// The rate of each period, which stays until the next.
    Series {
        rates: Vec<f64>,
        period: f64,
    },
}

impl Load {
    /// A load by its shape, such as `spike:base=50,peak=500,at=30m,for=5m`.
    ///
    /// # Errors
    /// The shape or a parameter of it is unknown.
    pub fn shape(text: &str) -> Result<Self, BadInput> {
        let (shape, seconds) = Shape::read(text)?;
        Ok(Self { source: Source::Shape(shape), begin: 0.0, seconds })
    }

    /// A load by its requests per second in consecutive periods of `period` seconds.
    ///
    /// # Errors
    /// There are no points or too many, one is negative, or the period is not positive.
    pub fn series(rates: Vec<f64>, period: f64) -> Result<Self, BadInput> {
        let bad = |problem: String| Err(BadInput::new("load", problem));
        if !(period > 0.0 && period <= 86_400.0) {
            return bad(format!("a period of {period} s is not above 0 and up to a day"));
        }
        if rates.is_empty() || rates.len() > MOST_POINTS {
            return bad(format!("{} points are not 1 to {MOST_POINTS}", rates.len()));
        }
        if let Some(place) = rates.iter().position(|rate| !(0.0..=1e9).contains(rate)) {
            return bad(format!("point {} is not from 0 to 1000000000 a second", place + 1));
        }
        let seconds = period * rates.len() as f64;
        Ok(Self { source: Source::Series { rates, period }, begin: 0.0, seconds })
    }

    /// A load by requests per second at times in seconds, in order. A rate stays until the next; one
    /// that is missing (NaN) does not change it.
    ///
    /// # Errors
    /// There are fewer than two samples, too many for their distances, or a rate is negative.
    pub fn samples(times: &[f64], rates: &[f64]) -> Result<Self, BadInput> {
        let steps = times.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?));
        let mut steps: Vec<f64> = steps.filter(|step| *step > 0.0).collect();
        let middle = steps.len() / 2;
        if steps.is_empty() {
            return Err(BadInput::new("load", "has fewer than two times"));
        }
        let period = steps.select_nth_unstable_by(middle, f64::total_cmp).1.to_owned();
        let (begin, end) = (times.first(), times.last());
        let span = end.zip(begin).map_or(0.0, |(end, begin)| end - begin) + period;
        let count = (span / period).round();
        if count > MOST_POINTS as f64 {
            return Err(BadInput::new("load", "its times are too far apart"));
        }
        let mut samples = times.iter().zip(rates).filter(|(_, rate)| !rate.is_nan()).peekable();
        let mut last = samples.peek().map_or(0.0, |(_, rate)| **rate);
        let begin = begin.copied().unwrap_or_default();
        let rates = (0..count as usize).map(|place| {
            let until = begin + (place as f64 + 0.5) * period;
            while let Some((_, rate)) = samples.next_if(|(time, _)| **time < until) {
                last = *rate;
            }
            last
        });
        Self::series(rates.collect(), period)
    }

    /// The part from one second up to another, within the load.
    #[must_use]
    pub fn part(&self, from: f64, to: f64) -> Self {
        let from = from.clamp(0.0, self.seconds);
        let seconds = to.clamp(from, self.seconds) - from;
        Self { source: self.source.clone(), begin: self.begin + from, seconds }
    }

    /// How long it lasts.
    pub const fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Requests per second at a time; those of the end after it.
    pub fn at(&self, second: f64) -> f64 {
        let second = self.begin + second.max(0.0);
        match &self.source {
            Source::Shape(shape) => shape.at(second),
            Source::Series { rates, period } => {
                let place = (second / period) as usize;
                rates.get(place).or(rates.last()).copied().unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_stays_for_its_period() {
        let load = Load::series(vec![1.0, 3.0], 60.0).unwrap();
        assert_eq!(load.seconds(), 120.0);
        assert_eq!([0.0, 59.9, 60.0, 500.0].map(|at| load.at(at)), [1.0, 1.0, 3.0, 3.0]);
    }

    #[test]
    fn a_part_begins_where_it_is_cut() {
        let load = Load::series(vec![1.0, 2.0, 3.0, 4.0], 60.0).unwrap().part(60.0, 180.0);
        assert_eq!(load.seconds(), 120.0);
        assert_eq!([0.0, 60.0].map(|at| load.at(at)), [2.0, 3.0]);
        assert_eq!((load.part(60.0, 999.0).seconds(), load.part(60.0, 999.0).at(0.0)), (60.0, 3.0));
    }

    #[test]
    fn samples_may_be_late_or_missing() {
        let times = [0.0, 60.0, 121.0, 300.0];
        let load = Load::samples(&times, &[1.0, 2.0, f64::NAN, 5.0]).unwrap();
        assert_eq!(load.seconds(), 366.0);
        let at = [0.0, 61.0, 122.0, 200.0, 305.0].map(|at| load.at(at));
        assert_eq!(at, [1.0, 2.0, 2.0, 2.0, 5.0]);
        let problem = |times: &[f64]| Load::samples(times, &[1.0, 2.0]).unwrap_err().to_string();
        assert_eq!(problem(&[0.0]), "load: has fewer than two times");
    }

    #[test]
    fn bad_series_are_refused() {
        let problem =
            |rates: &[f64], period| Load::series(rates.to_vec(), period).unwrap_err().to_string();
        assert_eq!(problem(&[], 60.0), "load: 0 points are not 1 to 527040");
        assert!(problem(&[1.0, -2.0], 60.0).starts_with("load: point 2 is not"));
        assert!(problem(&[1.0, f64::NAN], 60.0).starts_with("load: point 2 is not"));
        assert!(problem(&[1.0], 0.0).starts_with("load: a period of 0 s"));
    }
}
