//! From what is given to the answer.

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

/// What is advised on.
#[derive(Debug, clap::Args)]
pub struct Advise {
    /// The load test: any of the formats below; - is standard input. Several files are joined by
    /// time
    #[arg(value_name = "FILE", required_unless_present_any = ["load", "metrics", "from_cloudwatch"])]
    files: Vec<PathBuf>,
    /// More files, of load generators. The name of a summary tells time, tasks and rate:
    /// 20261126T101500Z-2tasks-100rps.oha.json
    #[arg(long, value_name = "FILE", num_args = 1..)]
    load: Vec<PathBuf>,
    /// More files, of metrics, such as `aws cloudwatch get-metric-data` writes
    #[arg(long, value_name = "FILE", num_args = 1..)]
    metrics: Vec<PathBuf>,
    /// Ask CloudWatch for the metrics of the service; nothing else needs credentials
    #[arg(long, requires_all = ["cluster", "service", "start", "end"])]
    from_cloudwatch: bool,
    /// When the test began, as 2026-11-26T10:15:00Z: for CloudWatch, and for files whose times
    /// count from the start
    #[arg(long, value_name = "TIME", value_parser = values::moment)]
    start: Option<OffsetDateTime>,
    /// When it ended
    #[arg(long, value_name = "TIME", requires = "from_cloudwatch", value_parser = values::moment)]
    end: Option<OffsetDateTime>,
    #[command(flatten)]
    account: Account,
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
    /// it, three times that of the lowest level that holds
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
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write a report with plots, one file that refers to no other
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Let --html overwrite a file
    #[arg(long, requires = "html")]
    force: bool,
    /// Tell neither guesses nor progress on standard error
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Sentences and tables
    Text,
    /// All that is known, for programs; `metric-advisor schema` describes it
    Json,
}

/// The answer for programs.
#[derive(Debug, Serialize, JsonSchema)]
struct Told<'a> {
    /// The answer, and what it rests on.
    advice: &'a Advice,
    /// What names and sizes of columns were taken to mean.
    guesses: &'a [Guess],
    /// What the data lack.
    notes: &'a [String],
    /// Policies to paste.
    paste: &'a [Paste],
    /// The version of metric-advisor.
    version: &'a str,
    /// What was read.
    origins: &'a [Origin],
}

/// The JSON Schema of the answer.
///
/// # Errors
/// When it is not JSON, which no schema is.
pub fn schema() -> Result<String, Failure> {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Told<'static>>();
    RecursiveTransform(nullable).transform(&mut schema);
    schema.insert("title".to_owned(), json!("The answer of metric-advisor advise --format json"));
    to_json(&schema)
}

/// What is unknown or infinite is null.
fn nullable(schema: &mut Schema) {
    if schema.get("type") == Some(&Value::from("number")) {
        schema.insert("type".to_owned(), json!(["number", "null"]));
    }
}

fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Input(format!("the answer is not JSON: {error}")))
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
            Format::Json => to_json(&Told {
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

    /// How the options explain the files.
    fn mapping(&self) -> Result<Mapping, Failure> {
        let mut mapping = self.columns.mapping()?;
        if let Some(start) = self.start {
            mapping.began(&told(start))?;
        }
        Ok(mapping)
    }

    /// Before all work, which a file that is in the way would waste.
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
        // What comes of it may be that it cannot be used, which this explains.
        all.absent.iter().for_each(|note| self.say(note));
        all.recording = all.recording.join(found.recording);
        all.origins.push(Origin {
            name: "CloudWatch".to_owned(),
            format: format!("GetMetricData, {} to {}", told(span.0), told(span.1)),
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
    /// What CloudWatch does not have.
    absent: Vec<String>,
    origins: Vec<Origin>,
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn exists(path: &Path) -> Failure {
    Failure::Input(format!("{} exists, overwrite it by --force", path.display()))
}

/// A time as it is given. Those that have no such form were not given.
fn told(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

/// Columns of a page, where standard output is not a terminal.
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
