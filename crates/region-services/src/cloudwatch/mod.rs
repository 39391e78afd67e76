//! Amazon CloudWatch: metrics, alarms and what they set off.

mod alarm;
mod api;
mod change;
mod data;
mod evaluation;
mod late;
mod math;
mod measure;
mod metrics;
mod minute;
mod notification;
mod order;
mod put;
mod query;
mod reason;
mod rule;
mod show;
mod suppression;

use std::collections::BTreeMap;

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use self::alarm::Alarm;
use self::measure::{Load, Measured};
use self::metrics::Metrics;
use super::wording::uuid;
use region_core::Time;

pub use self::alarm::StateValue;
pub use self::data::{MetricDatum, PutMetricData, StatisticSet};
pub use self::evaluation::{Comparison, TreatMissingData};
pub use self::late::LateSamples;
pub use self::measure::{LoadMetric, SetLoad};
pub use self::metrics::Statistic;
pub use self::order::{PutCompositeAlarm, PutMetricAlarm};
pub use self::query::{Dimension, Metric, MetricDataQuery, MetricStat};

/// Everything CloudWatch knows.
#[derive(Debug)]
pub(super) struct CloudWatch {
    metrics: Metrics,
    /// By name.
    alarms: BTreeMap<String, Alarm>,
    /// By cluster and service.
    loads: BTreeMap<(String, String), Load>,
    /// Measured, by when it can be read.
    unpublished: BTreeMap<Time, Measured>,
    /// Minutes are seen.
    awake: bool,
    /// Its own, so that an alarm changes nothing of what chance does elsewhere.
    rng: StdRng,
}

impl CloudWatch {
    /// No metrics and no alarms.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            metrics: Metrics::default(),
            alarms: BTreeMap::new(),
            loads: BTreeMap::new(),
            unpublished: BTreeMap::new(),
            awake: false,
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// The id of something that changes nothing of what chance does elsewhere.
    pub(super) fn uuid(&mut self) -> String {
        uuid(&mut self.rng)
    }
}
