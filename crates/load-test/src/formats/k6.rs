//! What `k6 run --out json=FILE` writes: a line for each request and more.

use std::borrow::Cow;
use std::io::Read;

use serde::Deserialize;
use sketches_ddsketch::{Config, DDSketch};

use crate::clock::{self, Clock};
use crate::level;
use crate::said::{Fault, Note, counted};
use crate::source::Text;
use crate::table::{Cell, Cells, Recording, Table};
use crate::timeline::{Merge, Tick, Timeline};

/// Percentiles are right within a hundredth of their value.
const ACCURACY: f64 = 0.01;

/// Latency in milliseconds that a sketch holds without giving up its accuracy.
const LATENCIES: std::ops::RangeInclusive<f64> = 1e-3..=1e9;

/// A line (<https://grafana.com/docs/k6/latest/results-output/real-time/json/>).
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    metric: Cow<'a, str>,
    #[serde(borrow)]
    data: Data<'a>,
}

/// Of a point, that is; a metric's own line has neither.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    time: Cow<'a, str>,
    #[serde(default)]
    value: f64,
}

/// What happened in a second.
#[derive(Default)]
struct Second {
    started: u64,
    dropped: f64,
    ended: u64,
    failed: f64,
    milliseconds: f64,
    latencies: Option<Box<DDSketch>>,
}

impl Merge for Second {
    fn merge(&mut self, other: Self) {
        self.started += other.started;
        self.dropped += other.dropped;
        self.ended += other.ended;
        self.failed += other.failed;
        self.milliseconds += other.milliseconds;
        match (&mut self.latencies, other.latencies) {
            // Both have the one configuration, without which they could not be merged.
            (Some(latencies), Some(other)) => latencies.merge(&other).unwrap_or_default(),
            (latencies @ None, other) => *latencies = other,
            (Some(_), None) => {}
        }
    }
}

impl Second {
    fn end(&mut self, milliseconds: f64) {
        let milliseconds = milliseconds.clamp(*LATENCIES.start(), *LATENCIES.end());
        self.ended += 1;
        self.milliseconds += milliseconds;
        self.latencies
            .get_or_insert_with(|| {
                Box::new(DDSketch::new(Config::new(ACCURACY, 2048, *LATENCIES.start() / 2.0)))
            })
            .add(milliseconds);
    }

    fn latency(&self, quantile: f64) -> f64 {
        let latencies = self.latencies.as_ref();
        let milliseconds =
            latencies.and_then(|latencies| latencies.quantile(quantile).ok().flatten());
        milliseconds.map_or(f64::NAN, |milliseconds| milliseconds / 1e3)
    }
}

/// Reads the lines that `k6 run --out json=FILE` writes, by the second. Demand is what starts in
/// it, with the iterations that k6 dropped because all of its users were busy; latency, errors
/// and completions are of what ends in it. The file's name may tell the running tasks, as
/// `20261126T101500Z-2tasks.k6.json` does.
///
/// # Errors
/// If it has no request, or is not k6's.
pub fn k6(name: &str, source: impl Read) -> Result<Recording, Fault> {
    let mut text = Text::open(name, source)?;
    let mut points = Points::default();
    let mut line = Vec::new();
    let mut number = 0_u64;
    while let Some(line) = text.line(&mut line)? {
        number += 1;
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line<'_>>(line) {
            Ok(line) => points.add(&line),
            Err(_) => {
                points.unread += 1;
                points.first_unread.get_or_insert(number);
            }
        }
    }
    points.finish(text.name(), level::tasks(name))
}

#[derive(Default)]
struct Points {
    seconds: Timeline<Second>,
    requests: u64,
    iterations: f64,
    unread: u64,
    first_unread: Option<u64>,
    untimed: u64,
}

impl Points {
    fn add(&mut self, line: &Line<'_>) {
        let value = line.data.value;
        if line.kind != "Point" || !value.is_finite() || value < 0.0 {
            return;
        }
        let known = ["http_req_duration", "http_req_failed", "dropped_iterations", "iterations"];
        if !known.contains(&line.metric.as_ref()) {
            return;
        }
        let Some(tick) = clock::date(&line.data.time).and_then(clock::tick) else {
            self.untimed += 1;
            return;
        };
        match line.metric.as_ref() {
            "http_req_duration" => {
                // A point is written when the request ends.
                let began = Tick::from_seconds(tick.seconds() - value / 1e3).unwrap_or(tick);
                self.requests += 1;
                self.seconds.at(began.whole()).started += 1;
                self.seconds.at(tick.whole()).end(value);
            }
            "http_req_failed" => self.seconds.at(tick.whole()).failed += value,
            "dropped_iterations" => self.seconds.at(tick.whole()).dropped += value,
            _ => self.iterations += value,
        }
    }

    fn finish(self, name: &str, tasks: Option<f64>) -> Result<Recording, Fault> {
        if self.requests == 0 {
            let what = match self.first_unread {
                Some(line) => format!("line {line} is not what `k6 run --out json=FILE` writes"),
                None => "has no request; `http_req_duration` has to be there".to_owned(),
            };
            return Err(Fault::new(name, what));
        }
        let mut recording = Recording::default();
        if let Some(line) = self.first_unread {
            let lines = counted(self.unread, "line is", "lines are");
            let what = format!("{lines} not JSON and left out: first line {line}");
            recording.notes.push(Note::new(name, what));
        }
        if self.untimed > 0 {
            let points = counted(self.untimed, "point has", "points have");
            recording.notes.push(Note::new(name, format!("{points} no time and are left out")));
        }
        let width = self.seconds.width().unwrap_or(1.0).max(1.0);
        if width > 1.0 {
            recording.notes.push(Note::new(name, format!("its points are averaged by {width} s")));
        }
        let per_iteration =
            if self.iterations > 0.0 { self.requests as f64 / self.iterations } else { 1.0 };
        let rows = self.seconds.into_rows().map(|(tick, second)| {
            let ended = if second.ended > 0 { second.ended as f64 } else { f64::NAN };
            let level = level::Level {
                tasks: tasks.unwrap_or(f64::NAN),
                demand: (second.started as f64 + second.dropped * per_iteration) / width,
                mean: second.milliseconds / 1e3 / ended,
                p50: second.latency(0.50),
                p95: second.latency(0.95),
                p99: second.latency(0.99),
                errors: (second.failed / ended).min(1.0),
                completed: (second.ended as f64 - second.failed).max(0.0) / width,
            };
            (tick, Cells(level.values().map(Cell::of).to_vec()))
        });
        recording.tables.push(Table {
            clock: Clock::Epoch,
            columns: level::columns(name),
            rows: rows.collect(),
            step: 1.0,
            width: (width > 1.0).then_some(width),
        });
        Ok(recording)
    }
}
