//! From what load generators and CloudWatch write to a [`LoadTest`].
//!
//! A reader makes a [`Recording`] of one file; recordings are joined by time, and become a load
//! test when all are there. What a file does not say is guessed from names and sizes, and every
//! guess is told. Every reader takes bounded memory, whatever it is given.

mod align;
mod build;
mod check;
mod clock;
mod cloudwatch;
mod csv;
mod get_metric_data;
mod k6;
mod level;
mod mapping;
mod metric;
mod role;
mod roles;
mod said;
mod source;
mod summary;
mod table;
mod timeline;
mod vocabulary;
mod words;

use std::fmt;
use std::io::Read;

use time::OffsetDateTime;

pub use cloudwatch::{Observed, label};
pub use csv::csv;
pub use get_metric_data::get_metric_data;
pub use k6::k6;
pub use mapping::Mapping;
pub use role::{Measure, Role};
pub use said::{Fault, Guess, Note};
pub use summary::summary;
pub use table::Recording;
pub use timeline::MOST_TIMES;

use crate::load_test::LoadTest;

/// A load test, and what was made of its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The load test.
    pub test: LoadTest,
    /// What was guessed.
    pub guesses: Vec<Guess>,
    /// What the data lack.
    pub notes: Vec<Note>,
    /// When the first sample was taken, if the sources say so.
    pub began: Option<OffsetDateTime>,
}

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Separated values.
    Csv,
    /// What `aws cloudwatch get-metric-data` writes.
    GetMetricData,
    /// What `k6 run --out json=FILE` writes.
    K6,
    /// The summary of one level, of a load generator.
    Summary,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "separated values",
            Self::GetMetricData => "metrics of CloudWatch",
            Self::K6 => "points of k6",
            Self::Summary => "the summary of a level",
        })
    }
}

impl Recording {
    /// The load test.
    ///
    /// # Errors
    /// If a role has no column or more than one, a unit cannot be told, values cannot be what
    /// they are taken for, or sources cannot be joined.
    pub fn into_load_test(mut self, mapping: &Mapping) -> Result<Reading, Fault> {
        let mut guesses = std::mem::take(&mut self.guesses);
        let mut notes = std::mem::take(&mut self.notes);
        let mut grid = align::align(self, mapping, &mut guesses, &mut notes)?;
        let cast = roles::cast(&mut grid, mapping, &mut guesses, &mut notes)?;
        let test = build::Builder { mapping, guesses: &mut guesses, notes: &mut notes }
            .build(&grid, &cast)?;
        check::check(&test, &cast, &mut notes)?;
        let dated = grid.clock == clock::Clock::Epoch;
        let began = grid.times.first().filter(|_| dated).copied().and_then(clock::to_date);
        Ok(Reading { test, guesses, notes, began })
    }
}

/// Reads a file by what it is.
///
/// # Errors
/// Those of the format's own reader.
pub fn any(name: &str, source: impl Read, mapping: &Mapping) -> Result<(Format, Recording), Fault> {
    let mut head = Vec::new();
    let mut source = source;
    if let Err(error) = (&mut source).take(HEAD).read_to_end(&mut head) {
        return Err(Fault::new(said::brief_file(name), format!("cannot be read: {error}")));
    }
    let format = format(&head);
    let source = head.chain(source);
    let recording = match format {
        Format::Csv => csv(name, source, mapping),
        Format::GetMetricData => get_metric_data(name, source),
        Format::K6 => k6(name, source),
        Format::Summary => summary(name, source),
    }?;
    Ok((format, recording))
}

/// As much of a file as tells what it is.
const HEAD: u64 = 4096;

fn format(head: &[u8]) -> Format {
    let head = head.trim_ascii_start();
    let has = |word: &str| head.windows(word.len()).any(|window| window == word.as_bytes());
    if head.starts_with(b"{") {
        // k6 writes a line for each point; the others write one object.
        if has("\"MetricDataResults\"") {
            Format::GetMetricData
        } else if has("\"type\":\"Metric\"") || has("\"type\":\"Point\"") {
            Format::K6
        } else {
            Format::Summary
        }
    } else if head.starts_with(b"Running ") {
        Format::Summary
    } else {
        Format::Csv
    }
}
