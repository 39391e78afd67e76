//! What `vegeta report -type=json` writes of a level, once or `-every` so often.
//!
//! After vegeta 12.13.0 (<https://github.com/tsenart/vegeta/blob/cf58112/lib/metrics.go>). Times are
//! in nanoseconds. The samples are written after that source.

use std::collections::BTreeMap;

use serde::Deserialize;
use time::OffsetDateTime;

use crate::clock;
use crate::formats::keys::has_key;
use crate::formats::outcomes::Outcomes;
use crate::formats::summed::{self, Summed, known};
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

/// Nanoseconds of a second.
const SECOND: f64 = 1e9;

#[derive(Deserialize)]
struct Report {
    latencies: Latencies,
    earliest: String,
    /// From the first request sent to the last.
    duration: f64,
    /// From the last request sent to the last answer.
    wait: f64,
    requests: f64,
    status_codes: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Latencies {
    mean: Option<f64>,
    #[serde(rename = "50th")]
    p50: Option<f64>,
    #[serde(rename = "95th")]
    p95: Option<f64>,
    #[serde(rename = "99th")]
    p99: Option<f64>,
}

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    let others = ["bytes_in", "bytes_out", "earliest", "latest", "throughput", "status_codes"];
    has_key(head, &["latencies"]) && has_key(head, &others)
}

/// Reads a report, or of several in one file the last, as each counts all requests so far. The
/// level began at its earliest request.
pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, parse)
}

fn parse(json: &[u8]) -> Result<Summed, String> {
    let report: Report = summed::json(json, "vegeta")?;
    if report.requests < 1.0 {
        return Err("has no request; record a level under load".to_owned());
    }
    let (duration, wait) = (report.duration / SECOND, report.wait / SECOND);
    // Between so many requests there is one interval less.
    let attack = match report.requests {
        1.0 => wait,
        requests => duration * requests / (requests - 1.0),
    };
    let mut outcomes = Outcomes::default();
    for (code, count) in &report.status_codes {
        // vegeta gives requests without an answer the status 0.
        match code.as_str() {
            "0" => outcomes.unanswered += count,
            code => outcomes.answered(code, *count),
        }
    }
    let mut level = outcomes.level(attack);
    let seconds = |nanoseconds: Option<f64>| known(nanoseconds) / SECOND;
    // The time until a request failed is not a response time.
    if outcomes.good + outcomes.refused > 0.0 {
        let Latencies { mean, p50, p95, p99 } = report.latencies;
        (level.mean, level.p50) = (seconds(mean), seconds(p50));
        (level.p95, level.p99) = (seconds(p95), seconds(p99));
    }
    // At a steady rate the last request takes as long as others; what takes longer is a backlog,
    // and was not completed in time.
    if seconds(report.latencies.p99) < wait {
        level.completed = outcomes.good / (attack + wait);
    }
    Ok(Summed { began: began(&report.earliest), ..Summed::new(level, attack) })
}

/// A time of Go's, which has none in year 1.
fn began(text: &str) -> Option<OffsetDateTime> {
    clock::date(text).filter(|date| date.year() > 1)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::level::Level;

    const SAMPLE: &str = include_str!("samples/report.json");

    fn level(from: &str, to: &str) -> Level {
        assert!(SAMPLE.contains(from), "{from}");
        parse(SAMPLE.replace(from, to).as_bytes()).unwrap().level
    }

    #[test]
    fn rates_errors_and_percentiles_are_of_the_time_in_which_requests_were_sent() {
        let Summed { level, seconds, began, .. } = parse(SAMPLE.as_bytes()).unwrap();
        assert_eq!(began, Some(datetime!(2026-11-26 08:00:00.25 UTC)));
        assert!((seconds - 20.0).abs() < 1e-9, "{seconds}");
        assert!((level.demand - 50.0).abs() < 1e-9, "{}", level.demand);
        assert!((level.completed - 40.0).abs() < 1e-9, "{}", level.completed);
        assert_eq!(level.errors, 0.2);
        assert_eq!([level.mean, level.p50, level.p95, level.p99], [0.05, 0.04, 0.09, 0.2]);
    }

    #[test]
    fn what_is_answered_long_after_the_last_request_is_late() {
        let level = level("\"wait\":50000000", "\"wait\":12000000000");
        assert!((level.completed - 25.0).abs() < 1e-9, "{}", level.completed);
        assert!((level.demand - 50.0).abs() < 1e-9);
    }

    #[test]
    fn without_an_answer_the_times_until_failure_are_no_latency() {
        let level = level("\"0\":50,\"200\":800,\"503\":150", "\"0\":1000");
        assert!(level.mean.is_nan() && level.p99.is_nan());
        assert_eq!((level.errors, level.completed), (1.0, 0.0));
    }

    #[test]
    fn one_request_lasts_until_its_answer() {
        let text = SAMPLE
            .replace("\"requests\":1000", "\"requests\":1")
            .replace("\"duration\":19980000000", "\"duration\":0");
        assert_eq!(parse(text.as_bytes()).unwrap().seconds, 0.05);
    }

    #[test]
    fn of_several_reports_the_last_is_read_and_older_ones_lack_the_90th() {
        let first = SAMPLE.replace("\"503\":150", "\"503\":1");
        let text = format!("{first}{}", SAMPLE.replace("\"90th\":80000000,", ""));
        assert_eq!(parse(text.as_bytes()).unwrap().level.errors, 0.2);
    }

    #[test]
    fn reports_without_requests_cut_off_or_hostile_are_told() {
        let told = |text: &str| parse(text.as_bytes()).err().unwrap_or_default();
        let none = SAMPLE.replace("\"requests\":1000", "\"requests\":0");
        assert!(told(&none).contains("has no request"));
        assert!(
            told(SAMPLE.get(..SAMPLE.len() / 2).unwrap())
                .contains("is cut off: the JSON of vegeta")
        );
        assert!(told(&SAMPLE.replace("\"duration\":", "\"duration\":\"")).contains("vegeta"));
        assert_eq!(began("0001-01-01T00:00:00Z"), None);
        assert_eq!(began("noon"), None);
    }

    #[test]
    fn a_report_is_known_in_any_order_and_pretty_printed() {
        let value: serde_json::Value = serde_json::from_str(SAMPLE).unwrap();
        assert!(is(SAMPLE.as_bytes()) && is(value.to_string().as_bytes()));
        assert!(is(serde_json::to_string_pretty(&value).unwrap().as_bytes()));
        let encoded =
            br#"{"attack":"","seq":0,"code":200,"timestamp":"2026-11-26T08:00:00Z","latency":5}"#;
        assert!(!is(encoded) && !is(br#"{"latencies": {"bytes_in": 1}}"#));
    }
}
