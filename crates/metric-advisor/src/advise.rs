//! From what is given to the answer.

use std::fs;
use std::io::{self, Write as _};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use advice::advice::Advice;
use advice::paste::{self, Paste};
use advice::settings::{Objective, Runtime, Settings};
use clap::value_parser;
use load_test::{Guess, Mapping, Quantile, Reading, Recording};
use serde::Serialize;
use time::OffsetDateTime;

use crate::exit::{Answer, Failure};
use crate::input::{self, Columns};
use crate::place::Place;
use crate::progress::Progress;
use crate::{cloudwatch, report, terminal, values};

/// What is advised on.
#[derive(Debug, clap::Args)]
pub struct Advise {
    /// The load test: CSV, or any that --load and --metrics take; - is standard input. What a
    /// file is its content tells
    #[arg(value_name = "FILE", required_unless_present_any = ["load", "metrics", "from_cloudwatch"])]
    files: Vec<PathBuf>,
    /// What a load generator wrote: k6 (--out json, --summary-export), oha (--output-format
    /// json), wrk or wrk2 (--latency). Summaries tell time, tasks and rate by their names, as
    /// 20261126T101500Z-2tasks-100rps.oha.json
    #[arg(long, value_name = "FILE", num_args = 1..)]
    load: Vec<PathBuf>,
    /// What `aws cloudwatch get-metric-data` wrote; it is joined by time
    #[arg(long, value_name = "FILE", num_args = 1..)]
    metrics: Vec<PathBuf>,
    /// Ask CloudWatch for the metrics of the service; nothing else needs credentials
    #[arg(long, requires_all = ["cluster", "service", "start", "end"])]
    from_cloudwatch: bool,
    /// When the test began, as 2026-11-26T10:15:00Z
    #[arg(long, value_name = "TIME", requires = "from_cloudwatch", value_parser = values::moment)]
    start: Option<OffsetDateTime>,
    /// When it ended
    #[arg(long, value_name = "TIME", requires = "from_cloudwatch", value_parser = values::moment)]
    end: Option<OffsetDateTime>,
    #[command(flatten)]
    place: Place,
    /// Fewest tasks, for what to paste
    #[arg(long, value_name = "N", default_value = "2")]
    min_tasks: NonZeroU32,
    /// Most tasks, for what to paste
    #[arg(long, value_name = "N", default_value = "10")]
    max_tasks: NonZeroU32,
    #[command(flatten)]
    columns: Columns,
    #[command(flatten)]
    wants: Wants,
    #[command(flatten)]
    output: Output,
}

/// What the service promises, and what the data cannot tell.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What the service has to hold")]
struct Wants {
    /// The limit of response or completion time, as p95=500ms; mean, p50 and p99 too. Without
    /// it, three times that of the lowest level
    #[arg(long, value_name = "STATISTIC=TIME", value_parser = values::objective)]
    objective: Option<(Quantile, f64)>,
    /// The greatest share of requests that may fail
    #[arg(long, value_name = "SHARE", default_value = "1%", value_parser = values::share)]
    max_errors: f64,
    /// The least share of them that has to be completed
    #[arg(long, value_name = "SHARE", default_value = "95%", value_parser = values::share)]
    min_completed: f64,
    /// From a task's start until it takes its share of the load
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = values::duration)]
    start_up: Duration,
    /// From a metric's rise until tasks are asked for
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = values::duration)]
    reaction: Duration,
    /// The steepest rise of demand to be ready for, as 10%/min; without it, the data's
    #[arg(long, value_name = "SHARE/min", value_parser = values::ramp)]
    ramp: Option<f64>,
    /// What the tasks run on
    #[arg(long, value_enum, default_value_t = RunsOn::Guess)]
    runtime: RunsOn,
    /// The seed of all chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many resampled tests say how sure the answer is
    #[arg(long, value_name = "N", default_value = "200", value_parser = value_parser!(u64).range(1..=10_000))]
    resamples: u64,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RunsOn {
    /// The metrics' names tell
    Guess,
    /// Memory that is freed is given back
    Native,
    /// A Java heap
    Java,
    /// Another garbage collector
    Collected,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct Output {
    /// On standard output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write a report with plots, one file that refers to no other
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Tell neither guesses nor progress on standard error
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Sentences and tables
    Table,
    /// All that is known, for programs
    Json,
}

/// The answer for programs.
#[derive(Debug, Serialize)]
struct Told<'a> {
    advice: &'a Advice,
    guesses: &'a [Guess],
    notes: &'a [String],
    paste: &'a [Paste],
}

impl Advise {
    /// Read, decide and tell.
    ///
    /// # Errors
    /// When what is given cannot be used, or a file or a call fails.
    pub fn run(&self) -> Result<Answer, Failure> {
        if self.max_tasks < self.min_tasks {
            return Err(Failure::Input("--max-tasks is less than --min-tasks".to_owned()));
        }
        let mapping = self.columns.mapping()?;
        let (recording, absent) = self.record(&mapping)?;
        let Reading { test, guesses, notes, .. } = recording.into_load_test(&mapping)?;
        let notes = notes.iter().map(ToString::to_string);
        for said in guesses.iter().map(ToString::to_string).chain(notes.clone()) {
            self.say(&said);
        }
        let notes: Vec<String> = absent.into_iter().chain(notes).collect();
        let bar = self.progress().resampling();
        let advice = advice::advise(&test, &self.settings(), &mut |done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        let names = self.place.names(Some(self.min_tasks.get()), Some(self.max_tasks.get()));
        let paste = paste::policies(&advice, &names);
        if let Some(path) = &self.output.html {
            let policies: Vec<(String, String)> =
                paste.iter().map(|one| (one.title.clone(), one.text.clone())).collect();
            fs::write(path, report::html(&advice, &test, &policies))
                .map_err(Failure::file(path.display()))?;
        }
        let answer = Answer::from(&advice.verdict);
        let text = match self.output.format {
            Format::Table => table(&advice, &paste),
            Format::Json => {
                let told =
                    Told { advice: &advice, guesses: &guesses, notes: &notes, paste: &paste };
                let text = serde_json::to_string_pretty(&told);
                text.map_err(|error| Failure::Input(format!("the answer is no JSON: {error}")))?
            }
        };
        print(&text)?;
        Ok(answer)
    }

    /// All that is given as one, and what CloudWatch has not.
    fn record(&self, mapping: &Mapping) -> Result<(Recording, Vec<String>), Failure> {
        let mut all = Recording::default();
        for path in self.files.iter().chain(&self.load).chain(&self.metrics) {
            let (format, recording) = input::read(path, mapping, self.progress())?;
            self.say(&format!("{}: {format}", path.display()));
            all = all.join(recording);
        }
        let Some(span) = self.start.zip(self.end).filter(|_| self.from_cloudwatch) else {
            return Ok((all, Vec::new()));
        };
        let found = cloudwatch::read_by_environment(&self.place, span)?;
        let absent = found.notes();
        // What comes of it may be that it cannot be used, which this explains.
        absent.iter().for_each(|note| self.say(note));
        Ok((all.join(found.recording), absent))
    }

    fn settings(&self) -> Settings {
        let wants = &self.wants;
        Settings {
            objective: Objective {
                latency: wants.objective,
                errors: wants.max_errors,
                completed: wants.min_completed,
            },
            start_up: wants.start_up.as_secs_f64(),
            reaction: wants.reaction.as_secs_f64(),
            ramp: wants.ramp,
            runtime: match wants.runtime {
                RunsOn::Guess => Runtime::Guess,
                RunsOn::Native => Runtime::Native,
                RunsOn::Java => Runtime::Java,
                RunsOn::Collected => Runtime::Collected,
            },
            seed: wants.seed,
            resamples: usize::try_from(wants.resamples).unwrap_or(usize::MAX),
        }
    }

    const fn progress(&self) -> Progress {
        Progress { quiet: self.output.quiet }
    }

    fn say(&self, what: &str) {
        if !self.output.quiet {
            eprintln!("{what}");
        }
    }
}

/// Columns of a page, where standard output is no terminal.
const PAGE: usize = 100;

fn table(advice: &Advice, paste: &[Paste]) -> String {
    let terminal = console::Term::stdout().size_checked();
    let width = terminal.map_or(PAGE, |(_, columns)| usize::from(columns));
    let mut text = terminal::show(advice, width);
    for Paste { title, text: policy } in paste {
        text.push_str(&format!("\n--- {title} ---\n\n{policy}"));
    }
    text
}

/// Write to standard output. Who reads it may have had enough.
///
/// # Errors
/// When it cannot be written for another reason.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| match text.ends_with('\n') {
        true => out.flush(),
        false => out.write_all(b"\n").and_then(|()| out.flush()),
    });
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::file("standard output")(error))
        }
        _ => Ok(()),
    }
}
