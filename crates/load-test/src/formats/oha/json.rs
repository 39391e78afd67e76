//! oha's `--output-format json`, or `--json` before 1.9.
//!
//! After oha 1.15.0 (<https://github.com/hatoo/oha/blob/b8cd846/src/printer.rs>, `schema.json`
//! beside it); the names that are read are the same since 0.5.4. The sample is written after that
//! source.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CUT_OFF, Outcomes};
use crate::formats::keys::has_key;
use crate::formats::summed::{self, Summed, known};
use crate::level::Level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

/// Where no request was answered, its numbers are null.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Oha {
    summary: Summary,
    #[serde(default)]
    latency_percentiles: Percentiles,
    status_code_distribution: BTreeMap<String, f64>,
    error_distribution: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Summary {
    total: f64,
    average: Option<f64>,
}

#[derive(Deserialize, Default)]
struct Percentiles {
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
}

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    has_key(head, &["summary"])
        && has_key(head, &["responseTimeHistogram", "latencyPercentiles", "statusCodeDistribution"])
}

pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, parse)
}

fn parse(json: &[u8]) -> Result<Summed, String> {
    let oha: Oha = summed::json(json, "oha")?;
    let Oha { summary, latency_percentiles: percentiles, .. } = &oha;
    let mut outcomes = Outcomes::default();
    for (code, count) in &oha.status_code_distribution {
        outcomes.answered(code, *count);
    }
    for (error, count) in &oha.error_distribution {
        if error == CUT_OFF {
            outcomes.cut_off += count;
        } else {
            outcomes.unanswered += count;
        }
    }
    let level = Level {
        mean: known(summary.average),
        p50: known(percentiles.p50),
        p95: known(percentiles.p95),
        p99: known(percentiles.p99),
        ..outcomes.level(summary.total)
    };
    Ok(Summed::new(level, summary.total))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("sample.json");

    #[test]
    fn refusals_are_errors_and_what_was_cut_off_is_not() {
        let Summed { level, seconds, .. } = parse(SAMPLE.as_bytes()).unwrap();
        assert_eq!(seconds, 20.0);
        assert_eq!((level.demand, level.completed, level.errors), (50.0, 40.0, 0.2));
        assert_eq!([level.mean, level.p50, level.p95, level.p99], [0.05, 0.04, 0.09, 0.2]);
    }

    #[test]
    fn without_an_answer_there_is_no_latency() {
        let json = br#"{
            "summary": {"successRate": null, "total": 10.0, "average": null},
            "latencyPercentiles": {"p50": null, "p95": null, "p99": null},
            "statusCodeDistribution": {},
            "errorDistribution": {"timeout": 100}
        }"#;
        let level = parse(json).unwrap().level;
        assert!(level.mean.is_nan() && level.p95.is_nan());
        assert_eq!((level.demand, level.errors, level.completed), (10.0, 1.0, 0.0));
    }

    #[test]
    fn where_all_was_cut_off_errors_are_unknown_and_nothing_was_completed() {
        let json = br#"{"summary": {"total": 10.0, "average": null},
            "statusCodeDistribution": {}, "errorDistribution": {"aborted due to deadline": 50}}"#;
        let level = parse(json).unwrap().level;
        assert_eq!((level.demand, level.completed), (5.0, 0.0));
        assert!(level.errors.is_nan() && level.mean.is_nan());
    }

    #[test]
    fn oha_is_known_in_any_order_and_on_one_line() {
        let value: serde_json::Value = serde_json::from_str(SAMPLE).unwrap();
        let line = value.to_string();
        assert!(is(SAMPLE.as_bytes()) && is(line.as_bytes()));
        assert!(is(br#"{"errorDistribution":{},"statusCodeDistribution":{"200":1},"summary":{"#));
        for other in [r#"{"summary": {"total": 1}}"#, r#"{"a": {"summary": 1, "rps": 2}}"#, ""] {
            assert!(!is(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn json_that_is_cut_off_or_hostile_is_told() {
        let told = |text: &str| parse(text.as_bytes()).err().unwrap_or_default();
        assert!(
            told(SAMPLE.get(..SAMPLE.len() / 2).unwrap()).contains("is cut off: the JSON of oha")
        );
        assert!(told(r#"{"summary": {"total": "20"}}"#).contains("not the JSON that oha writes"));
        assert!(told(&SAMPLE.replace("20.0,", "1e999,")).contains("oha"));
        assert!(told("").contains("is empty"));
    }
}
