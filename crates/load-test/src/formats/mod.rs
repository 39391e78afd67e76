//! What load generators and CloudWatch write: a reader for each format.
//!
//! A format is known by what stands at the beginning of a file, whatever the file's name. Each
//! reader says what that is (`is`) and reads the rest (`read`).

mod cells;
pub(crate) mod cloudwatch;
mod console;
mod csv;
mod distribution;
mod get_metric_data;
mod get_metric_statistics;
mod hey;
mod jmeter;
mod k6;
mod keys;
mod locust;
mod oha;
mod outcomes;
mod series;
mod summed;
#[cfg(test)]
mod tests;
mod vegeta;
mod wrk;

use std::fmt;
use std::io::Read;

use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// What `k6 run --out json=FILE` writes.
    K6Json,
    /// What `k6 run --out csv=FILE` writes.
    K6Csv,
    /// JMeter's results as CSV.
    Jmeter,
    /// What `hey -o csv` writes.
    HeyCsv,
    /// What `vegeta encode -to json` writes.
    VegetaJson,
    /// What `vegeta encode -to csv` writes.
    VegetaCsv,
    /// Locust's `stats_history.csv`.
    Locust,
    /// The summary that k6 exports of one level.
    K6Summary,
    /// What `oha --output-format json` writes of one level.
    OhaJson,
    /// What oha writes of one level.
    OhaText,
    /// What wrk or wrk2 writes of one level.
    Wrk,
    /// What `vegeta report -type=json` writes of one level.
    VegetaReport,
    /// What hey writes of one level.
    HeyText,
    /// What `aws cloudwatch get-metric-data` writes.
    GetMetricData,
    /// What `aws cloudwatch get-metric-statistics` writes.
    GetMetricStatistics,
    /// What the CloudWatch console downloads as CSV.
    Console,
    /// Separated values with a header.
    Csv,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::K6Json => "k6's JSON",
            Self::K6Csv => "k6's CSV",
            Self::Jmeter => "JMeter's results",
            Self::HeyCsv => "hey's CSV",
            Self::VegetaJson => "vegeta's JSON",
            Self::VegetaCsv => "vegeta's CSV",
            Self::Locust => "Locust's history",
            Self::K6Summary => "k6's summary",
            Self::OhaJson => "oha's JSON",
            Self::OhaText => "oha's text",
            Self::Wrk => "wrk's text",
            Self::VegetaReport => "vegeta's report",
            Self::HeyText => "hey's text",
            Self::GetMetricData => "CloudWatch's get-metric-data",
            Self::GetMetricStatistics => "CloudWatch's get-metric-statistics",
            Self::Console => "CSV of the CloudWatch console",
            Self::Csv => "separated values",
        })
    }
}

struct Reader {
    format: Format,
    /// By the beginning of a file, without leading spaces.
    is: fn(&[u8]) -> bool,
    read: fn(Text<'_>, &Mapping) -> Result<Recording, Fault>,
}

/// Reads what no other knows.
const LAST: Reader = Reader { format: Format::Csv, is: csv::is, read: csv::read };

/// The first that knows a file reads it.
const READERS: [Reader; 17] = [
    Reader { format: Format::K6Json, is: k6::json::is, read: k6::json::read },
    Reader { format: Format::K6Csv, is: k6::csv::is, read: k6::csv::read },
    Reader { format: Format::Jmeter, is: jmeter::is, read: jmeter::read },
    Reader { format: Format::HeyCsv, is: hey::csv::is, read: hey::csv::read },
    Reader { format: Format::VegetaJson, is: vegeta::json::is, read: vegeta::json::read },
    Reader { format: Format::VegetaCsv, is: vegeta::csv::is, read: vegeta::csv::read },
    Reader { format: Format::Locust, is: locust::is, read: locust::read },
    Reader { format: Format::K6Summary, is: k6::summary::is, read: k6::summary::read },
    Reader { format: Format::OhaJson, is: oha::json::is, read: oha::json::read },
    Reader { format: Format::OhaText, is: oha::text::is, read: oha::text::read },
    Reader { format: Format::Wrk, is: wrk::is, read: wrk::read },
    Reader { format: Format::VegetaReport, is: vegeta::report::is, read: vegeta::report::read },
    Reader { format: Format::HeyText, is: hey::text::is, read: hey::text::read },
    Reader { format: Format::GetMetricData, is: get_metric_data::is, read: get_metric_data::read },
    Reader {
        format: Format::GetMetricStatistics,
        is: get_metric_statistics::is,
        read: get_metric_statistics::read,
    },
    Reader { format: Format::Console, is: console::is, read: console::read },
    LAST,
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
    let reader = reader(|reader| (reader.is)(text.head().trim_ascii_start()));
    Ok((reader.format, (reader.read)(text, mapping)?))
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
    (reader(|reader| reader.format == format).read)(Text::open(name, source)?, mapping)
}

fn reader(is: impl Fn(&Reader) -> bool) -> &'static Reader {
    READERS.iter().find(|reader| is(reader)).unwrap_or(&LAST)
}

/// What writes load tests, and which of its outputs are read.
pub const WRITERS: [(&str, &str); 11] = [
    ("k6", "--out json, --out csv, --summary-export"),
    ("oha", "--output-format json, text"),
    ("wrk, wrk2", "text, with --latency"),
    ("vegeta", "encode -to csv, encode -to json, report -type=json"),
    ("hey", "-o csv, text"),
    ("Locust", "stats_history.csv, with --csv-full-history or without"),
    ("JMeter", "results as CSV"),
    ("aws cloudwatch get-metric-data", "JSON, all pages"),
    ("aws cloudwatch get-metric-statistics", "JSON"),
    ("CloudWatch console", "CSV of a graph"),
    ("anything else", "CSV with a header, whatever the names"),
];

/// Them in words for a message.
fn writers() -> String {
    let [names @ .., _] = WRITERS.map(|(name, _)| name);
    format!(
        "{}, or any separated values with a header whose columns are named, or told by `--column \
         time=COLUMN` and alike",
        names.join(", ")
    )
}

/// Whether a word stands at the beginning of a file.
fn has(head: &[u8], word: &str) -> bool {
    head.windows(word.len()).any(|window| window == word.as_bytes())
}
