//! From what load generators and CloudWatch write to a [`LoadTest`].
//!
//! A reader makes a [`Recording`] of one file; recordings are joined by time, and become a load
//! test when all are there. What a file does not say is guessed from names and sizes, and every
//! guess is reported. Every reader needs bounded memory, for any input.

mod align;
mod build;
mod check;
mod clock;
mod data;
mod formats;
mod level;
mod mapping;
mod metric;
mod requests;
mod role;
mod roles;
mod said;
mod sketch;
mod source;
mod table;
mod timeline;
mod vocabulary;
mod words;

use time::OffsetDateTime;

pub use data::{Kind, Latency, LoadTest, Metric, Quantile, Series, Source, Unit};
pub use formats::cloudwatch::{Observed, label};
pub use formats::{Format, WRITERS, read, read_as};
pub use mapping::Mapping;
pub use role::{Measure, Role};
pub use said::{Fault, Guess, Note};
pub use sketch::Sketch;
pub use table::Recording;
pub use timeline::MOST_TIMES;

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

/// Traffic over time, and what was made of its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Seconds from the first sample.
    pub times: Vec<f64>,
    /// Requests per second. A missing value is NaN.
    pub rates: Series,
    /// What was guessed.
    pub guesses: Vec<Guess>,
    /// What the data lack.
    pub notes: Vec<Note>,
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
        let needed = [Role::Tasks, Role::Demand];
        let cast = roles::cast(&mut grid, mapping, &needed, &mut guesses, &mut notes)?;
        let said = said::Said { guesses: &mut guesses, notes: &mut notes };
        let test = build::Builder { mapping, said }.build(&grid, &cast)?;
        check::check(&test, &cast, &mut notes)?;
        let dated = grid.clock == clock::Clock::Epoch;
        let began = grid.times.first().filter(|_| dated).copied().and_then(clock::to_date);
        Ok(Reading { test, guesses, notes, began })
    }
    /// The demand alone, of a record of traffic.
    ///
    /// # Errors
    /// If no column or more than one is the demand, its unit cannot be told, or values cannot be
    /// what they are taken for.
    pub fn into_demand(mut self, mapping: &Mapping) -> Result<Demand, Fault> {
        let mut guesses = std::mem::take(&mut self.guesses);
        let mut notes = std::mem::take(&mut self.notes);
        let mut grid = align::align(self, mapping, &mut guesses, &mut notes)?;
        let needed = [Role::Demand];
        let cast = roles::cast(&mut grid, mapping, &needed, &mut guesses, &mut notes)?;
        let said = said::Said { guesses: &mut guesses, notes: &mut notes };
        let (times, rates) = build::Builder { mapping, said }.demand(&grid, &cast)?;
        Ok(Demand { times, rates, guesses, notes })
    }
}
