//! What one source recorded: columns by time.

use crate::clock::Clock;
use crate::data::{Kind, Source, Unit};
use crate::requests::Log;
use crate::role::{Measure, Role};
use crate::timeline::{Merge, Tick, Timeline};

/// As many columns as are read.
pub(crate) const MOST_COLUMNS: usize = 256;

/// As many bytes as a column's name may have.
pub(crate) const LONGEST_NAME: usize = 1024;

/// The values of a column in one bucket of time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Cell {
    sum: f64,
    count: u64,
    least: f64,
    greatest: f64,
}

impl Cell {
    /// A single value, or none if it is no number.
    pub(crate) fn of(value: f64) -> Self {
        let mut cell = Self::default();
        cell.add(value);
        cell
    }

    pub(crate) fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.merge(Self { sum: value, count: 1, least: value, greatest: value });
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The average; NaN if there is no value.
    pub(crate) fn mean(&self) -> f64 {
        if self.least == self.greatest && !self.is_empty() {
            return self.least;
        }
        let mean = self.sum / self.count as f64;
        if mean.is_finite() { mean } else { f64::NAN }
    }

    /// The value that all have; NaN if they differ.
    pub(crate) fn steady(&self) -> f64 {
        if self.least == self.greatest { self.mean() } else { f64::NAN }
    }

    /// Whether any of them is negative.
    pub(crate) fn has_negative(&self) -> bool {
        self.least < 0.0
    }
}

impl Merge for Cell {
    fn merge(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else if !other.is_empty() {
            self.sum += other.sum;
            self.count += other.count;
            self.least = self.least.min(other.least);
            self.greatest = self.greatest.max(other.greatest);
        }
    }
}

/// One cell for each column.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cells(pub(crate) Vec<Cell>);

impl Merge for Cells {
    fn merge(&mut self, other: Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), Cell::default());
        }
        for (cell, other) in self.0.iter_mut().zip(other.0) {
            cell.merge(other);
        }
    }
}

/// A column, before anything is made of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The file that it stands in.
    pub(crate) from: String,
    /// What the source itself says that it is.
    pub(crate) meaning: Option<Meaning>,
    /// Where CloudWatch has it.
    pub(crate) source: Option<Source>,
}

impl Column {
    /// As messages name it.
    pub(crate) fn called(&self) -> String {
        let name = crate::said::brief(&self.name);
        format!("column `{name}` of {}", self.from)
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Meaning {
    pub(crate) role: Role,
    /// Of two columns in one role, the higher has it.
    pub(crate) rank: u8,
    /// In what the values of a role are; `None` if that has to be guessed.
    pub(crate) measure: Option<Measure>,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    /// Whether a gap means none, as CloudWatch has it for counts of what went wrong.
    pub(crate) gap_is_zero: bool,
}

/// Columns over the same times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    pub(crate) clock: Clock,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<(Tick, Cells)>,
    /// Seconds between two samples, as they were recorded.
    pub(crate) step: f64,
    /// The seconds that rows were taken together by, if they were.
    pub(crate) width: Option<f64>,
}

impl Table {
    pub(crate) fn new(clock: Clock, columns: Vec<Column>, timeline: Timeline<Cells>) -> Self {
        let (entries, width) = (timeline.entries(), timeline.width());
        let rows: Vec<_> = timeline.into_rows().collect();
        let step = match width {
            None => median_step(&rows),
            Some(_) => span(&rows) / entries.saturating_sub(1).max(1) as f64,
        };
        Self { clock, columns, rows, step, width }
    }

    pub(crate) fn leave_out(&mut self, is_out: impl Fn(&Column) -> bool) {
        let keep: Vec<bool> = self.columns.iter().map(|column| !is_out(column)).collect();
        let mut kept = keep.iter();
        self.columns.retain(|_| kept.next().copied().unwrap_or_default());
        for (_, cells) in &mut self.rows {
            let mut kept = keep.iter();
            cells.0.retain(|_| kept.next().copied().unwrap_or_default());
        }
    }

    /// Seconds that a row stands for now.
    pub(crate) fn resolution(&self) -> f64 {
        self.step.max(self.width.unwrap_or(0.0))
    }

    /// The share of its own time that its rows cover.
    pub(crate) fn density(&self) -> f64 {
        let rows = self.rows.len().saturating_sub(1) as f64;
        let span = span(&self.rows);
        if span > 0.0 { rows * self.resolution() / span } else { 1.0 }
    }
}

fn span(rows: &[(Tick, Cells)]) -> f64 {
    match rows {
        [(first, _), .., (last, _)] => Tick(last.minus(*first)).seconds(),
        _ => 0.0,
    }
}

fn median_step(rows: &[(Tick, Cells)]) -> f64 {
    let mut steps: Vec<i64> = rows
        .windows(2)
        .filter_map(|pair| match pair {
            [(earlier, _), (later, _)] => Some(later.minus(*earlier)),
            _ => None,
        })
        .collect();
    let middle = steps.len().saturating_sub(1) / 2;
    if steps.is_empty() { 0.0 } else { Tick(*steps.select_nth_unstable(middle).1).seconds() }
}

/// What several sources recorded, not yet a load test.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recording {
    pub(crate) tables: Vec<Table>,
    pub(crate) requests: Vec<Log>,
    pub(crate) guesses: Vec<crate::Guess>,
    pub(crate) notes: Vec<crate::Note>,
}

impl Recording {
    /// Both, by time.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.tables.extend(other.tables);
        self.requests.extend(other.requests);
        self.guesses.extend(other.guesses);
        self.notes.extend(other.notes);
        self
    }
}
