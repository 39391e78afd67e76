//! What random runs of drains add up to.

use std::fmt;

use serde::{Serialize, Serializer};
use time::Duration;

use crate::random;
use crate::rehearsal::MadeBy;

/// The figures of one run or of many.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// The number of instances that the hook held.
    pub drains: usize,
    /// The time from the last container's stop to the release, for each instance that was released
    /// empty, and the seed of its run.
    pub lags: Vec<(Duration, u64)>,
    /// The kinds of calls that each function made.
    pub made: MadeBy,
}

/// The distribution of lags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    pub median: Duration,
    pub longest: Duration,
    /// The seed of the run with the longest.
    pub seed: u64,
}

impl Figures {
    /// The distribution of the lags, if an instance was released empty.
    pub fn lag(&self) -> Option<Lag> {
        let mut lags = self.lags.clone();
        lags.sort_unstable();
        let (median, _) = *lags.get(lags.len() / 2)?;
        let (longest, seed) = *lags.last()?;
        Some(Lag { median, longest, seed })
    }
}

impl random::Figures for Figures {
    fn add(&mut self, other: Self) {
        self.drains += other.drains;
        self.lags.extend(other.lags);
        for (function, made) in other.made {
            self.made.entry(function).or_default().extend(made);
        }
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Summary {
            drains: usize,
            median_lag_seconds: Option<f64>,
            longest_lag_seconds: Option<f64>,
            longest_lag_seed: Option<u64>,
        }
        let lag = self.lag();
        let summary = Summary {
            drains: self.drains,
            median_lag_seconds: lag.map(|lag| lag.median.as_seconds_f64()),
            longest_lag_seconds: lag.map(|lag| lag.longest.as_seconds_f64()),
            longest_lag_seed: lag.map(|lag| lag.seed),
        };
        summary.serialize(serializer)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} drains", self.drains)?;
        let Some(Lag { median, longest, seed }) = self.lag() else { return Ok(()) };
        let (median, longest) = (median.as_seconds_f64(), longest.as_seconds_f64());
        write!(
            f,
            ", lag from the last container's stop: median {median:.1} s, longest {longest:.1} s \
             (seed {seed})"
        )
    }
}
