//! oha's `--output-format json`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::formats::has;
use crate::formats::summed::{self, Summed};
use crate::level::Level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

/// What oha writes of requests that were under way when the time was over. They say nothing of
/// the service.
const CUT_OFF: &str = "aborted due to deadline";

/// As oha's `schema.json` has it; where no request was answered, its numbers are null.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Oha {
    summary: Summary,
    latency_percentiles: Percentiles,
    status_code_distribution: BTreeMap<String, u64>,
    error_distribution: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Summary {
    total: f64,
    average: Option<f64>,
}

#[derive(Deserialize)]
struct Percentiles {
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
}

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    head.starts_with(b"{") && has(head, "\"latencyPercentiles\"")
}

pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, parse)
}

fn parse(json: &[u8]) -> Result<Summed, String> {
    let oha: Oha = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let Oha { summary, latency_percentiles: percentiles, .. } = &oha;
    // oha counts any answer as a success.
    let refused = |code: &String| code.parse::<u16>().is_ok_and(|code| code >= 400);
    let codes = &oha.status_code_distribution;
    let answers = codes.values().map(|count| *count as f64).sum::<f64>();
    let refusals = codes.iter().filter(|(code, _)| refused(code));
    let refusals = refusals.map(|(_, count)| *count as f64).sum::<f64>();
    let errors = oha.error_distribution.iter().filter(|(error, _)| *error != CUT_OFF);
    let errors = errors.map(|(_, count)| *count as f64).sum::<f64>();
    let (sent, failed) = (answers + errors, refusals + errors);
    let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
    let level = Level {
        demand: sent / summary.total,
        mean: known(summary.average),
        p50: known(percentiles.p50),
        p95: known(percentiles.p95),
        p99: known(percentiles.p99),
        errors: failed / sent,
        completed: (answers - refusals) / summary.total,
        ..Level::UNKNOWN
    };
    Ok(Summed { level, seconds: summary.total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_errors_and_what_was_cut_off_is_not() {
        let json = br#"{
            "summary": {"successRate": 1.0, "total": 20.0, "average": 0.05, "requestsPerSec": 50.0},
            "latencyPercentiles": {"p50": 0.04, "p95": 0.09, "p99": 0.2, "p99.9": null},
            "statusCodeDistribution": {"200": 800, "503": 150},
            "errorDistribution": {"aborted due to deadline": 7, "connection refused": 50}
        }"#;
        let Summed { level, seconds } = parse(json).unwrap();
        assert_eq!(seconds, 20.0);
        assert_eq!((level.demand, level.completed, level.errors), (50.0, 40.0, 0.2));
        assert_eq!([level.mean, level.p50, level.p95, level.p99], [0.05, 0.04, 0.09, 0.2]);
    }

    #[test]
    fn without_an_answer_there_is_no_latency() {
        let json = br#"{
            "summary": {"total": 10.0, "average": null},
            "latencyPercentiles": {"p50": null, "p95": null, "p99": null},
            "statusCodeDistribution": {},
            "errorDistribution": {"timeout": 100}
        }"#;
        let level = parse(json).unwrap().level;
        assert!(level.mean.is_nan() && level.p95.is_nan());
        assert_eq!((level.errors, level.completed), (1.0, 0.0));
    }
}
