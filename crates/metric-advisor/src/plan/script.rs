//! The test as a bash script.

use load_test::Source;
use serde::Serialize;
use shlex::QuoteError;

use super::Tool;
use super::ladder::{Ladder, Level};
use crate::place::Place;

/// The input of a script.
#[derive(Debug)]
pub(super) struct Script<'a> {
    pub(super) ladder: &'a Ladder,
    pub(super) tool: Tool,
    pub(super) url: &'a str,
    pub(super) place: &'a Place,
}

/// The part that does not depend on the levels: suspend scaling during the test, and restore the
/// service at the end.
const FRAME: &str = include_str!("frame.sh");

/// A level with oha. It waits for the requests in flight at the end, because aborted ones would
/// count as failed. Latency counts from the time at which a request was due.
const OHA: &str = include_str!("oha.sh");

/// A level with k6. Its rates are whole numbers, so they are per minute.
const K6: &str = include_str!("k6.sh");

impl Script<'_> {
    /// The script.
    ///
    /// # Errors
    /// When the URL has a null character.
    pub(super) fn text(&self) -> Result<String, QuoteError> {
        let place = Place {
            cluster: self.place.cluster.clone().or_else(|| Some("CLUSTER".to_owned())),
            service: self.place.service.clone().or_else(|| Some("SERVICE".to_owned())),
            ..self.place.clone()
        };
        let level = match self.tool {
            Tool::Oha => OHA,
            Tool::K6 => K6,
        };
        let mut text = String::from("#!/usr/bin/env bash\n");
        for line in self.summary() {
            text.push_str(&format!("# {line}\n"));
        }
        text.push_str("set -euo pipefail\n\n");
        for (name, value) in [
            ("URL", self.url),
            ("HOLD", &format!("{}s", self.ladder.hold.as_secs_f64())),
            ("CLUSTER", place.cluster.as_deref().unwrap_or_default()),
            ("SERVICE", place.service.as_deref().unwrap_or_default()),
            ("QUERIES", &queries(&place.sources())),
        ] {
            text.push_str(&format!("{name}={}\n", shlex::try_quote(value)?));
        }
        text.push_str(&format!("\n{FRAME}\n{level}\n"));
        for run in self.ladder.runs() {
            text.push_str(&commands(run));
        }
        text.push_str(END);
        Ok(text)
    }

    fn summary(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .ladder
            .runs()
            .map(|run| {
                let tasks = run.first().map_or(0, |level| level.tasks);
                let rates = run.iter().map(|level| level.rate);
                let (least, most) =
                    rates.fold((f64::INFINITY, 0.0_f64), |(a, b), rate| (a.min(rate), b.max(rate)));
                format!(
                    "{} levels of {least} to {most} requests a second on {tasks} tasks,",
                    run.len()
                )
            })
            .collect();
        let time = humantime::format_duration(self.ladder.length());
        let hold = humantime::format_duration(self.ladder.hold);
        lines.push(format!("each held for {hold}: {time}, plus the time in which tasks start."));
        lines
    }
}

/// The commands for one number of tasks.
fn commands(run: &[Level]) -> String {
    let mut text = String::new();
    if let Some(level) = run.first() {
        text.push_str(&format!("tasks {}\n", level.tasks));
    }
    for Level { tasks, rate } in run {
        // Enough connections for responses that take 2 s.
        let at_once = (2.0 * rate).ceil().max(50.0);
        text.push_str(&format!("level {tasks} {rate} {at_once}\n"));
    }
    text.push('\n');
    text
}

/// Fetches the metrics of the test, and runs `advise`.
const END: &str = include_str!("end.sh");

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Query<'a> {
    id: String,
    label: String,
    metric_stat: MetricStat<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat<'a> {
    metric: Metric<'a>,
    period: u32,
    stat: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: Vec<Dimension<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension<'a> {
    name: &'a str,
    value: &'a str,
}

/// The queries of get-metric-data. The response names no metrics, so the labels do.
fn queries(sources: &[Source]) -> String {
    let query = |(number, source): (usize, &'_ Source)| {
        let dimensions = source.dimensions.iter();
        serde_json::to_string(&Query {
            id: format!("q{number}"),
            label: load_test::label(source),
            metric_stat: MetricStat {
                metric: Metric {
                    namespace: &source.namespace,
                    metric_name: &source.name,
                    dimensions: dimensions.map(|(name, value)| Dimension { name, value }).collect(),
                },
                period: 60,
                stat: &source.statistic,
            },
        })
    };
    // Texts and whole numbers all have a form in JSON.
    let queries: Vec<String> =
        sources.iter().enumerate().map(query).filter_map(Result::ok).collect();
    format!("[\n  {}\n]", queries.join(",\n  "))
}
