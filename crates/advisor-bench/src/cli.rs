//! The command line.

use std::io;

use clap::Parser;

use crate::case::{Case, Question};
use crate::csv;

/// Weighs the advisor against models of services whose right metric is known.
#[derive(Debug, Parser)]
#[command(name = "advisor-bench")]
pub struct Cli {
    /// The model whose test of the seed is told in full
    #[arg(long, value_parser = question)]
    model: Question,
    /// The seed of all chance
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Write that test as CSV instead
    #[arg(long)]
    csv: bool,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody reads.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

impl Cli {
    /// Do what the command line says.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn run(self) -> Result<(), Failure> {
        let case = Case::draw(self.model, self.seed);
        if self.csv {
            csv::write(&case.test, &mut io::stdout().lock())?;
        } else {
            println!("{} ({}), {:#?}", case.question.name(), case.variant, case.truth);
        }
        Ok(())
    }
}

fn question(name: &str) -> Result<Question, String> {
    let found = Question::all().find(|question| question.name() == name);
    let names = || Question::all().map(Question::name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("is none of {}", names()))
}
