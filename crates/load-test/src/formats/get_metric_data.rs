//! What `aws cloudwatch get-metric-data` writes.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Visitor};

use super::{cloudwatch, has};
use crate::clock::{self, Clock};
use crate::data::Source;
use crate::mapping::Mapping;
use crate::role::Role;
use crate::said::{Fault, Guess, Note, brief, counted};
use crate::source::Text;
use crate::table::{Cell, Cells, Column, LONGEST_NAME, MOST_COLUMNS, Recording, Table};
use crate::timeline::{Merge, Tick, Timeline};
use crate::words::Words;

/// CloudWatch's usual period, for a series with one point.
const USUAL_PERIOD: f64 = 60.0;

/// An answer of GetMetricData
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    metric_data_results: Vec<MetricDataResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDataResult {
    id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    timestamps: Vec<Stamp>,
    #[serde(default)]
    values: Vec<f64>,
    #[serde(default)]
    status_code: String,
}

/// A date, or seconds since 1970, as the command line is configured.
struct Stamp(Tick);

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Stamped;
        impl Visitor<'_> for Stamped {
            type Value = Stamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date of RFC 3339 or seconds since 1970")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Stamp, E> {
                let tick = clock::date(text).and_then(clock::tick).map(Stamp);
                tick.ok_or_else(|| E::invalid_value(de::Unexpected::Str(&brief(text)), &self))
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Stamp, E> {
                let tick = Tick::from_seconds(seconds).map(Stamp);
                tick.ok_or_else(|| E::invalid_value(de::Unexpected::Float(seconds), &self))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Stamp, E> {
                self.visit_f64(seconds as f64)
            }
        }
        from.deserialize_any(Stamped)
    }
}

/// A series, from all pages.
struct Series {
    id: String,
    label: String,
    rows: Timeline<Cells>,
    partial: bool,
    refused: Option<String>,
}

/// One object, with the results.
pub(super) fn is(head: &[u8]) -> bool {
    head.starts_with(b"{") && has(head, "\"MetricDataResults\"")
}

/// Reads the JSON that `aws cloudwatch get-metric-data` writes, of several pages or calls one
/// after the other too. A series whose query has a [`crate::label`] is known for what it is; of
/// any other, its label and its id are to tell.
///
/// # Errors
/// If it is no such JSON, has more than 256 series, or is larger than 64 MiB.
pub(super) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let name = text.name().to_owned();
    let all = text.whole()?;
    let mut series: Vec<Series> = Vec::new();
    for page in serde_json::Deserializer::from_slice(&all).into_iter::<Page>() {
        let page = page.map_err(|error| {
            let what = format!("is not what `aws cloudwatch get-metric-data` writes: {error}");
            Fault::new(name.as_str(), what)
        })?;
        for result in page.metric_data_results {
            add(&name, &mut series, result)?;
        }
    }
    if series.is_empty() {
        return Err(Fault::new(
            name,
            "has no series; give what `aws cloudwatch get-metric-data` writes",
        ));
    }
    Ok(recording(&name, series))
}

fn add(file: &str, all: &mut Vec<Series>, result: MetricDataResult) -> Result<(), Fault> {
    let MetricDataResult { id, label, timestamps, values, status_code } = result;
    let of = || format!("series `{}` of {file}", brief(&id));
    if timestamps.len() != values.len() {
        let (times, values) = (timestamps.len(), values.len());
        return Err(Fault::new(of(), format!("has {times} timestamps and {values} values")));
    }
    if id.len().max(label.len()) > LONGEST_NAME {
        return Err(Fault::new(of(), format!("its name has more than {LONGEST_NAME} bytes")));
    }
    let at = all.iter().position(|series| series.id == id && series.label == label);
    let at = at.unwrap_or(all.len());
    if at >= MOST_COLUMNS {
        return Err(Fault::new(file, format!("has more than {MOST_COLUMNS} series")));
    }
    if at == all.len() {
        let (rows, partial, refused) = (Timeline::default(), false, None);
        all.push(Series { id, label, rows, partial, refused });
    }
    let Some(series) = all.get_mut(at) else { return Ok(()) };
    for (Stamp(tick), value) in timestamps.into_iter().zip(values) {
        series.rows.at(tick).merge(Cells(vec![Cell::of(value)]));
    }
    // A page that is not complete is followed by one that is.
    series.partial = status_code == "PartialData";
    if matches!(status_code.as_str(), "InternalError" | "Forbidden") {
        series.refused = Some(status_code);
    }
    Ok(())
}

fn recording(file: &str, all: Vec<Series>) -> Recording {
    let mut recording = Recording::default();
    let mut tables: Vec<(Table, String, String)> = Vec::new();
    for series in all {
        let of = format!("series `{}` of {file}", brief(&series.id));
        if let Some(refused) = &series.refused {
            recording.notes.push(Note::new(&of, format!("CloudWatch answered {refused}")));
        }
        if series.partial {
            let what = "its last page says that more follow; give all of them";
            recording.notes.push(Note::new(&of, what));
        }
        if series.rows.repeated() > 0 {
            let points = counted(series.rows.repeated(), "point has", "points have");
            let what = format!("{points} the time of another; they are averaged");
            recording.notes.push(Note::new(&of, what));
        }
        let mut table = Table::new(Clock::Epoch, Vec::new(), series.rows);
        if table.rows.is_empty() {
            recording.notes.push(Note::new(of, "CloudWatch has no points of it in that time"));
            continue;
        }
        table.step = period(&table);
        tables.push((table, series.id, series.label));
    }
    let mut steps: Vec<f64> =
        tables.iter().map(|(table, ..)| table.step).filter(|step| *step > 0.0).collect();
    let middle = steps.len() / 2;
    let usual = if steps.is_empty() {
        USUAL_PERIOD
    } else {
        *steps.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    for (mut table, id, label) in tables {
        if table.density() < 0.5 || table.rows.len() < 2 {
            // Few points of what is seldom: the period is that of the others.
            table.step = usual;
        }
        let (column, guess) = column(file, &id, &label, table.step);
        recording.guesses.extend(guess);
        table.columns.push(column);
        recording.tables.push(table);
    }
    recording
}

/// No two points of CloudWatch are closer than the period, though they may be further apart.
fn period(table: &Table) -> f64 {
    if table.width.is_some() {
        return table.step;
    }
    let steps = table.rows.windows(2).filter_map(|pair| match pair {
        [(earlier, _), (later, _)] => Some(Tick(later.minus(*earlier)).seconds()),
        _ => None,
    });
    steps.min_by(f64::total_cmp).unwrap_or(0.0)
}

fn column(file: &str, id: &str, label: &str, period: f64) -> (Column, Option<Guess>) {
    if let Some(source) = cloudwatch::from_label(label) {
        return (cloudwatch::column(file, source, period), None);
    }
    let mut column =
        Column { name: label.to_owned(), from: file.to_owned(), meaning: None, source: None };
    if let Some(source) = guessed(id, label)
        && let Some(meaning) = cloudwatch::meaning(&source, period)
    {
        column.name = cloudwatch::name(&source);
        column.meaning = Some(meaning);
        let what = format!(
            "is taken for {} of {}, by its label and id: {}",
            source.statistic,
            source.name,
            meaning.role.meaning()
        );
        let guess = Guess::new(format!("series `{}` of {file}", brief(id)), what);
        return (column, Some(guess));
    }
    let tells = |name: &str| !matches!(Words::of(name).role(), Role::Metric | Role::Time);
    if label.is_empty() || !tells(label) && tells(id) {
        column.name = id.to_owned();
    }
    (column, None)
}

/// The metric of a label that is CloudWatch's own, or a user's with the metric's name in it.
fn guessed(id: &str, label: &str) -> Option<Source> {
    let words = || label.split_whitespace();
    let statistic = words().find(|word| cloudwatch::is_statistic(word));
    let statistic = statistic.unwrap_or_else(|| match Words::of(id).role() {
        Role::Tasks => "SampleCount",
        Role::LatencyP50 => "p50",
        Role::LatencyP95 => "p95",
        Role::LatencyP99 => "p99",
        _ => "Average",
    });
    let source = |name: &str| Source {
        namespace: String::new(),
        name: name.to_owned(),
        dimensions: Vec::new(),
        statistic: statistic.to_owned(),
    };
    words().map(source).find(|source| cloudwatch::meaning(source, USUAL_PERIOD).is_some())
}
