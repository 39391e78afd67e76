//! What metrics have recorded: a summary for each minute.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Time;

/// Seconds of the finest resolution kept: standard metrics have no finer one.
pub(super) const MINUTE: i64 = 60;

/// How long a minute is kept, in seconds: 15 days (GetMetricData, "Metrics retention").
const KEPT: i64 = 15 * 86_400;

/// Which metric: CloudWatch takes dimensions in any order for the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::world) struct MetricId {
    /// Its namespace.
    pub(in crate::world) namespace: String,
    /// Its name.
    pub(in crate::world) name: String,
    /// Its dimensions.
    pub(in crate::world) dimensions: BTreeMap<String, String>,
}

/// How a period's samples become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Statistic {
    /// The mean.
    Average,
    /// The total.
    Sum,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
    /// How many.
    SampleCount,
}

impl Statistic {
    /// CloudWatch's own word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Average => "Average",
            Self::Sum => "Sum",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::SampleCount => "SampleCount",
        }
    }
}

/// The samples of a span of time, as far as statistics need them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::world) struct Summary {
    /// Their total.
    pub(in crate::world) sum: f64,
    /// How many.
    pub(in crate::world) count: f64,
    /// The smallest.
    pub(in crate::world) minimum: f64,
    /// The largest.
    pub(in crate::world) maximum: f64,
}

impl Summary {
    /// `count` samples of one value.
    pub(in crate::world) fn of(value: f64, count: f64) -> Self {
        Self { sum: value * count, count, minimum: value, maximum: value }
    }

    /// These samples and `other`'s.
    fn with(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            count: self.count + other.count,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
        }
    }

    /// One number for them.
    pub(super) fn statistic(self, statistic: Statistic) -> f64 {
        match statistic {
            Statistic::Average => self.sum / self.count,
            Statistic::Sum => self.sum,
            Statistic::Minimum => self.minimum,
            Statistic::Maximum => self.maximum,
            Statistic::SampleCount => self.count,
        }
    }
}

/// Every metric's minutes.
#[derive(Debug, Default)]
pub(super) struct Metrics(BTreeMap<MetricId, BTreeMap<i64, Summary>>);

impl Metrics {
    /// Record samples of the minute that `time` is in.
    pub(super) fn record(&mut self, id: MetricId, time: Time, samples: Summary) {
        let minute = time.unix_timestamp().div_euclid(MINUTE) * MINUTE;
        let minutes = self.0.entry(id).or_default();
        let kept = minutes.split_off(&(minute - KEPT));
        *minutes = kept;
        minutes.entry(minute).and_modify(|known| *known = known.with(samples)).or_insert(samples);
    }

    /// The samples from `from` until before `from + period`, both in seconds; none if
    /// there is none.
    pub(super) fn summary(&self, id: &MetricId, from: i64, period: i64) -> Option<Summary> {
        let minutes = self.0.get(id)?.range(from..from + period);
        minutes.map(|(_, summary)| *summary).reduce(Summary::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;

    fn id(name: &str) -> MetricId {
        MetricId {
            namespace: "AWS/ECS".to_owned(),
            name: name.to_owned(),
            dimensions: BTreeMap::new(),
        }
    }

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + Duration::seconds(seconds)
    }

    #[test]
    fn samples_of_a_period_have_five_statistics() {
        let mut metrics = Metrics::default();
        metrics.record(id("CPU"), at(0), Summary::of(10.0, 3.0));
        metrics.record(id("CPU"), at(59), Summary::of(50.0, 1.0));
        metrics.record(id("CPU"), at(60), Summary::of(90.0, 1.0));
        let minute = metrics.summary(&id("CPU"), 0, 60).unwrap();
        for (statistic, value) in [
            (Statistic::Average, 20.0),
            (Statistic::Sum, 80.0),
            (Statistic::Minimum, 10.0),
            (Statistic::Maximum, 50.0),
            (Statistic::SampleCount, 4.0),
        ] {
            assert_eq!(minute.statistic(statistic), value, "{}", statistic.as_str());
        }
        let both = metrics.summary(&id("CPU"), 0, 120).unwrap();
        assert_eq!(both.statistic(Statistic::Sum), 170.0);
        assert_eq!(metrics.summary(&id("CPU"), 120, 60), None);
        assert_eq!(metrics.summary(&id("Memory"), 0, 60), None);
    }

    #[test]
    fn a_minute_is_forgotten_after_15_days() {
        let mut metrics = Metrics::default();
        metrics.record(id("CPU"), at(0), Summary::of(1.0, 1.0));
        metrics.record(id("CPU"), at(KEPT), Summary::of(1.0, 1.0));
        assert!(metrics.summary(&id("CPU"), 0, 60).is_some());
        metrics.record(id("CPU"), at(KEPT + 60), Summary::of(1.0, 1.0));
        assert_eq!(metrics.summary(&id("CPU"), 0, 60), None);
    }
}
