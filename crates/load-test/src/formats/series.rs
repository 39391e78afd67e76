//! Series of CloudWatch, each with times of its own.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Visitor};

use super::cloudwatch;
use crate::clock::{self, Clock};
use crate::data::{Source, Unit};
use crate::role::{Measure, Role};
use crate::roles::NAMED;
use crate::said::{Fault, Guess, Note, brief, counted};
use crate::table::{Cell, Cells, Column, LONGEST_NAME, MOST_COLUMNS, Meaning, Recording, Table};
use crate::timeline::{Merge, Tick, Timeline};
use crate::words::Words;

/// CloudWatch's usual period, for a series with one point.
const USUAL_PERIOD: f64 = 60.0;

/// A date, or seconds since 1970, as the command line is configured.
pub(super) struct Stamp(pub(super) Tick);

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

/// What a series says of itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) label: String,
    /// The metric and its statistic, without a namespace if only those are known.
    pub(super) source: Option<Source>,
    /// As CloudWatch names it, for example `Milliseconds`.
    pub(super) unit: Option<String>,
    /// Seconds that a point stands for.
    pub(super) period: Option<f64>,
}

/// A series, from all parts of a file.
#[derive(Default)]
pub(super) struct Series {
    pub(super) told: Told,
    rows: Timeline<Cells>,
    pub(super) partial: bool,
    pub(super) refused: Option<String>,
}

impl Series {
    pub(super) fn new(told: Told) -> Self {
        Self { told, ..Self::default() }
    }

    pub(super) fn add(&mut self, tick: Tick, value: f64) {
        self.rows.at(tick).merge(Cells(vec![Cell::of(value)]));
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows.entries() == 0
    }

    fn called(&self, file: &str) -> String {
        let Told { id, label, .. } = &self.told;
        format!("series `{}` of {file}", brief(if id.is_empty() { label } else { id }))
    }
}

/// The series that says the same of itself, or a new one.
///
/// # Errors
/// If there are too many, or its name is too long.
pub(super) fn series<'a>(
    file: &str,
    all: &'a mut Vec<Series>,
    told: Told,
) -> Result<&'a mut Series, Fault> {
    if told.id.len().max(told.label.len()) > LONGEST_NAME {
        let what = format!("the name of a series has more than {LONGEST_NAME} bytes");
        return Err(Fault::new(file, what));
    }
    let at = all.iter().position(|series| series.told == told);
    let too_many = || Fault::new(file, format!("has more than {MOST_COLUMNS} series"));
    if at.is_none() {
        if all.len() >= MOST_COLUMNS {
            return Err(too_many());
        }
        all.push(Series::new(told));
    }
    let at = at.unwrap_or(all.len() - 1);
    all.get_mut(at).ok_or_else(too_many)
}

/// All series as tables, each with its own times.
pub(super) fn recording(file: &str, all: Vec<Series>) -> Recording {
    let mut recording = Recording::default();
    let mut tables: Vec<(Table, Told)> = Vec::new();
    for series in all {
        let of = series.called(file);
        if let Some(refused) = &series.refused {
            let what = format!("CloudWatch answered {}", brief(refused));
            recording.notes.push(Note::new(&of, what));
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
        table.step = series.told.period.unwrap_or_else(|| period(&table));
        tables.push((table, series.told));
    }
    let mut steps: Vec<f64> =
        tables.iter().map(|(table, _)| table.step).filter(|step| *step > 0.0).collect();
    let middle = steps.len() / 2;
    let usual = if steps.is_empty() {
        USUAL_PERIOD
    } else {
        *steps.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    for (mut table, told) in tables {
        if told.period.is_none() && (table.density() < 0.5 || table.rows.len() < 2) {
            // Few points of what is seldom: the period is that of the others.
            table.step = usual;
        }
        let (column, guess) = column(file, told, table.step);
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

fn column(file: &str, told: Told, period: f64) -> (Column, Option<Guess>) {
    let Told { id, label, source, unit, .. } = told;
    if let Some(source) = source.or_else(|| cloudwatch::from_label(&label)) {
        let mut column = cloudwatch::column(file, source, period);
        if let Some(unit) = &unit {
            column.meaning = Some(in_unit(&column, unit));
        }
        // Without a namespace it is not an address.
        column.source = column.source.filter(|source| !source.namespace.is_empty());
        return (column, None);
    }
    let mut column =
        Column { name: label.clone(), from: file.to_owned(), meaning: None, source: None };
    if let Some(source) = guessed(&id, &label)
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
        let guess = Guess::new(format!("series `{}` of {file}", brief(&id)), what);
        return (column, Some(guess));
    }
    let tells = |name: &str| !matches!(Words::of(name).role(), Role::Metric | Role::Time);
    if label.is_empty() || !tells(&label) && tells(&id) {
        column.name = id;
    }
    (column, None)
}

/// The metric of a label that is CloudWatch's own, or a user's with the metric's name in it.
fn guessed(id: &str, label: &str) -> Option<Source> {
    let words = || label.split_whitespace();
    let name = words().find(|word| cloudwatch::usual(word).is_some())?;
    let statistic = words().find(|word| cloudwatch::is_statistic(word));
    let statistic = statistic.or(match Words::of(id).role() {
        Role::Tasks if name.ends_with("Utilization") => Some("SampleCount"),
        Role::LatencyP50 => Some("p50"),
        Role::LatencyP95 => Some("p95"),
        Role::LatencyP99 => Some("p99"),
        _ => cloudwatch::usual(name),
    })?;
    Some(cloudwatch::named(name, statistic))
}

/// The meaning of a column of which CloudWatch tells the unit; of a metric of the user's own, the
/// name tells the rest.
fn in_unit(column: &Column, unit: &str) -> Meaning {
    let mut meaning = column.meaning.unwrap_or_else(|| {
        let words = Words::of(&column.name);
        let role = match words.role() {
            Role::Time => Role::Metric,
            role => role,
        };
        let summed = column.source.as_ref().is_some_and(|source| source.statistic == "Sum");
        let is_rate = matches!(role, Role::Demand | Role::Completed | Role::Errors);
        let measure = (summed && is_rate).then_some(Measure::PerSample);
        let (kind, unit) = (words.kind(), words.unit());
        Meaning { role, rank: NAMED, measure, kind, unit, gap_is_zero: false }
    });
    let counts = column.source.as_ref().is_some_and(|source| source.statistic == "SampleCount");
    let (measure, unit) = match unit {
        // A count of samples has the unit of the samples.
        _ if counts => return meaning,
        "Seconds" => (Measure::Seconds, Unit::Seconds),
        "Milliseconds" => (Measure::Milliseconds, Unit::Unknown),
        "Microseconds" => (Measure::Microseconds, Unit::Unknown),
        "Percent" => (Measure::Percent, Unit::Percent),
        "Count/Second" => (Measure::PerSecond, Unit::PerSecond),
        "Bytes/Second" => (Measure::PerSecond, Unit::PerSecond),
        "Bytes" => (Measure::Bytes, Unit::Bytes),
        "Count" => (Measure::Count, Unit::Count),
        _ => return meaning,
    };
    if meaning.role != Role::Metric && meaning.role.takes(measure) {
        meaning.measure = Some(measure);
    }
    meaning.unit = unit;
    meaning
}
