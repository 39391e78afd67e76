//! What `aws cloudwatch get-metric-data` writes.
//!
//! By the reference of GetMetricData
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>) and
//! that of aws-cli 2
//! (<https://docs.aws.amazon.com/cli/latest/reference/cloudwatch/get-metric-data.html>), which
//! merges pages unless `--no-paginate` is given.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};

use super::has;
use super::series::{self, Series, Stamp, Told};
use crate::mapping::Mapping;
use crate::said::{Fault, Note, brief};
use crate::source::Text;
use crate::table::Recording;

/// How the other outputs of aws-cli begin, or what stands near their beginning.
const NOT_JSON: [&str; 3] = ["METRICDATARESULTS\t", "|  GetMetricData", "MetricDataResults:"];

/// A page, or one of its results, which `--query` picks.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    metric_data_results: Option<Vec<Part>>,
    next_token: Option<String>,
    id: Option<String>,
    label: Option<String>,
    timestamps: Option<Vec<Stamp>>,
    values: Option<Vec<f64>>,
    status_code: Option<String>,
}

/// One part, or a list of them.
struct Parts(Vec<Part>);

impl<'de> Deserialize<'de> for Parts {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Parts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("MetricDataResults, or results of them")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Parts, A::Error> {
                Part::deserialize(MapAccessDeserializer::new(map)).map(|part| Parts(vec![part]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Parts, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = list.next_element()? {
                    parts.push(part);
                }
                Ok(Parts(parts))
            }
        }
        from.deserialize_any(OneOrMore)
    }
}

/// One object or list with results, or another output of the same command.
pub(super) fn is(head: &[u8]) -> bool {
    let is_json = head.starts_with(b"{") || head.starts_with(b"[");
    if is_json {
        has(head, "\"MetricDataResults\"") || has(head, "\"Timestamps\"")
    } else {
        NOT_JSON.iter().any(|word| has(head, word))
    }
}

/// Reads the JSON that `aws cloudwatch get-metric-data` writes, of several pages or calls one
/// after the other too, with or without `--query MetricDataResults`. A series whose query has a
/// [`crate::label`] is known for what it is; of any other, its label and its id are to tell.
///
/// # Errors
/// If it is not the JSON of that command, has more than 256 series, or is larger than 64 MiB.
pub(super) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let name = text.name().to_owned();
    if NOT_JSON.iter().any(|word| has(text.head(), word)) {
        let what = "is not JSON; repeat `aws cloudwatch get-metric-data` with `--output json`";
        return Err(Fault::new(name, what));
    }
    let all = text.whole()?;
    let mut series: Vec<Series> = Vec::new();
    let mut more = false;
    for parts in serde_json::Deserializer::from_slice(&all).into_iter::<Parts>() {
        let Parts(parts) = parts.map_err(|error| {
            let what = format!("is not what `aws cloudwatch get-metric-data` writes: {error}");
            Fault::new(name.as_str(), what)
        })?;
        for part in parts {
            more = part.next_token.is_some();
            add(&name, &mut series, part)?;
        }
    }
    if series.is_empty() {
        return Err(Fault::new(
            name,
            "has no series; give what `aws cloudwatch get-metric-data` writes",
        ));
    }
    let mut recording = series::recording(&name, series);
    if more {
        let what = "its last page has a NextToken, so more pages follow; give all of them";
        recording.notes.push(Note::new(name, what));
    }
    Ok(recording)
}

fn add(file: &str, all: &mut Vec<Series>, mut part: Part) -> Result<(), Fault> {
    match part.metric_data_results.take() {
        Some(results) => results.into_iter().try_for_each(|result| add_result(file, all, result)),
        None => add_result(file, all, part),
    }
}

fn add_result(file: &str, all: &mut Vec<Series>, part: Part) -> Result<(), Fault> {
    let (id, label) = (part.id.unwrap_or_default(), part.label.unwrap_or_default());
    if id.is_empty() && label.is_empty() {
        let what = "a result has neither Id nor Label; leave out `--query`, or pick whole \
                    results by `--query MetricDataResults`";
        return Err(Fault::new(file, what));
    }
    let timestamps = part.timestamps.unwrap_or_default();
    let values = part.values.unwrap_or_default();
    if timestamps.len() != values.len() {
        let (times, values) = (timestamps.len(), values.len());
        let of = format!("series `{}` of {file}", brief(if id.is_empty() { &label } else { &id }));
        return Err(Fault::new(of, format!("has {times} timestamps and {values} values")));
    }
    let series = series::series(file, all, Told { id, label, ..Told::default() })?;
    for (Stamp(tick), value) in timestamps.into_iter().zip(values) {
        series.add(tick, value);
    }
    let status = part.status_code.unwrap_or_default();
    // A page that is not complete is followed by one that is.
    series.partial = status == "PartialData";
    if matches!(status.as_str(), "InternalError" | "Forbidden") {
        series.refused = Some(status);
    }
    Ok(())
}
