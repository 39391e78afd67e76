//! The lags of drains.

use scenarios::report::Drain;
use time::Duration;

use crate::outcome::median;
use crate::target::Target;

/// Lags in ascending order.
#[derive(Debug, Clone, Default)]
pub(super) struct Lags(Vec<Duration>);

impl Lags {
    pub(super) fn add<'a>(&mut self, drains: impl IntoIterator<Item = &'a Drain>) {
        self.0.extend(drains.into_iter().filter_map(Drain::lag));
        self.0.sort();
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// In seconds; infinite if there is none, so that it misses every bound.
    pub(super) fn median(&self) -> f64 {
        median(&self.0).map_or(f64::INFINITY, |lag| lag.as_seconds_f64())
    }

    /// Like [`Self::median`].
    pub(super) fn longest(&self) -> f64 {
        self.0.last().map_or(f64::INFINITY, |lag| lag.as_seconds_f64())
    }

    /// Bounds of the median and of the longest lag, as multiples of those of `base`.
    pub(super) fn at_most(
        &self,
        what: &str,
        base: &Self,
        median: f64,
        longest: f64,
    ) -> Vec<Target> {
        let ratio = |name: &str, measured: f64, most| Target {
            what: format!("{what}: {name} lag, ratio"),
            measured,
            most,
        };
        vec![
            ratio("median", self.median() / base.median(), median),
            ratio("longest", self.longest() / base.longest(), longest),
        ]
    }
}
