//! What metrics have recorded: a summary for each minute, or for each 20 seconds.

use std::collections::BTreeMap;
use std::ops::Range;

use region_core::Time;
use serde::{Deserialize, Serialize};

use crate::account::Resolution;
use crate::units::UNITS;

/// Seconds of the standard resolution.
pub(crate) const MINUTE: i64 = 60;

/// Seconds of the high resolution of ECS, the only one that metrics here can have.
pub(crate) const THIRD: i64 = 20;

/// How long samples are kept, in seconds: 15 days, as those of a minute (GetMetricData, "Metrics
/// retention").
const KEPT: i64 = 15 * 86_400;

/// Which metric: CloudWatch takes dimensions in any order for the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MetricId {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: BTreeMap<String, String>,
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
    /// The median.
    #[serde(rename = "p50")]
    P50,
    /// What 95 of a hundred samples do not pass.
    #[serde(rename = "p95")]
    P95,
    /// What 99 of a hundred samples do not pass.
    #[serde(rename = "p99")]
    P99,
}

impl Statistic {
    /// CloudWatch's own word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Average => "Average",
            Self::Sum => "Sum",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::SampleCount => "SampleCount",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }

    /// Whether it is one of those that PutMetricAlarm takes as ExtendedStatistic.
    pub(crate) fn is_percentile(self) -> bool {
        matches!(self, Self::P50 | Self::P95 | Self::P99)
    }
}

/// The samples of a span of time, as far as statistics need them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    /// Their total.
    pub(crate) sum: f64,
    /// How many.
    pub(crate) count: f64,
    /// The smallest.
    pub(crate) minimum: f64,
    /// The largest.
    pub(crate) maximum: f64,
}

impl Summary {
    /// `count` samples of one value.
    pub(crate) fn of(value: f64, count: f64) -> Self {
        Self { sum: value * count, count, minimum: value, maximum: value }
    }

    /// `count` of these samples, all of them taken to be alike.
    pub(crate) fn of_these(self, count: f64) -> Self {
        Self { sum: self.sum * count / self.count, count, ..self }
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

    /// One number for them. A summary has percentiles only if all its samples are the same.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html>
    pub(crate) fn statistic(self, statistic: Statistic) -> Option<f64> {
        match statistic {
            Statistic::Average => Some(self.sum / self.count),
            Statistic::Sum => Some(self.sum),
            Statistic::Minimum => Some(self.minimum),
            Statistic::Maximum => Some(self.maximum),
            Statistic::SampleCount => Some(self.count),
            Statistic::P50 | Statistic::P95 | Statistic::P99 => {
                (self.minimum == self.maximum).then_some(self.minimum)
            }
        }
    }
}

/// Samples of one metric that were measured in the span of `time`.
#[derive(Debug)]
pub(crate) struct Sampled {
    pub(crate) id: MetricId,
    pub(crate) unit: &'static str,
    pub(crate) time: Time,
    pub(crate) resolution: Resolution,
    pub(crate) samples: Summary,
}

/// The samples of a span, by their unit: those of several units are not aggregated.
type Span = BTreeMap<&'static str, Summary>;

/// The spans of every metric, by their start in seconds.
#[derive(Debug, Default)]
pub(crate) struct Metrics(BTreeMap<MetricId, BTreeMap<i64, Span>>);

impl Metrics {
    /// Record samples of the span that `time` is in.
    pub(crate) fn record(&mut self, Sampled { id, unit, time, resolution, samples }: Sampled) {
        let start = start_of(time, resolution.seconds());
        let spans = self.0.entry(id).or_default();
        let kept = spans.split_off(&(start - KEPT));
        *spans = kept;
        let units = spans.entry(start).or_default();
        units.entry(unit).and_modify(|known| *known = known.with(samples)).or_insert(samples);
    }

    /// The units of the samples in a span of seconds, in CloudWatch's order.
    pub(crate) fn units(&self, id: &MetricId, span: Range<i64>) -> Vec<&'static str> {
        let Some(spans) = self.0.get(id) else { return Vec::new() };
        let has = |unit: &&str| spans.range(span.clone()).any(|(_, at)| at.contains_key(unit));
        UNITS.into_iter().filter(has).collect()
    }

    /// The samples of this unit from `from` until before `from + period`, both in seconds; none if
    /// there is none.
    pub(crate) fn summary(
        &self,
        id: &MetricId,
        unit: &str,
        from: i64,
        period: i64,
    ) -> Option<Summary> {
        let spans = self.0.get(id)?.range(from..from + period);
        spans.filter_map(|(_, units)| units.get(unit).copied()).reduce(Summary::with)
    }
}

/// The start, in seconds, of the span of this length that `time` is in.
pub(crate) fn start_of(time: Time, length: i64) -> i64 {
    time.unix_timestamp().div_euclid(length) * length
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

    fn sampled(seconds: i64, unit: &'static str, samples: Summary) -> Sampled {
        let time = Time::UNIX_EPOCH + Duration::seconds(seconds);
        Sampled { id: id("CPU"), unit, time, resolution: Resolution::Minute, samples }
    }

    #[test]
    fn samples_of_a_period_have_five_statistics_and_the_same_ones_percentiles() {
        let mut metrics = Metrics::default();
        metrics.record(sampled(0, "Percent", Summary::of(10.0, 3.0)));
        metrics.record(sampled(59, "Percent", Summary::of(50.0, 1.0)));
        metrics.record(sampled(60, "Percent", Summary::of(90.0, 1.0)));
        let minute = metrics.summary(&id("CPU"), "Percent", 0, 60).unwrap();
        for (statistic, value) in [
            (Statistic::Average, Some(20.0)),
            (Statistic::Sum, Some(80.0)),
            (Statistic::Minimum, Some(10.0)),
            (Statistic::Maximum, Some(50.0)),
            (Statistic::SampleCount, Some(4.0)),
            (Statistic::P95, None),
        ] {
            assert_eq!(minute.statistic(statistic), value, "{}", statistic.as_str());
        }
        let both = metrics.summary(&id("CPU"), "Percent", 0, 120).unwrap();
        assert_eq!(both.statistic(Statistic::Sum), Some(170.0));
        let same = metrics.summary(&id("CPU"), "Percent", 60, 60).unwrap();
        assert_eq!(same.statistic(Statistic::P95), Some(90.0));
        assert_eq!(metrics.summary(&id("CPU"), "Percent", 120, 60), None);
        assert_eq!(metrics.summary(&id("CPU"), "Count", 0, 60), None);
        assert_eq!(metrics.summary(&id("Memory"), "Percent", 0, 60), None);
    }

    #[test]
    fn samples_of_20_seconds_are_kept_separately_and_make_a_minute() {
        let mut metrics = Metrics::default();
        for (seconds, value) in [(0, 10.0), (20, 20.0), (40, 60.0)] {
            let sampled = sampled(seconds, "Percent", Summary::of(value, 2.0));
            metrics.record(Sampled { resolution: Resolution::Third, ..sampled });
        }
        let mean = |from, period| {
            metrics.summary(&id("CPU"), "Percent", from, period)?.statistic(Statistic::Average)
        };
        assert_eq!(mean(0, 20), Some(10.0));
        assert_eq!(mean(40, 20), Some(60.0));
        assert_eq!(mean(0, 60), Some(30.0));
        assert_eq!(mean(60, 20), None);
    }

    #[test]
    fn a_minute_is_forgotten_after_15_days() {
        let mut metrics = Metrics::default();
        metrics.record(sampled(0, "None", Summary::of(1.0, 1.0)));
        metrics.record(sampled(KEPT, "None", Summary::of(1.0, 1.0)));
        assert!(metrics.summary(&id("CPU"), "None", 0, 60).is_some());
        metrics.record(sampled(KEPT + 60, "None", Summary::of(1.0, 1.0)));
        assert_eq!(metrics.summary(&id("CPU"), "None", 0, 60), None);
    }
}
