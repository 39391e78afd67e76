//! The command `weigh`: how light the compiled functions are, beside an empty one that
//! is built with the same profile.
//!
//! Each function is started many times as Lambda would start it, in turns with the
//! others, so that whatever else the machine does falls on all alike. Its CPU time is
//! the kernel's own account of its threads, in nanoseconds; no wall time is measured.

mod endpoint;
mod lambda;
mod process;
mod run;
mod subject;

use std::io;
use std::path::Path;

use indicatif::ProgressBar;
use region::template::TemplateError;
use time::Duration;

use self::endpoint::Endpoint;
use self::run::Sample;
use self::subject::{EMPTY, Subject};
use crate::table::table;
use crate::target::{self, Target};

/// Starts of each function.
const ROUNDS: usize = 41;

/// More CPU than an empty function's that initialisation may take, where twice its own
/// is less.
const INIT_ABOVE_EMPTY: f64 = 4.0;

/// CPU of the first invocation with its call or calls over TLS, milliseconds.
const FIRST_CALL: f64 = 3.0;

/// The zipped binary, megabytes.
const ZIPPED: f64 = 3.0;

/// Why nothing could be weighed, or what weighs too much.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A binary is not there.
    #[error("cannot read {0}, run `make bench`: {1}")]
    Binary(String, io::Error),
    /// The template does not say what the functions are given.
    #[error("cannot read template.yaml: {0}")]
    Template(#[from] TemplateError),
    /// The endpoint's certificate.
    #[error("cannot make a certificate: {0}")]
    Certificate(String),
    /// A socket, a file or a process.
    #[error("{0}: {1}")]
    System(&'static str, io::Error),
    /// A function did not do what it was started for.
    #[error("{0} was started and {1}")]
    Function(&'static str, String),
    /// Targets that were missed.
    #[error("targets were missed: {}", .0.join("; "))]
    Missed(Vec<String>),
}

/// What was measured of one function.
#[derive(Debug)]
struct Weight {
    subject: Subject,
    binary_bytes: u64,
    zipped_bytes: u64,
    samples: Vec<Sample>,
}

/// Weigh the release builds in `directory`, and print the weights and the targets.
///
/// # Errors
/// See [`Trouble`].
pub async fn run(directory: &Path) -> Result<(), Trouble> {
    let endpoint = Endpoint::open().await?;
    let mut weights = Vec::new();
    for subject in Subject::all(directory)? {
        let (binary_bytes, zipped_bytes) = subject.sizes()?;
        weights.push(Weight { subject, binary_bytes, zipped_bytes, samples: Vec::new() });
    }
    let bar = ProgressBar::new(u64::try_from(ROUNDS * weights.len()).unwrap_or_default());
    for _ in 0..ROUNDS {
        for weight in &mut weights {
            weight.samples.push(run::once(&weight.subject, &endpoint).await?);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    show(&weights, endpoint.roots());
    let targets = targets(&weights);
    target::show(&targets);
    let missed: Vec<String> = targets.iter().filter_map(Target::missed).collect();
    if missed.is_empty() { Ok(()) } else { Err(Trouble::Missed(missed)) }
}

impl Weight {
    /// The values of all samples, in order.
    fn sorted<T: Ord>(&self, of: impl Fn(&Sample) -> T) -> Vec<T> {
        let mut values: Vec<T> = self.samples.iter().map(of).collect();
        values.sort_unstable();
        values
    }

    fn init(&self) -> f64 {
        milliseconds(middle(&self.sorted(|sample| sample.init)))
    }

    fn first(&self) -> f64 {
        milliseconds(middle(&self.sorted(|sample| sample.first)))
    }
}

fn show(weights: &[Weight], roots: usize) {
    println!(
        "\nrelease builds, {ROUNDS} starts of each in turns; medians, and the middle half in brackets"
    );
    println!("TLS 1.3 to a local endpoint, {roots} root certificates\n");
    let mut shown = table(&[
        "",
        "init CPU, ms",
        "first invocation CPU, ms",
        "calls",
        "peak memory, MB",
        "binary, MB",
        "zipped, MB",
    ]);
    for weight in weights {
        let calls = middle(&weight.sorted(|sample| sample.calls)).unwrap_or_default();
        let memory = middle(&weight.sorted(|sample| sample.peak_bytes)).unwrap_or_default();
        shown.add_row([
            weight.subject.name.to_owned(),
            spread(&weight.sorted(|sample| sample.init)),
            spread(&weight.sorted(|sample| sample.first)),
            calls.to_string(),
            format!("{:.1}", megabytes(memory)),
            format!("{:.2}", megabytes(weight.binary_bytes)),
            format!("{:.2}", megabytes(weight.zipped_bytes)),
        ]);
    }
    println!("{shown}");
}

/// What each function may weigh.
fn targets(weights: &[Weight]) -> Vec<Target> {
    let empty = weights.iter().find(|w| w.subject.name == EMPTY).map_or(0.0, Weight::init);
    let init_most = (2.0 * empty).max(empty + INIT_ABOVE_EMPTY);
    let target = |weight: &Weight, what: &str, measured, most| Target {
        what: format!("{}: {what}", weight.subject.name),
        measured,
        most,
    };
    let of = |weight: &Weight| {
        [
            target(weight, "init CPU, ms", weight.init(), init_most),
            target(weight, "first call CPU, ms", weight.first(), FIRST_CALL),
            target(weight, "zipped, MB", megabytes(weight.zipped_bytes), ZIPPED),
        ]
    };
    weights.iter().filter(|weight| weight.subject.name != EMPTY).flat_map(of).collect()
}

fn middle<T: Copy>(sorted: &[T]) -> Option<T> {
    sorted.get(sorted.len() / 2).copied()
}

/// The median, and the quartiles in brackets.
fn spread(sorted: &[Duration]) -> String {
    let at = |quarter: usize| milliseconds(sorted.get(sorted.len() * quarter / 4).copied());
    format!("{:.2} ({:.2} to {:.2})", at(2), at(1), at(3))
}

fn milliseconds(span: Option<Duration>) -> f64 {
    span.unwrap_or_default().as_seconds_f64() * 1e3
}

fn megabytes(bytes: u64) -> f64 {
    target::number(bytes) / 1e6
}
