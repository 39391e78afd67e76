//! k6's summary of a level: of `--summary-export`, of `handleSummary` that writes all that it is
//! given, and of `--new-machine-readable-summary`.
//!
//! After k6 2.2.0 (<https://github.com/grafana/k6/blob/8788307/internal/js/summary.go>,
//! `summary-wrapper.js` beside it, and `internal/lib/summary/machinereadable/types_gen.go`). Without
//! `summaryTrendStats` there is no `p(99)`, and the machine-readable summary never has it. k6
//! before 0.31, or with `setResponseCallback(null)`, has no `http_req_failed`. The samples are
//! written after that source.

use std::collections::BTreeMap;

use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use crate::clock;
use crate::formats::has;
use crate::formats::keys::has_key;
use crate::formats::summed::{self, Summed, known};
use crate::level::Level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

/// Seconds of the longest test of which the beginning is reckoned.
const LONGEST: f64 = 1e6;

#[derive(Deserialize)]
struct K6 {
    metrics: Option<BTreeMap<String, Metric>>,
    state: Option<State>,
    results: Option<Results>,
    config: Option<Config>,
    metadata: Option<Metadata>,
}

/// Beside the metrics that `handleSummary` is given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    test_run_duration_ms: Option<f64>,
}

/// Of the machine-readable summary, as [`Config`] and [`Metadata`].
#[derive(Deserialize)]
struct Results {
    metrics: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    metric: Metric,
}

#[derive(Deserialize)]
struct Config {
    /// In seconds.
    duration: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    generated_at: Option<String>,
}

/// A metric of any type. `--summary-export` has its values beside each other, the others have
/// them in `values`.
#[derive(Deserialize)]
struct Metric {
    values: Option<Values>,
    #[serde(flatten)]
    own: Values,
}

#[derive(Deserialize, Default, Clone, Copy)]
struct Values {
    count: Option<f64>,
    rate: Option<f64>,
    /// Of a rate, in `--summary-export`.
    value: Option<f64>,
    avg: Option<f64>,
    med: Option<f64>,
    #[serde(rename = "p(50)")]
    p50: Option<f64>,
    #[serde(rename = "p(95)")]
    p95: Option<f64>,
    #[serde(rename = "p(99)")]
    p99: Option<f64>,
}

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    // Groups may fill the beginning of a file, and only k6 has a root of them.
    has_key(head, &["root_group"])
        || has_key(head, &["metrics"]) && has(head, "\"http_req")
        || has_key(head, &["results", "metadata"]) && has(head, "\"k6Version\"")
}

pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, parse)
}

fn parse(json: &[u8]) -> Result<Summed, String> {
    let k6: K6 = summed::json(json, "k6")?;
    let named = k6.results.into_iter().flat_map(|results| results.metrics);
    let named = named.map(|named| (named.name, named.metric));
    let metrics: BTreeMap<String, Metric> =
        k6.metrics.unwrap_or_default().into_iter().chain(named).collect();
    let of = |name: &str| {
        metrics.get(name).map(|metric| metric.values.unwrap_or(metric.own)).unwrap_or_default()
    };
    let requests = of("http_reqs");
    let Some(count) = requests.count.filter(|count| *count > 0.0) else {
        return Err("has no requests in `http_reqs`; k6 has to send them by HTTP".to_owned());
    };
    let told = k6.state.and_then(|state| state.test_run_duration_ms).map(|duration| duration / 1e3);
    let told = told.or_else(|| k6.config.and_then(|config| config.duration));
    let seconds = told.or_else(|| requests.rate.map(|rate| count / rate));
    let Some(seconds) = seconds.filter(|seconds| *seconds > 0.0) else {
        return Err("does not say how long it lasted; `http_reqs` has to have a rate".to_owned());
    };
    let rate = count / seconds;
    let (iterations, dropped) = (known(of("iterations").count), of("dropped_iterations").count);
    let per_iteration = if iterations > 0.0 { count / iterations } else { 1.0 };
    let latency = of("http_req_duration");
    let failed = of("http_req_failed");
    let errors = known(failed.rate.or(failed.value));
    let milliseconds = |time: Option<f64>| known(time) / 1e3;
    // Where it is unknown what failed, no more than all were completed: that says something only
    // if more were due.
    let answered = if dropped.is_some_and(|dropped| dropped > 0.0) { rate } else { f64::NAN };
    let level = Level {
        demand: rate + dropped.unwrap_or_default() * per_iteration / seconds,
        mean: milliseconds(latency.avg),
        p50: milliseconds(latency.med.or(latency.p50)),
        p95: milliseconds(latency.p95),
        p99: milliseconds(latency.p99),
        errors,
        completed: if errors.is_nan() { answered } else { rate * (1.0 - errors) },
        ..Level::UNKNOWN
    };
    let ended = k6.metadata.and_then(|metadata| metadata.generated_at);
    let began = ended.and_then(|ended| began(&ended, seconds));
    let mut summed = Summed { began, ..Summed::new(level, seconds) };
    if errors.is_nan() {
        summed.notes.push(
            "it has no `http_req_failed`: how many requests failed is unknown; use k6 from 0.31 \
             and leave its response callback on"
                .to_owned(),
        );
    }
    Ok(summed)
}

/// The machine-readable summary is made when the test has ended.
fn began(ended: &str, seconds: f64) -> Option<OffsetDateTime> {
    clock::date(ended)?
        .checked_sub(Duration::seconds_f64(Some(seconds).filter(|it| *it < LONGEST)?))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const EXPORTED: &str = include_str!("samples/summary-export.json");
    const HANDLED: &str = include_str!("samples/handle-summary.json");
    const READABLE: &str = include_str!("samples/machine-readable.json");

    fn of(text: &str) -> Summed {
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn all_forms_are_read_and_what_was_dropped_is_demand() {
        for text in [EXPORTED, HANDLED, READABLE] {
            let Summed { level, seconds, notes, .. } = of(text);
            assert_eq!(seconds, 60.0);
            assert_eq!((level.demand, level.errors, level.completed), (60.0, 0.01, 49.5));
            assert_eq!([level.mean, level.p50, level.p95], [0.05, 0.04, 0.09]);
            assert!(level.p99.is_nan(), "k6 does not tell it by itself");
            assert!(notes.is_empty());
        }
    }

    #[test]
    fn the_machine_readable_summary_says_when_the_level_began() {
        assert_eq!(of(READABLE).began, Some(datetime!(2026-11-26 08:00 UTC)));
        assert_eq!(of(EXPORTED).began, None);
        assert_eq!(began("2026-11-26T08:01:00Z", 1e300), None);
        assert_eq!(began("9999-99-99", 1.0), None);
    }

    #[test]
    fn percentiles_that_were_asked_for_are_read() {
        let text = EXPORTED.replace("\"med\": 40", "\"p(50)\": 41, \"p(99)\": 300");
        let level = of(&text).level;
        assert_eq!((level.p50, level.p99), (0.041, 0.3));
    }

    #[test]
    fn without_http_req_failed_errors_are_unknown() {
        let text = EXPORTED.replace("\"http_req_failed\"", "\"checks\"");
        let Summed { level, notes, .. } = of(&text);
        assert!(level.errors.is_nan());
        assert_eq!((level.demand, level.completed), (60.0, 50.0), "a sixth was surely dropped");
        assert!(notes[0].contains("is unknown"));
        let level = of(&text.replace("dropped_iterations", "dropped")).level;
        assert!(level.completed.is_nan() && level.demand == 50.0);
    }

    #[test]
    fn the_metrics_of_one_address_are_not_those_of_all() {
        let tagged = "\"http_reqs{url:http://shop.example.com/cart}\": {\"count\": 9, \"rate\": 1},\
            \"http_reqs\": {";
        assert_eq!(of(&EXPORTED.replace("\"http_reqs\": {", tagged)).level.demand, 60.0);
    }

    #[test]
    fn k6_is_known_in_any_order_and_on_one_line() {
        for text in [EXPORTED, HANDLED, READABLE] {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert!(is(text.as_bytes()) && is(value.to_string().as_bytes()), "{text}");
        }
        assert!(is(br#"{"root_group": {"groups": {"#));
        for other in [
            r#"{"summary": {}, "metrics": {"success_rate": 1}}"#,
            r#"{"MetricDataResults": [{"Id": "http_reqs", "Label": "metrics"}]}"#,
            r#"{"results": [], "metadata": 1}"#,
            "root_group,metrics\n",
        ] {
            assert!(!is(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn summaries_without_requests_cut_off_or_hostile_are_told() {
        let told = |text: &str| parse(text.as_bytes()).err().unwrap_or_default();
        assert!(told(r#"{"root_group": {}, "metrics": {}}"#).contains("`http_reqs`"));
        assert!(
            told(EXPORTED.get(..EXPORTED.len() / 2).unwrap())
                .contains("is cut off: the JSON of k6")
        );
        assert!(
            told(&EXPORTED.replace("\"count\": 3000", "\"count\": -3")).contains("`http_reqs`")
        );
        assert!(told(&EXPORTED.replace("\"rate\": 50", "\"rate\": null")).contains("how long"));
        assert!(told(&EXPORTED.replace("3000", "\"many\"")).contains("k6"));
    }
}
