//! Values over time.

use std::collections::BTreeMap;
use std::ops::Range;

/// A time series: the start of each period that has a value, in seconds, and the value.
pub(crate) type Series = BTreeMap<i64, f64>;

/// The periods that a query is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grid {
    /// The start of each, in seconds, oldest first.
    pub(crate) times: Vec<i64>,
    /// Seconds of each.
    pub(crate) period: i64,
}

impl Grid {
    /// The seconds from the first period to the end of the last; none without periods.
    pub(crate) fn span(&self) -> Option<Range<i64>> {
        Some(*self.times.first()?..self.times.last()? + self.period)
    }
}

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// One number.
    Scalar(f64),
    /// A time series.
    Series(Series),
    /// An array of time series.
    Array(Vec<Series>),
}
