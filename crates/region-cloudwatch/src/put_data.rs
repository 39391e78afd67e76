//! Metric data that is put.

use region_core::Time;
use region_core::api::ApiError;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::Resolution;
use crate::cloudwatch::CloudWatch;
use crate::error::{invalid, validation};
use crate::metrics::{Sampled, Summary};
use crate::put_checks;
use crate::query::{Dimension, Metric};
use crate::units;

/// Metric data to put, after API_PutMetricData.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutMetricData {
    /// The namespace of all of it.
    pub namespace: String,
    #[serde(default)]
    pub metric_data: Vec<MetricDatum>,
}

/// Samples of one metric: one value, several, or a summary.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricDatum {
    /// The metric's name.
    pub metric_name: String,
    pub dimensions: Vec<Dimension>,
    /// When, in seconds since 1970 (default: now).
    pub timestamp: Option<f64>,
    /// One value.
    pub value: Option<f64>,
    /// Several values.
    pub values: Vec<f64>,
    /// How often each of them (default: once).
    pub counts: Vec<f64>,
    /// A summary.
    pub statistic_values: Option<StatisticSet>,
    /// Default: `None`.
    pub unit: Option<String>,
    /// 60; the region keeps nothing finer.
    pub storage_resolution: Option<u32>,
}

/// A summary of samples.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StatisticSet {
    /// How many.
    pub sample_count: f64,
    /// Their total.
    pub sum: f64,
    /// The smallest.
    pub minimum: f64,
    /// The largest.
    pub maximum: f64,
}

impl MetricDatum {
    fn summaries(&self) -> Vec<Summary> {
        let counts = self.counts.iter().copied().chain(std::iter::repeat(1.0));
        let values = self.value.map(|value| Summary::of(value, 1.0)).into_iter();
        let several =
            self.values.iter().zip(counts).map(|(value, count)| Summary::of(*value, count));
        let set = self.statistic_values.map(|set| Summary {
            sum: set.sum,
            count: set.sample_count,
            minimum: set.minimum,
            maximum: set.maximum,
        });
        values.chain(several).chain(set).collect()
    }
}

/// A time in seconds since 1970.
fn moment(seconds: f64) -> Option<Time> {
    Time::from_unix_timestamp_nanos((seconds * 1e9) as i128).ok()
}

impl CloudWatch {
    /// Record samples, unless some are invalid. They may be of any namespace and as old as a test
    /// likes.
    ///
    /// # Errors
    /// Those of PutMetricData for a datum, and `ValidationError` for a time that is none.
    pub fn put_metric_data(&mut self, now: Time, order: PutMetricData) -> Result<(), ApiError> {
        put_checks::data(&order.metric_data)?;
        let mut all = Vec::new();
        for datum in order.metric_data {
            let time = datum.timestamp.map_or(Some(now), moment);
            let time = time.ok_or_else(|| validation("Timestamp is no time"))?;
            let summaries = datum.summaries();
            let unit = datum.unit.as_deref().and_then(units::unit).unwrap_or(units::NONE);
            let (namespace, metric_name) = (order.namespace.clone(), datum.metric_name);
            let metric = Metric { namespace, metric_name, dimensions: datum.dimensions };
            let resolution = Resolution::Minute;
            let sampled = |samples| Sampled { id: metric.id(), unit, time, resolution, samples };
            all.extend(summaries.into_iter().map(sampled));
        }
        all.into_iter().for_each(|sampled| self.metrics.record(sampled));
        Ok(())
    }

    pub(crate) fn put_metric_data_call(
        &mut self,
        now: Time,
        input: &Value,
    ) -> Result<Value, ApiError> {
        put_checks::request(now, input)?;
        let order = PutMetricData::deserialize(input).map_err(|e| validation(e.to_string()))?;
        // Only AWS's own services write there (API_PutMetricData).
        if order.namespace.starts_with("AWS/") {
            return Err(invalid("The value AWS/ for parameter Namespace is invalid."));
        }
        self.put_metric_data(now, order)?;
        Ok(json!({}))
    }
}
