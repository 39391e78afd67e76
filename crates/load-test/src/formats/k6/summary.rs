//! k6's `--summary-export`, and the like of it that `handleSummary` is given.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::formats::has;
use crate::formats::summed::{self, Summed};
use crate::level::Level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

#[derive(Deserialize)]
struct K6 {
    metrics: BTreeMap<String, Metric>,
}

/// A metric of any type; of `handleSummary`'s, the values stand one deeper.
#[derive(Deserialize, Default)]
struct Metric {
    values: Option<Values>,
    count: Option<f64>,
    rate: Option<f64>,
    value: Option<f64>,
    avg: Option<f64>,
    med: Option<f64>,
    #[serde(rename = "p(95)")]
    p95: Option<f64>,
    #[serde(rename = "p(99)")]
    p99: Option<f64>,
}

#[derive(Deserialize, Default, Clone, Copy)]
struct Values {
    count: Option<f64>,
    rate: Option<f64>,
    avg: Option<f64>,
    med: Option<f64>,
    #[serde(rename = "p(95)")]
    p95: Option<f64>,
    #[serde(rename = "p(99)")]
    p99: Option<f64>,
}

impl Metric {
    /// Of a rate, `--summary-export` has `value`, and `handleSummary` has `rate`.
    fn values(&self) -> Values {
        self.values.unwrap_or(Values {
            count: self.count,
            rate: self.rate.or(self.value),
            avg: self.avg,
            med: self.med,
            p95: self.p95,
            p99: self.p99,
        })
    }
}

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    head.starts_with(b"{") && has(head, "\"metrics\"")
}

pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, parse)
}

fn parse(json: &[u8]) -> Result<Summed, String> {
    let k6: K6 = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let of = |name: &str| k6.metrics.get(name).map(Metric::values).unwrap_or_default();
    let requests = of("http_reqs");
    let (Some(count), Some(rate)) = (requests.count, requests.rate) else {
        return Err("it has no `http_reqs`".to_owned());
    };
    let seconds = count / rate;
    let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
    let seconds_of = |milliseconds: Option<f64>| known(milliseconds) / 1e3;
    let (iterations, dropped) = (known(of("iterations").count), of("dropped_iterations").count);
    let per_iteration = if iterations > 0.0 { count / iterations } else { 1.0 };
    let latency = of("http_req_duration");
    let errors = known(of("http_req_failed").rate);
    let level = Level {
        demand: rate + dropped.unwrap_or_default() * per_iteration / seconds,
        mean: seconds_of(latency.avg),
        p50: seconds_of(latency.med),
        p95: seconds_of(latency.p95),
        p99: seconds_of(latency.p99),
        errors,
        completed: if errors.is_nan() { rate } else { rate * (1.0 - errors) },
        ..Level::UNKNOWN
    };
    Ok(Summed { level, seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_what_was_dropped_is_demand() {
        let exported = br#"{"root_group": {}, "metrics": {
            "http_reqs": {"count": 3000, "rate": 50},
            "http_req_duration": {"avg": 50, "med": 40, "max": 900, "p(90)": 80, "p(95)": 90},
            "http_req_failed": {"passes": 30, "fails": 2970, "value": 0.01},
            "iterations": {"count": 1500, "rate": 25},
            "dropped_iterations": {"count": 300, "rate": 5},
            "vus": {"value": 20, "min": 20, "max": 20}}}"#;
        let handled = br#"{"state": {"testRunDurationMs": 60000}, "metrics": {
            "http_reqs": {"type": "counter", "contains": "default", "values": {"count": 3000, "rate": 50}},
            "http_req_duration": {"type": "trend", "values": {"avg": 50, "med": 40, "p(95)": 90}},
            "http_req_failed": {"type": "rate", "values": {"rate": 0.01, "passes": 30, "fails": 2970}},
            "iterations": {"type": "counter", "values": {"count": 1500, "rate": 25}},
            "dropped_iterations": {"type": "counter", "values": {"count": 300, "rate": 5}}}}"#;
        for json in [&exported[..], &handled[..]] {
            let Summed { level, seconds } = parse(json).unwrap();
            assert_eq!(seconds, 60.0);
            assert_eq!((level.demand, level.errors, level.completed), (60.0, 0.01, 49.5));
            assert_eq!([level.mean, level.p50, level.p95], [0.05, 0.04, 0.09]);
            assert!(level.p99.is_nan());
        }
    }
}
