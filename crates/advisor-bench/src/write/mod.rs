//! One load test in every format that the advisor reads. Each writer follows its tool's source.

mod cloudwatch;
mod hey;
mod jmeter;
mod k6;
mod locust;
mod oha;
mod plain;
mod vegeta;
mod wrk;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::log::{Level, Log, Request};

/// A file that a tool wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name. The name of a summary of one level gives its start, tasks and rate.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// A format that requests or metrics are written in.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    pub name: &'static str,
    /// The test's files.
    pub write: fn(&Log) -> Vec<File>,
}

/// Formats of requests.
pub const LOADS: [Writer; 16] = [
    Writer { name: "plain CSV", write: plain::csv },
    Writer { name: "k6 JSON", write: k6::json },
    Writer { name: "k6 CSV", write: k6::csv },
    Writer { name: "k6 summary", write: k6::summary },
    Writer { name: "oha JSON", write: oha::json },
    Writer { name: "oha text", write: oha::text },
    Writer { name: "wrk", write: wrk::wrk },
    Writer { name: "wrk2", write: wrk::wrk2 },
    Writer { name: "vegeta CSV", write: vegeta::csv },
    Writer { name: "vegeta JSON", write: vegeta::json },
    Writer { name: "vegeta report", write: vegeta::report },
    Writer { name: "hey CSV", write: hey::csv },
    Writer { name: "hey text", write: hey::text },
    Writer { name: "Locust history", write: locust::history },
    Writer { name: "Locust full history", write: locust::full_history },
    Writer { name: "JMeter", write: jmeter::csv },
];

/// Formats of metrics.
pub const METRICS: [Writer; 3] = [
    Writer { name: "get-metric-data", write: cloudwatch::get_metric_data },
    Writer { name: "get-metric-statistics", write: cloudwatch::get_metric_statistics },
    Writer { name: "CloudWatch console", write: cloudwatch::console },
];

/// A file for each level, named as its reader wants it.
fn by_level(log: &Log, kind: &str, write: impl Fn(&Level) -> String) -> Vec<File> {
    let file = |level: &Level| {
        let date = date(level.began);
        let began = format!(
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second()
        );
        let name = format!("{began}-{}tasks-{}rps.{kind}", level.tasks, level.rate);
        File { name, text: write(level) }
    };
    log.levels.iter().map(file).collect()
}

/// What requests are sent to.
const URL: &str = "http://web.example.com/items";

fn one(name: &str, text: String) -> Vec<File> {
    vec![File { name: name.to_owned(), text }]
}

fn date(seconds: f64) -> OffsetDateTime {
    let nanoseconds = (seconds * 1e6).round() as i128 * 1_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// As 2026-11-26T08:00:00.25Z.
fn rfc3339(seconds: f64) -> String {
    date(seconds).format(&Rfc3339).unwrap_or_default()
}

/// Some requests, summed up.
struct Sums {
    /// In seconds, the shortest first.
    times: Vec<f64>,
    failed: usize,
    mean: f64,
    deviation: f64,
}

impl Sums {
    fn of<'a>(requests: impl IntoIterator<Item = &'a Request>) -> Self {
        let (mut times, mut failed) = (Vec::new(), 0);
        for request in requests {
            times.push(request.took);
            failed += usize::from(request.failed());
        }
        times.sort_by(f64::total_cmp);
        let count = times.len().max(1) as f64;
        let mean = times.iter().sum::<f64>() / count;
        let squares: f64 = times.iter().map(|time| (time - mean).powi(2)).sum();
        Self { failed, mean, deviation: (squares / count).sqrt(), times }
    }

    fn count(&self) -> usize {
        self.times.len()
    }

    fn answered(&self) -> usize {
        self.count() - self.failed
    }

    /// The time that a share of the requests stay below.
    fn quantile(&self, share: f64) -> f64 {
        let at = (share * self.count() as f64) as usize;
        self.times.get(at.min(self.count().saturating_sub(1))).copied().unwrap_or(0.0)
    }

    fn least(&self) -> f64 {
        self.quantile(0.0)
    }

    fn most(&self) -> f64 {
        self.quantile(1.0)
    }

    /// Counts in so many equal ranges of time, with the upper end of each.
    fn histogram(&self, ranges: usize) -> Vec<(f64, usize)> {
        let width = (self.most() - self.least()) / ranges as f64;
        let below = |end: f64| self.times.partition_point(|time| *time <= end);
        let ends = (1..=ranges).map(|range| self.least() + width * range as f64);
        let mut before = 0;
        ends.map(|end| {
            let count = below(end).saturating_sub(before);
            before += count;
            (end, count)
        })
        .collect()
    }
}
