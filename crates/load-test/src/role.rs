//! What columns are, and in what they are recorded.

use serde::Serialize;

use crate::data::Unit;

/// What a column is in a load test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// When.
    Time,
    /// Running tasks.
    Tasks,
    /// Requests or jobs that arrive.
    Demand,
    /// Average latency.
    LatencyMean,
    /// Median of latency.
    LatencyP50,
    /// 95th percentile of latency.
    LatencyP95,
    /// 99th percentile of latency.
    LatencyP99,
    /// What fails.
    Errors,
    /// Requests or jobs that are completed.
    Completed,
    /// A candidate to scale on.
    Metric,
}

/// In what values are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Seconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Millionths of a second.
    Microseconds,
    /// So many a second.
    PerSecond,
    /// So many a minute.
    PerMinute,
    /// So many since the sample before.
    PerSample,
    /// 0 to 1.
    Share,
    /// 0 to 100.
    Percent,
    /// Things.
    Count,
    Bytes,
}

/// Roles by the words of the flags.
pub(crate) const ROLES: [(&str, Role); 10] = [
    ("time", Role::Time),
    ("tasks", Role::Tasks),
    ("demand", Role::Demand),
    ("mean", Role::LatencyMean),
    ("p50", Role::LatencyP50),
    ("p95", Role::LatencyP95),
    ("p99", Role::LatencyP99),
    ("errors", Role::Errors),
    ("completed", Role::Completed),
    ("metric", Role::Metric),
];

/// Measures by the words of the flags.
pub(crate) const MEASURES: [(&str, Measure); 12] = [
    ("s", Measure::Seconds),
    ("seconds", Measure::Seconds),
    ("ms", Measure::Milliseconds),
    ("us", Measure::Microseconds),
    ("second", Measure::PerSecond),
    ("per_second", Measure::PerSecond),
    ("minute", Measure::PerMinute),
    ("sample", Measure::PerSample),
    ("share", Measure::Share),
    ("percent", Measure::Percent),
    ("count", Measure::Count),
    ("bytes", Measure::Bytes),
];

/// What `--unit latency=ms` calls all of them.
pub(crate) const LATENCY: &str = "latency";

impl Role {
    /// Its word in a flag.
    pub(crate) fn word(self) -> &'static str {
        ROLES.iter().find(|(_, role)| *role == self).map_or("metric", |(word, _)| word)
    }

    /// In words.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Time => "the time",
            Self::Tasks => "the number of running tasks",
            Self::Demand => "the demand",
            Self::LatencyMean => "the average latency",
            Self::LatencyP50 => "the median of latency",
            Self::LatencyP95 => "the 95th percentile of latency",
            Self::LatencyP99 => "the 99th percentile of latency",
            Self::Errors => "the errors",
            Self::Completed => "what is completed",
            Self::Metric => "a metric",
        }
    }

    pub(crate) const fn is_latency(self) -> bool {
        matches!(self, Self::LatencyMean | Self::LatencyP50 | Self::LatencyP95 | Self::LatencyP99)
    }

    /// Its word in `--unit`.
    pub(crate) fn unit_word(self) -> &'static str {
        if self.is_latency() { LATENCY } else { self.word() }
    }

    pub(crate) fn takes(self, measure: Measure) -> bool {
        use Measure::{
            Bytes, Count, Microseconds, Milliseconds, PerMinute, PerSample, PerSecond, Percent,
            Seconds, Share,
        };
        match self {
            Self::Time | Self::Tasks => false,
            Self::LatencyMean | Self::LatencyP50 | Self::LatencyP95 | Self::LatencyP99 => {
                matches!(measure, Seconds | Milliseconds | Microseconds)
            }
            Self::Demand | Self::Completed => matches!(measure, PerSecond | PerMinute | PerSample),
            Self::Errors => {
                matches!(measure, Share | Percent | PerSecond | PerMinute | PerSample)
            }
            Self::Metric => {
                matches!(measure, Share | Percent | Count | PerSecond | Bytes | Seconds)
            }
        }
    }
}

impl Measure {
    /// In words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Seconds => "in seconds",
            Self::Milliseconds => "in milliseconds",
            Self::Microseconds => "in microseconds",
            Self::PerSecond => "a second",
            Self::PerMinute => "a minute",
            Self::PerSample => "a sample",
            Self::Share => "as a share of 1",
            Self::Percent => "in percent",
            Self::Count => "as a count",
            Self::Bytes => "in bytes",
        }
    }

    /// As a metric's unit.
    pub(crate) const fn unit(self) -> Unit {
        match self {
            Self::Share | Self::Percent => Unit::Percent,
            Self::Count => Unit::Count,
            Self::PerSecond => Unit::PerSecond,
            Self::Bytes => Unit::Bytes,
            Self::Seconds => Unit::Seconds,
            _ => Unit::Unknown,
        }
    }
}
