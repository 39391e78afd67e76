//! What load generators and CloudWatch write: a reader for each format.
//!
//! A format is known by what stands at the beginning of a file, whatever the file's name. Each
//! reader says what that is (`is`) and reads the rest (`read`).

pub(crate) mod cloudwatch;
mod csv;
mod get_metric_data;
mod k6;
mod summary;

use std::fmt;
use std::io::Read;

use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Separated values.
    Csv,
    /// What `aws cloudwatch get-metric-data` writes.
    GetMetricData,
    /// What `k6 run --out json=FILE` writes.
    K6Json,
    /// The summary of one level, of a load generator.
    Summary,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "separated values",
            Self::GetMetricData => "metrics of CloudWatch",
            Self::K6Json => "points of k6",
            Self::Summary => "the summary of a level",
        })
    }
}

/// The formats and what they are known by; the last is any other text.
const KNOWN: [(Format, fn(&[u8]) -> bool); 4] = [
    (Format::GetMetricData, get_metric_data::is),
    (Format::K6Json, k6::json::is),
    (Format::Summary, summary::is),
    (Format::Csv, |_| true),
];

/// Reads a file by what it is.
///
/// # Errors
/// Those of the format's own reader.
pub fn read(
    name: &str,
    source: impl Read,
    mapping: &Mapping,
) -> Result<(Format, Recording), Fault> {
    let text = Text::open(name, source)?;
    let head = text.head().trim_ascii_start();
    let known = KNOWN.into_iter().find(|(_, is)| is(head));
    let format = known.map_or(Format::Csv, |(format, _)| format);
    Ok((format, read_text(format, text, mapping)?))
}

/// Reads a file of a known format.
///
/// # Errors
/// Those of the format's own reader.
pub fn read_as(
    format: Format,
    name: &str,
    source: impl Read,
    mapping: &Mapping,
) -> Result<Recording, Fault> {
    read_text(format, Text::open(name, source)?, mapping)
}

fn read_text(format: Format, text: Text<'_>, mapping: &Mapping) -> Result<Recording, Fault> {
    match format {
        Format::Csv => csv::read(text, mapping),
        Format::GetMetricData => get_metric_data::read(text),
        Format::K6Json => k6::json::read(text),
        Format::Summary => summary::read(text),
    }
}

/// Whether a word stands at the beginning of a file.
fn has(head: &[u8], word: &str) -> bool {
    head.windows(word.len()).any(|window| window == word.as_bytes())
}
