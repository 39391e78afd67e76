//! What `k6 run --out json=FILE` writes: a line for each point.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Metric, Point, Points};
use crate::clock;
use crate::formats::cells::LeftOut;
use crate::formats::has;
use crate::level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

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

/// Of a point, that is; a metric's own line has none of it.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    time: Cow<'a, str>,
    #[serde(default)]
    value: f64,
    #[serde(borrow, default)]
    tags: Option<Tags<'a>>,
}

#[derive(Deserialize)]
struct Tags<'a> {
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    expected_response: Option<Cow<'a, str>>,
}

/// k6 writes a line for each point; the others write one object.
pub(in crate::formats) fn is(head: &[u8]) -> bool {
    let kind = ["\"type\":\"Metric\"", "\"type\":\"Point\""];
    head.starts_with(b"{") && kind.iter().any(|kind| has(head, kind))
}

/// Reads the lines that `k6 run --out json=FILE` writes. Demand is what was sent, with the
/// iterations that k6 dropped because all of its users were busy. Whether a request failed,
/// `http_req_failed` says, else its tags. The file's name may tell the running tasks, as
/// `20261126T101500Z-2tasks.k6.json` does.
///
/// # Errors
/// If it has no request, or is not k6's.
pub(in crate::formats) fn read(mut text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let mut points = Points::default();
    let mut line = Vec::new();
    let (mut number, mut unread) = (0, LeftOut::default());
    while let Some(line) = text.line(&mut line)? {
        number += 1;
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line<'_>>(line) {
            Ok(line) => add(&mut points, &line),
            Err(_) => unread.add(number),
        }
    }
    if let Some(line) = unread.first_line().filter(|_| points.is_empty()) {
        return Err(text.fault(format!("line {line} is not what `k6 run --out json=FILE` writes")));
    }
    let mut recording = points.finish(text.name(), level::tasks(text.path()))?;
    let lines = ("line is", "lines are");
    let note = unread.note_of(text.name(), lines, "not JSON and left out");
    recording.notes.splice(..0, note);
    Ok(recording)
}

fn add(points: &mut Points, line: &Line<'_>) {
    let Data { time, value, tags } = &line.data;
    let metric = Metric::of(line.metric.as_bytes());
    let Some(metric) = metric.filter(|_| line.kind == "Point" && *value >= 0.0) else { return };
    let Some(at) = clock::date(time).and_then(clock::tick) else {
        points.untimed += 1;
        return;
    };
    let tags = tags.as_ref();
    points.add(&Point {
        metric,
        at,
        value: *value,
        status: tags.and_then(|tags| tags.status.as_deref()),
        expected: tags.and_then(|tags| tags.expected_response.as_deref()),
    });
}
