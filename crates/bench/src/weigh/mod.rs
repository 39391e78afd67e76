//! Measures the compiled functions, and an empty function that is built with
//! the same profile.
//!
//! Each function is started many times like Lambda starts it. The functions take turns, so that
//! other load on the machine affects all alike. The CPU time is the kernel's count for all threads,
//! in nanoseconds. No wall time is measured.

mod document;
mod endpoint;
mod lambda;
mod process;
mod run;
mod subject;

use std::fmt;
use std::io;
use std::path::Path;

use serde::Serialize;
use time::Duration;

use self::document::Document;
use self::endpoint::Endpoint;
use self::run::Sample;
use self::subject::{EMPTY, Subject};
use crate::target::{self, Target};
use scenarios::table::table;

/// The number of starts of each function.
const ROUNDS: usize = 41;

/// CPU time in milliseconds that initialization may take more than that of an empty function, if
/// that is more than twice the CPU time of the empty one.
const INIT_ABOVE_EMPTY: f64 = 4.0;

/// The largest CPU time of the first invocation with its calls over TLS, in milliseconds.
const FIRST_CALL: f64 = 3.0;

/// The largest zipped binary in megabytes.
const ZIPPED: f64 = 3.0;

/// Why the functions could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A binary is missing.
    #[error("cannot read {0}; run `make bench`: {1}")]
    Binary(String, io::Error),
    /// The endpoint or the functions cannot be set up.
    #[error(transparent)]
    Scenario(#[from] scenarios::Error),
    /// The endpoint's certificate cannot be generated.
    #[error("cannot make a certificate: {0}")]
    Certificate(String),
    /// A socket, a file or a process failed.
    #[error("{0}: {1}")]
    System(&'static str, io::Error),
    /// A function did not handle its event.
    #[error("{0} was started and {1}")]
    Function(&'static str, String),
}

/// The measurements of one function.
#[derive(Debug)]
struct Weight {
    subject: Subject,
    binary_bytes: u64,
    zipped_bytes: u64,
    samples: Vec<Sample>,
}

/// The results. Displayed as tables.
#[derive(Debug)]
pub struct Measurements {
    weights: Vec<Weight>,
    roots: usize,
    /// The measured values that have upper bounds.
    pub targets: Vec<Target>,
}

/// Measures the release builds in `directory`. `progress` is called after each start with the
/// number of starts so far and of all.
///
/// # Errors
/// See [`Error`].
pub async fn run(directory: &Path, progress: &dyn Fn(usize, usize)) -> Result<Measurements, Error> {
    let endpoint = Endpoint::open().await?;
    let mut weights = Vec::new();
    for subject in Subject::all(directory)? {
        let (binary_bytes, zipped_bytes) = subject.sizes()?;
        weights.push(Weight { subject, binary_bytes, zipped_bytes, samples: Vec::new() });
    }
    let (mut done, all) = (0, ROUNDS * weights.len());
    for _ in 0..ROUNDS {
        for weight in &mut weights {
            weight.samples.push(run::once(&weight.subject, &endpoint).await?);
            done += 1;
            progress(done, all);
        }
    }
    let targets = targets(&weights);
    Ok(Measurements { weights, roots: endpoint.roots(), targets })
}

impl Measurements {
    /// The results for programs.
    pub fn document(&self) -> impl Serialize {
        Document::of(self)
    }
}

impl fmt::Display for Measurements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, &self.weights, self.roots)?;
        target::show(f, &self.targets)
    }
}

impl Weight {
    /// The values of all samples in ascending order.
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

fn show(f: &mut fmt::Formatter<'_>, weights: &[Weight], roots: usize) -> fmt::Result {
    writeln!(
        f,
        "\nrelease builds, {ROUNDS} starts of each in turns; medians, and the middle half in brackets"
    )?;
    writeln!(f, "TLS 1.3 to a local endpoint, {roots} root certificates\n")?;
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
    writeln!(f, "{shown}")
}

/// The targets of each function.
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
