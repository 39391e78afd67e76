//! The command line.

use std::io;
use std::path::{Path, PathBuf};

use advice::advise;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use crate::case::{Case, Question};
use crate::csv;
use crate::docs::{self, Unmarked};
use crate::judge::judge;
use crate::log::Log;
use crate::tally::Tally;
use crate::write::{File, LOADS, METRICS, Writer};

/// Measures the advisor on models of services with a known right metric.
#[derive(Debug, Parser)]
#[command(name = "advisor-bench")]
pub struct Cli {
    /// Number of tests
    #[arg(long, default_value_t = 600)]
    tests: u64,
    /// Number of the first test
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Also write the table to this page, between its markers
    #[arg(long)]
    page: Option<PathBuf>,
    /// Show only the test of this model or fault with the seed, in full
    #[arg(long, value_parser = question, conflicts_with_all = ["tests", "from", "page"])]
    model: Option<Question>,
    /// Random seed of that test
    #[arg(long, default_value_t = 0, requires = "model")]
    seed: u64,
    /// Write that test as CSV instead
    #[arg(long, requires = "model")]
    csv: bool,
    /// Write one load test in every format that the advisor reads, to subfolders of this one
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["tests", "from", "page", "model"])]
    formats: Option<PathBuf>,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Standard output cannot be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    /// A page, or a file of a format.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A page without markers for the table.
    #[error("{path}: {source}", path = .path.display())]
    Unmarked {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Unmarked,
    },
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn run(self) -> Result<(), Failure> {
        if let Some(folder) = &self.formats {
            return write(folder);
        }
        match self.model {
            None => bench(self.from, self.tests, self.page.as_deref()),
            Some(question) => one(&Case::draw(question, self.seed), self.csv),
        }
    }
}

/// Judges many tests, with a progress bar.
fn bench(from: u64, tests: u64, page: Option<&Path>) -> Result<(), Failure> {
    let style = "{wide_bar} {pos}/{len} tests, {eta} left{msg}";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(tests).with_style(style);
    let tally = Tally::of(from..from.saturating_add(tests), |tally| {
        bar.inc(1);
        if !tally.wrong.is_empty() {
            bar.set_message(format!(", {} wrong", tally.wrong.len()));
        }
    });
    bar.finish_and_clear();
    print!("{tally}");
    for (what, tests) in [("wrong", &tally.wrong), ("far", &tally.far)] {
        for (question, seed) in tests {
            println!("{what}: --model {} --seed {seed}", question.name());
        }
    }
    let Some(path) = page else { return Ok(()) };
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let text = docs::with_table(&text, &tally.to_string())
        .map_err(|source| Failure::Unmarked { path: path.to_owned(), source })?;
    std::fs::write(path, text).map_err(failed)
}

/// Write one test in every format.
fn write(folder: &Path) -> Result<(), Failure> {
    let log = Log::draw(1);
    for Writer { name, write } in LOADS.iter().chain(&METRICS) {
        let folder = folder.join(name.to_lowercase().replace(' ', "-"));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| Failure::File { path, source }
        };
        std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
        for File { name, text } in write(&log) {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(failed(&path))?;
        }
    }
    Ok(())
}

/// Writes one test as CSV, or shows it in full.
fn one(case: &Case, csv: bool) -> Result<(), Failure> {
    if csv {
        return Ok(csv::write(&case.test, &mut io::stdout().lock())?);
    }
    let Case { question, model, variant, truth, plan, settings, test, .. } = case;
    println!("{}: {model} ({variant}), {} samples", question.name(), test.len());
    println!("{settings:?}");
    for run in &plan.runs {
        let rates = run.phases.iter().map(|phase| format!("{:.1}", phase.rate));
        let seconds = run.phases.first().map_or(0.0, |phase| phase.seconds);
        let rates = rates.collect::<Vec<_>>().join(" ");
        println!("{} tasks, levels of {seconds} s, requests a second: {rates}", run.tasks);
    }
    println!("{truth:#?}");
    let advice = advise(test, settings, &mut |_, _| ());
    println!("{advice:#?}");
    println!("{:#?}", judge(case, &advice));
    Ok(())
}

fn question(name: &str) -> Result<Question, String> {
    let found = Question::all().find(|question| question.name() == name);
    let names = || Question::all().map(Question::name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("is none of {}", names()))
}
