//! Samples that arrive late. The newest minutes of a metric are incomplete for up to two minutes
//! (<https://github.com/kedacore/keda/issues/2242>,
//! <https://github.com/Netflix/atlas/issues/1300>); alarms and GetMetricData see what has arrived.

use std::ops::RangeInclusive;

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde::Deserialize;

use crate::metrics::Summary;

/// Which samples of a metric arrive late.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LateSamples {
    /// The metric's name (default: every metric).
    #[serde(default)]
    pub metric: Option<String>,
    /// In how many percent of its minutes samples are late.
    pub minutes_percent: u32,
    /// How many percent of such a minute's samples are, rounded up: 100 is the whole minute.
    pub samples_percent: RangeInclusive<u32>,
    /// How many seconds after the end of the minute they arrive.
    pub seconds: RangeInclusive<u64>,
}

/// A minute's samples that are late, and how many seconds after its end they arrive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Late {
    pub(crate) samples: Summary,
    pub(crate) seconds: u64,
}

impl LateSamples {
    /// Part the samples of one minute of metric `name` into those that arrive in time and those
    /// that are late; the first of `rules` that is about the metric decides.
    pub(crate) fn part(
        rules: &[Self],
        name: &str,
        samples: Summary,
        chance: &mut StdRng,
    ) -> (Option<Summary>, Option<Late>) {
        let about = |rule: &&Self| rule.metric.as_deref().is_none_or(|metric| metric == name);
        let Some(rule) = rules.iter().find(about) else { return (Some(samples), None) };
        if chance.random_range(0..100) >= rule.minutes_percent {
            return (Some(samples), None);
        }
        let percent = f64::from(chance.random_range(rule.samples_percent.clone()));
        let count = (samples.count * percent / 100.0).ceil().min(samples.count);
        let late = (count > 0.0).then(|| Late {
            samples: samples.of_these(count),
            seconds: chance.random_range(rule.seconds.clone()),
        });
        let rest = samples.count - count;
        ((rest > 0.0).then(|| samples.of_these(rest)), late)
    }
}
