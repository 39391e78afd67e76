//! What load generators and CloudWatch write: a reader for each format, and which one a file has.

pub(crate) mod cloudwatch;
mod csv;
mod get_metric_data;
mod k6;
mod summary;

use std::fmt;
use std::io::Read;

pub use csv::csv;
pub use get_metric_data::get_metric_data;
pub use k6::k6;
pub use summary::summary;

use crate::mapping::Mapping;
use crate::said::{self, Fault};
use crate::table::Recording;

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

/// Reads a file by what it is.
///
/// # Errors
/// Those of the format's own reader.
pub fn read(
    name: &str,
    source: impl Read,
    mapping: &Mapping,
) -> Result<(Format, Recording), Fault> {
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
