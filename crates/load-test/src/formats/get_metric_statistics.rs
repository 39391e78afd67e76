//! What `aws cloudwatch get-metric-statistics` writes.
//!
//! By the reference of GetMetricStatistics
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html>)
//! and that of aws-cli 2
//! (<https://docs.aws.amazon.com/cli/latest/reference/cloudwatch/get-metric-statistics.html>). The
//! points are in no order, and the answer tells neither namespace, dimensions nor period.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::series::{self, Series, Stamp, Told};
use super::{cloudwatch, has};
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::{LONGEST_NAME, Recording};

/// How the other outputs of aws-cli begin, or what stands near their beginning.
const NOT_JSON: [&str; 3] = ["DATAPOINTS\t", "|  GetMetricStatistics", "Datapoints:"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics {
    label: Option<String>,
    datapoints: Vec<Point>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Point {
    timestamp: Stamp,
    average: Option<f64>,
    sum: Option<f64>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    sample_count: Option<f64>,
    #[serde(default)]
    extended_statistics: BTreeMap<String, f64>,
    unit: Option<String>,
}

/// An object with points, the points alone, or another output of the same command.
pub(super) fn is(head: &[u8]) -> bool {
    let points = || has(head, "\"Timestamp\"") && has(head, "\"Unit\"");
    match head.first() {
        Some(b'{') => has(head, "\"Datapoints\""),
        Some(b'[') => points(),
        _ => NOT_JSON.iter().any(|word| has(head, word)),
    }
}

/// Reads the answers of one call or of several, one after the other. Each statistic is a series.
///
/// # Errors
/// If it is not the JSON of that command, has no points or no label, or is larger than 64 MiB.
pub(super) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let name = text.name().to_owned();
    let fault = |what: String| Fault::new(name.as_str(), what);
    if NOT_JSON.iter().any(|word| has(text.head(), word)) {
        return Err(fault(
            "is not JSON; repeat `aws cloudwatch get-metric-statistics` with `--output json`"
                .to_owned(),
        ));
    }
    if text.head().trim_ascii_start().starts_with(b"[") {
        return Err(fault(
            "its points have no label; repeat `aws cloudwatch get-metric-statistics` without \
             `--query`"
                .to_owned(),
        ));
    }
    let all = text.whole()?;
    let mut series: Vec<Series> = Vec::new();
    for statistics in serde_json::Deserializer::from_slice(&all).into_iter::<Statistics>() {
        let statistics = statistics.map_err(|error| {
            fault(format!("is not what `aws cloudwatch get-metric-statistics` writes: {error}"))
        })?;
        add(&name, &mut series, statistics)?;
    }
    if series.iter().all(Series::is_empty) {
        return Err(fault(
            "has no points; give a time in which the metric was recorded, and the dimensions \
             that it has"
                .to_owned(),
        ));
    }
    Ok(series::recording(&name, series))
}

fn add(file: &str, all: &mut Vec<Series>, statistics: Statistics) -> Result<(), Fault> {
    let label = statistics.label.filter(|label| !label.is_empty() && label.len() <= LONGEST_NAME);
    let Some(label) = label else {
        let what = "its points have no usable label; give what `aws cloudwatch \
                    get-metric-statistics` writes without `--query`";
        return Err(Fault::new(file, what));
    };
    if statistics.datapoints.is_empty() {
        series::series(file, all, Told { label: label.clone(), ..Told::default() })?;
    }
    for point in statistics.datapoints {
        let Stamp(tick) = point.timestamp;
        let plain = [
            ("Average", point.average),
            ("Sum", point.sum),
            ("Minimum", point.minimum),
            ("Maximum", point.maximum),
            ("SampleCount", point.sample_count),
        ];
        let plain = plain.into_iter().filter_map(|(statistic, value)| Some((statistic, value?)));
        let extended = point.extended_statistics.iter();
        let extended = extended.map(|(statistic, value)| (statistic.as_str(), *value));
        for (statistic, value) in plain.chain(extended) {
            let told = Told {
                label: label.clone(),
                source: Some(cloudwatch::named(&label, statistic)),
                unit: point.unit.clone(),
                ..Told::default()
            };
            series::series(file, all, told)?.add(tick, value);
        }
    }
    Ok(())
}
