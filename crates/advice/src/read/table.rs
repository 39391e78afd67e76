//! What one source recorded: columns by time.

use super::clock::Clock;
use super::role::{Measure, Role};
use super::timeline::{Merge, Tick, Timeline};
use crate::load_test::{Kind, Source, Unit};

/// As many columns as are read.
pub(super) const MOST_COLUMNS: usize = 256;

/// As many bytes as a column's name may have.
pub(super) const LONGEST_NAME: usize = 1024;

/// The values of a column in one bucket of time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Cell {
    sum: f64,
    count: u64,
    least: f64,
    greatest: f64,
}

impl Cell {
    /// A single value, or none if it is no number.
    pub(super) fn of(value: f64) -> Self {
        let mut cell = Self::default();
        cell.add(value);
        cell
    }

    pub(super) fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.merge(Self { sum: value, count: 1, least: value, greatest: value });
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The average; NaN if there is no value.
    pub(super) fn mean(&self) -> f64 {
        if self.least == self.greatest && !self.is_empty() {
            return self.least;
        }
        let mean = self.sum / self.count as f64;
        if mean.is_finite() { mean } else { f64::NAN }
    }

    /// The value that all have; NaN if they differ.
    pub(super) fn steady(&self) -> f64 {
        if self.least == self.greatest { self.mean() } else { f64::NAN }
    }

    /// Whether any of them is negative.
    pub(super) fn has_negative(&self) -> bool {
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
pub(super) struct Cells(pub(super) Vec<Cell>);

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
pub(super) struct Column {
    pub(super) name: String,
    /// The file that it stands in.
    pub(super) from: String,
    /// What the source itself says that it is.
    pub(super) meaning: Option<Meaning>,
    /// Where CloudWatch has it.
    pub(super) source: Option<Source>,
}

impl Column {
    /// As messages name it.
    pub(super) fn called(&self) -> String {
        let name = super::said::brief(&self.name);
        format!("column `{name}` of {}", self.from)
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Meaning {
    pub(super) role: Role,
    /// Of two columns in one role, the higher has it.
    pub(super) rank: u8,
    /// In what the values of a role are; `None` if that has to be guessed.
    pub(super) measure: Option<Measure>,
    pub(super) kind: Kind,
    pub(super) unit: Unit,
    /// Whether a gap means none, as CloudWatch has it for counts of what went wrong.
    pub(super) gap_is_zero: bool,
}

/// Columns over the same times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) clock: Clock,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<(Tick, Cells)>,
    /// Seconds between two samples, as they were recorded.
    pub(super) step: f64,
    /// The seconds that rows were taken together by, if they were.
    pub(super) width: Option<f64>,
}

impl Table {
    pub(super) fn new(clock: Clock, columns: Vec<Column>, timeline: Timeline<Cells>) -> Self {
        let (entries, width) = (timeline.entries(), timeline.width());
        let rows: Vec<_> = timeline.into_rows().collect();
        let step = match width {
            None => median_step(&rows),
            Some(_) => span(&rows) / entries.saturating_sub(1).max(1) as f64,
        };
        Self { clock, columns, rows, step, width }
    }

    pub(super) fn leave_out(&mut self, is_out: impl Fn(&Column) -> bool) {
        let keep: Vec<bool> = self.columns.iter().map(|column| !is_out(column)).collect();
        let mut kept = keep.iter();
        self.columns.retain(|_| kept.next().copied().unwrap_or_default());
        for (_, cells) in &mut self.rows {
            let mut kept = keep.iter();
            cells.0.retain(|_| kept.next().copied().unwrap_or_default());
        }
    }

    /// Seconds that a row stands for now.
    pub(super) fn resolution(&self) -> f64 {
        self.step.max(self.width.unwrap_or(0.0))
    }

    /// The share of its own time that its rows cover.
    pub(super) fn density(&self) -> f64 {
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
    pub(super) tables: Vec<Table>,
    pub(super) guesses: Vec<super::Guess>,
    pub(super) notes: Vec<super::Note>,
}

impl Recording {
    /// Both, by time.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.tables.extend(other.tables);
        self.guesses.extend(other.guesses);
        self.notes.extend(other.notes);
        self
    }
}
