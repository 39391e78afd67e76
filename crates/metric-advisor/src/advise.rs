//! The command `advise`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use advice::advice::Advice;
use advice::paste::{self, Paste};
use advice::settings::{Objective, Runtime, Settings};
use clap::value_parser;
use load_test::{Guess, Mapping, Quantile, Reading, Recording};
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cloudwatch::{self, Account};
use crate::color::{Color, Paint};
use crate::exit::{Answer, Failure};
use crate::input::{self, Columns, Input, STANDARD_INPUT};
use crate::place::Place;
use crate::progress::Progress;
use crate::report::{Made, Origin};
use crate::run::Run;
use crate::{report, terminal, values};

/// The options of `advise`.
#[derive(Debug, clap::Args)]
pub struct Advise {
    /// Files of a load test, in any of the formats below. - is standard input. Several files are
    /// joined by time
    #[arg(value_name = "FILE", required_unless_present_any = ["load", "metrics", "from_cloudwatch"])]
    files: Vec<PathBuf>,
    /// More files, of load generators. The name of a summary gives its time, tasks and rate:
    /// 20261126T101500Z-2tasks-100rps.oha.json
    #[arg(long, value_name = "FILE", num_args = 1..)]
    load: Vec<PathBuf>,
    /// More files, of metrics, for example from `aws cloudwatch get-metric-data`
    #[arg(long, value_name = "FILE", num_args = 1..)]
    metrics: Vec<PathBuf>,
    /// Read the metrics of the service from CloudWatch. Only this option needs credentials
    #[arg(long, requires_all = ["cluster", "service", "start", "end"])]
    from_cloudwatch: bool,
    /// Time at which the test began, for example 2026-11-26T10:15:00Z, for CloudWatch and for
    /// files whose times count from the start
    #[arg(long, value_name = "TIME", value_parser = values::moment)]
    start: Option<OffsetDateTime>,
    /// Time at which the test ended, for CloudWatch
    #[arg(long, value_name = "TIME", requires = "from_cloudwatch", value_parser = values::moment)]
    end: Option<OffsetDateTime>,
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    place: Place,
    /// Fewest tasks, for the policies to paste
    #[arg(long, value_name = "N", default_value = "2")]
    min_tasks: NonZeroU32,
    /// Most tasks, for the policies to paste
    #[arg(long, value_name = "N", default_value = "10")]
    max_tasks: NonZeroU32,
    #[command(flatten)]
    columns: Columns,
    #[command(flatten)]
    wants: Wants,
    #[command(flatten)]
    output: Output,
}

/// The objective, and properties of the service that the data do not show.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Objective and headroom")]
struct Wants {
    /// Limit of the response or completion time, for example p95=500ms. Statistics: mean, p50,
    /// p95, p99. Default: three times that of the lowest level that holds
    #[arg(long, value_name = "STATISTIC=TIME", value_parser = values::objective)]
    objective: Option<(Quantile, f64)>,
    /// Largest share of requests that may fail
    #[arg(long, value_name = "SHARE", default_value = "1%", value_parser = values::share)]
    max_errors: f64,
    /// Smallest share of requests that must complete
    #[arg(long, value_name = "SHARE", default_value = "95%", value_parser = values::share)]
    min_completed: f64,
    /// Time from the start of a task until it takes its share of the load
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = values::duration)]
    start_up: Duration,
    /// Time from the rise of a metric until more tasks are requested
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = values::duration)]
    reaction: Duration,
    /// Steepest rise in demand to be ready for, for example 10%/min. Default: that of the data
    #[arg(long, value_name = "SHARE/min", value_parser = values::ramp)]
    ramp: Option<f64>,
    /// What the tasks run on
    #[arg(long, value_enum, default_value_t = RunsOn::Guess)]
    runtime: RunsOn,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of resampled tests for the confidence
    #[arg(long, value_name = "N", default_value = "200", value_parser = value_parser!(u64).range(1..=10_000))]
    resamples: u64,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RunsOn {
    /// Guess from the metrics
    Guess,
    /// No garbage collector: freed memory is returned
    Native,
    /// Java
    Java,
    /// Another garbage-collected runtime
    Collected,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct Output {
    /// Format of the answer on standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write a report with plots to this file, which loads no other file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Let --html overwrite a file
    #[arg(long, requires = "html")]
    force: bool,
    /// Print neither guesses nor progress on standard error
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Sentences and tables
    Text,
    /// The complete answer, for programs. `metric-advisor schema` describes it
    Json,
}

/// The answer for programs.
#[derive(Debug, Serialize, JsonSchema)]
struct Document<'a> {
    /// The answer, with the evidence.
    advice: &'a Advice,
    /// What was guessed from the names and values of columns.
    guesses: &'a [Guess],
    /// Remarks about gaps and errors in the data.
    notes: &'a [String],
    /// Policies to paste.
    paste: &'a [Paste],
    /// The version of metric-advisor.
    version: &'a str,
    /// The files and metrics that were read.
    origins: &'a [Origin],
}

/// The JSON Schema of the answer.
///
/// # Errors
/// When the schema cannot be written as JSON, which does not happen.
pub fn schema() -> Result<String, Failure> {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Document<'static>>();
    RecursiveTransform(nullable).transform(&mut schema);
    schema.insert("title".to_owned(), json!("The answer of metric-advisor advise --format json"));
    to_json(&schema)
}

/// Numbers that are unknown or infinite are null.
fn nullable(schema: &mut Schema) {
    if schema.get("type") == Some(&Value::from("number")) {
        schema.insert("type".to_owned(), json!(["number", "null"]));
    }
}

fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Input(format!("cannot write the answer as JSON: {error}")))
}

impl Advise {
    /// Reads, decides and prints.
    ///
    /// # Errors
    /// When the input cannot be used, or a file or a call fails.
    pub fn run(&self, run: &Run, color: Color) -> Result<Answer, Failure> {
        if self.max_tasks < self.min_tasks {
            return Err(Failure::Input("--max-tasks is less than --min-tasks".to_owned()));
        }
        self.check_report()?;
        let mapping = self.mapping()?;
        let Recorded { recording, absent, origins } = self.record(&mapping)?;
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
            let made = Made {
                command: run.command.clone(),
                version: VERSION.to_owned(),
                at: run.at,
                service: self.place.title(),
                origins: origins.clone(),
            };
            self.write_report(path, &report::html(&advice, &test, &policies, &made))?;
        }
        let answer = Answer::from(&advice.verdict);
        let text = match self.output.format {
            Format::Text => text(&advice, &paste, color.stdout()),
            Format::Json => to_json(&Document {
                advice: &advice,
                guesses: &guesses,
                notes: &notes,
                paste: &paste,
                version: VERSION,
                origins: &origins,
            })?,
        };
        print(&text)?;
        Ok(answer)
    }

    /// The mapping from the options.
    fn mapping(&self) -> Result<Mapping, Failure> {
        let mut mapping = self.columns.mapping()?;
        if let Some(start) = self.start {
            mapping.began(&rfc3339(start))?;
        }
        Ok(mapping)
    }

    /// Checks the file of the report before the analysis, whose result would be lost otherwise.
    fn check_report(&self) -> Result<(), Failure> {
        match &self.output.html {
            Some(path) if !self.output.force && path.is_file() => Err(exists(path)),
            _ => Ok(()),
        }
    }

    fn write_report(&self, path: &Path, page: &str) -> Result<(), Failure> {
        let written = match self.output.force || (path.exists() && !path.is_file()) {
            true => fs::write(path, page),
            false => File::create_new(path).and_then(|mut file| file.write_all(page.as_bytes())),
        };
        written.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(path),
            _ => Failure::file(path.display())(error),
        })
    }

    /// All files and CloudWatch, joined.
    fn record(&self, mapping: &Mapping) -> Result<Recorded, Failure> {
        let mut all = Recorded::default();
        for path in self.files.iter().chain(&self.load).chain(&self.metrics) {
            let Input { format, recording, sha256 } = input::read(path, mapping, self.progress())?;
            let name = match path == Path::new("-") {
                true => STANDARD_INPUT.to_owned(),
                false => path.display().to_string(),
            };
            self.say(&format!("{name}: {format}"));
            all.recording = all.recording.join(recording);
            all.origins.push(Origin { name, format: format.to_string(), sha256: Some(sha256) });
        }
        let Some(span) = self.start.zip(self.end).filter(|_| self.from_cloudwatch) else {
            return Ok(all);
        };
        let found = cloudwatch::read_as(&self.account, &self.place, span)?;
        all.absent = found.notes();
        // If the recording cannot be used, these guesses explain why.
        all.absent.iter().for_each(|note| self.say(note));
        all.recording = all.recording.join(found.recording);
        all.origins.push(Origin {
            name: "CloudWatch".to_owned(),
            format: format!("GetMetricData, {} to {}", rfc3339(span.0), rfc3339(span.1)),
            sha256: None,
        });
        Ok(all)
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

/// What was read.
#[derive(Debug, Default)]
struct Recorded {
    recording: Recording,
    /// Metrics that CloudWatch does not have.
    absent: Vec<String>,
    origins: Vec<Origin>,
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn exists(path: &Path) -> Failure {
    Failure::Input(format!("{} exists; overwrite it with --force", path.display()))
}

/// A time in RFC 3339. Every time that an option can give has that form.
fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

/// Width in columns if standard output is not a terminal.
const PAGE: usize = 100;

fn text(advice: &Advice, paste: &[Paste], paint: Paint) -> String {
    let terminal = console::Term::stdout().size_checked();
    let width = terminal.map_or(PAGE, |(_, columns)| usize::from(columns));
    let mut text = terminal::show(advice, width, paint);
    for Paste { title, text: policy } in paste {
        text.push_str(&format!("\n{}\n\n{policy}", paint.bold(&format!("--- {title} ---"))));
    }
    text
}

/// Writes to standard output. A closed pipe is not an error.
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
