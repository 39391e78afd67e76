//! The log record of an invocation: one line of JSON with everything that was read and done. It
//! also is in the embedded metric format of CloudWatch, so metrics need no call and no permission
//! (CloudWatch user guide, "Embedded metric format specification").

use serde_json::{Map, Value, json};

use crate::Time;

/// The namespace of all metrics of ecs-tide.
pub const NAMESPACE: &str = "EcsTide";

/// The embedded metric format accepts at most this many values of a metric in one record.
const VALUES: usize = 100;

/// A log record with its fields and metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The dimension sets of its metrics.
    dimensions: Vec<Vec<&'static str>>,
    pub(crate) fields: Map<String, Value>,
    metrics: Vec<(&'static str, &'static str)>,
}

impl Record {
    /// A record with the field `dimension`, which is the dimension of its metrics.
    pub fn new(dimension: &'static str, value: &str) -> Self {
        let dimensions = vec![vec![dimension]];
        let mut record = Self { dimensions, fields: Map::new(), metrics: Vec::new() };
        record.field(dimension, value);
        record
    }

    /// The same record, whose metrics are counted without a dimension too: the sum of all.
    #[must_use]
    pub fn in_sum(mut self) -> Self {
        self.dimensions.push(Vec::new());
        self
    }

    /// The same record, whose metrics are counted without a dimension only.
    #[must_use]
    pub fn only_in_sum(self) -> Self {
        Self { dimensions: vec![Vec::new()], ..self }
    }

    /// Sets a field.
    pub fn field(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// Sets a field to a list or an object, unless it is empty.
    pub fn field_if_any(&mut self, name: &str, value: Value) {
        let is_empty = match &value {
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            _ => false,
        };
        if !is_empty {
            self.field(name, value);
        }
    }

    /// Adds a count; 0 adds no metric.
    pub fn count(&mut self, metric: &'static str, count: usize) {
        if count > 0 {
            self.metric(metric, "Count", json!(count));
        }
    }

    /// Adds durations in seconds, one metric value each.
    pub fn seconds(&mut self, metric: &'static str, mut seconds: Vec<i64>) {
        seconds.truncate(VALUES);
        if !seconds.is_empty() {
            self.metric(metric, "Seconds", json!(seconds));
        }
    }

    /// Adds a level, also if it is 0.
    pub fn level(&mut self, metric: &'static str, level: u64) {
        self.metric(metric, "Count", json!(level));
    }

    fn metric(&mut self, name: &'static str, unit: &'static str, value: Value) {
        self.fields.insert(name.to_owned(), value);
        self.metrics.push((name, unit));
    }

    /// Formats the record as a line with the timestamp `now`.
    pub(crate) fn line(&self, now: Time) -> String {
        let mut fields = self.fields.clone();
        if !self.metrics.is_empty() {
            let metrics: Vec<Value> = self
                .metrics
                .iter()
                .map(|(name, unit)| json!({"Name": name, "Unit": unit}))
                .collect();
            let aws = json!({
                "Timestamp": now.unix_timestamp() * 1000 + i64::from(now.millisecond()),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": self.dimensions,
                    "Metrics": metrics,
                }],
            });
            fields.insert("_aws".to_owned(), aws);
        }
        Value::Object(fields).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_line_of_the_embedded_metric_format() {
        let mut record = Record::new("cluster", "demo");
        record.count("DrainsStarted", 2);
        record.count("DrainsCompleted", 0);
        record.seconds("DrainSeconds", vec![61, 600]);
        record.level("TasksRemaining", 0);
        let line = record.line(Time::UNIX_EPOCH + time::Duration::milliseconds(1_500));
        assert!(!line.contains('\n'));
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["DrainSeconds"], json!([61, 600]));
        assert_eq!(
            read["_aws"],
            json!({"Timestamp": 1500, "CloudWatchMetrics": [{
            "Namespace": "EcsTide", "Dimensions": [["cluster"]],
            "Metrics": [
                {"Name": "DrainsStarted", "Unit": "Count"},
                {"Name": "DrainSeconds", "Unit": "Seconds"},
                {"Name": "TasksRemaining", "Unit": "Count"},
            ]}]})
        );
    }

    #[test]
    fn metrics_are_counted_by_dimension_and_in_the_sum() {
        let dimensions = |record: Record| {
            let mut record = record;
            record.count("DrainsStarted", 1);
            let line: Value = serde_json::from_str(&record.line(Time::UNIX_EPOCH)).unwrap();
            line["_aws"]["CloudWatchMetrics"][0]["Dimensions"].clone()
        };
        let record = || Record::new("cluster", "demo");
        assert_eq!(dimensions(record().in_sum()), json!([["cluster"], []]));
        assert_eq!(dimensions(record().only_in_sum()), json!([[]]));
    }

    #[test]
    fn a_record_without_metrics_is_a_plain_line() {
        let mut record = Record::new("cluster", "demo");
        record.field("skipped", 1);
        record.field_if_any("failed", json!([]));
        record.field_if_any("errors", json!({}));
        assert_eq!(record.line(Time::UNIX_EPOCH), r#"{"cluster":"demo","skipped":1}"#);
    }

    #[test]
    fn more_values_than_the_format_takes_are_cut() {
        let mut record = Record::new("cluster", "demo");
        record.seconds("DrainSeconds", vec![1; 101]);
        assert_eq!(record.fields["DrainSeconds"].as_array().unwrap().len(), 100);
    }
}
