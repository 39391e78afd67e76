//! Metric data: put and got.

use region_core::Time;
use region_core::api::ApiError;
use region_core::input::{number, text};
use region_core::wording::put;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloudwatch::CloudWatch;
use crate::error::validation;
use crate::math::Grid;
use crate::metrics::Summary;
use crate::query::{Dimension, Metric, MetricDataQuery, Queries, check_period};

/// The most values in one answer (API_GetMetricData).
const MOST_VALUES: usize = 100_800;

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
    /// The unit; the region keeps none.
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

fn read<T: serde::de::DeserializeOwned>(input: &Value, name: &str) -> Result<T, ApiError> {
    let value = input.get(name).cloned().unwrap_or_default();
    T::deserialize(value).map_err(|error| validation(format!("{name}: {error}")))
}

impl CloudWatch {
    /// Record samples.
    ///
    /// # Errors
    /// `ValidationError` for a datum without value, or a time that is none.
    pub fn put_metric_data(&mut self, now: Time, order: PutMetricData) -> Result<(), ApiError> {
        for datum in order.metric_data {
            let time = datum.timestamp.map_or(Some(now), moment);
            let time = time.ok_or_else(|| validation("Timestamp is no time"))?;
            let summaries = datum.summaries();
            if summaries.is_empty() || summaries.iter().any(|all| all.count <= 0.0) {
                return Err(validation(format!("{} has no value", datum.metric_name)));
            }
            let (namespace, metric_name) = (order.namespace.clone(), datum.metric_name);
            let metric = Metric { namespace, metric_name, dimensions: datum.dimensions };
            for all in summaries {
                self.metrics.record(metric.id(), time, all);
            }
        }
        Ok(())
    }

    pub(crate) fn get_metric_data(&self, input: &Value) -> Result<Value, ApiError> {
        let asked: Vec<MetricDataQuery> = read(input, "MetricDataQueries")?;
        let (from, to) = (read::<f64>(input, "StartTime")?, read::<f64>(input, "EndTime")?);
        // A float that is no time in seconds becomes the nearest whole number.
        let (from, to) = (from as i64, to as i64);
        let descending = match text(input, "ScanBy") {
            None | Some("TimestampDescending") => true,
            Some("TimestampAscending") => false,
            Some(other) => return Err(validation(format!("ScanBy {other} is none"))),
        };
        let queries = Queries::read(&asked).map_err(validation)?;
        let mut results = Vec::new();
        for query in asked.iter().filter(|query| query.return_data) {
            let period = match (&query.metric_stat, query.period) {
                (Some(stat), _) => i64::from(stat.period),
                (None, Some(period)) => {
                    check_period(period).map_err(validation)?;
                    i64::from(period)
                }
                (None, None) => queries.period().map_err(validation)?,
            };
            let first = from.div_euclid(period) * period;
            let periods = usize::try_from(to.saturating_sub(first) / period);
            if to <= from || periods.is_err() || periods.is_ok_and(|count| count > MOST_VALUES) {
                return Err(validation(
                    "EndTime must be after StartTime, by 100,800 periods at most",
                ));
            }
            let times = std::iter::successors(Some(first), |time| Some(time + period));
            let grid = Grid { times: times.take_while(|time| *time < to).collect(), period };
            let series = queries.series(&query.id, &self.metrics, &grid);
            let mut values: Vec<_> = series.map_err(validation)?.into_iter().collect();
            if descending {
                values.reverse();
            }
            let name = query.metric_stat.as_ref().map(|stat| &stat.metric.metric_name);
            let label = query.label.as_ref().or(name).unwrap_or(&query.id);
            results.push(Found { id: &query.id, label, values });
        }
        page(input, &results)
    }
}

/// What one query came to.
struct Found<'a> {
    id: &'a str,
    label: &'a str,
    values: Vec<(i64, f64)>,
}

/// As many values as one answer holds, and a token that counts those given before.
fn page(input: &Value, all: &[Found<'_>]) -> Result<Value, ApiError> {
    let most = number(input, "MaxDatapoints").map_or(Some(MOST_VALUES), |most| {
        usize::try_from(most).ok().filter(|most| (1..=MOST_VALUES).contains(most))
    });
    let most = most.ok_or_else(|| validation("MaxDatapoints is not 1 to 100,800"))?;
    let mut skip = text(input, "NextToken")
        .map_or(Ok(0), str::parse::<usize>)
        .map_err(|_| validation("NextToken is none of ours"))?;
    let end = skip.saturating_add(most);
    let (mut room, mut results) = (most, Vec::new());
    for Found { id, label, values } in all {
        let rest = values.get(skip..).unwrap_or_default();
        let begun_before = skip > 0;
        skip = skip.saturating_sub(values.len());
        if rest.is_empty() && begun_before {
            continue;
        }
        let taken = rest.get(..room.min(rest.len())).unwrap_or_default();
        room -= taken.len();
        let (times, given): (Vec<i64>, Vec<f64>) = taken.iter().copied().unzip();
        results.push(json!({
            "Id": id,
            "Label": label,
            "Timestamps": times,
            "Values": given,
            "StatusCode": if taken.len() < rest.len() { "PartialData" } else { "Complete" },
        }));
    }
    let mut answer = json!({ "MetricDataResults": results, "Messages": [] });
    if end < all.iter().map(|found| found.values.len()).sum() {
        put(&mut answer, "NextToken", end.to_string());
    }
    Ok(answer)
}
