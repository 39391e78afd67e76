//! What k6 writes: a point for each request and more, as JSON or CSV, or a summary.

pub(super) mod csv;
pub(super) mod json;
pub(super) mod summary;

use crate::clock::Clock;
use crate::requests::{Request, Requests};
use crate::said::{Fault, Note, counted};
use crate::table::Recording;
use crate::timeline::Tick;

/// A value of a metric, with those of its tags that say whether a request failed
/// (<https://grafana.com/docs/k6/latest/using-k6/tags-and-groups/>).
struct Point<'a> {
    metric: &'a str,
    /// When the request ended.
    at: Tick,
    value: f64,
    status: Option<&'a str>,
    expected: Option<&'a str>,
}

/// Whether a metric's points are read.
fn is_read(metric: &str) -> bool {
    ["http_req_duration", "http_req_failed", "dropped_iterations", "iterations"].contains(&metric)
}

/// The points of one file as they come.
#[derive(Default)]
struct Points {
    requests: Requests,
    /// The last request, until it is known whether it failed: k6 writes that beside its duration.
    last: Option<Request>,
    iterations: f64,
    untimed: u64,
}

impl Points {
    fn add(&mut self, point: &Point<'_>) {
        let value = point.value;
        match point.metric {
            "http_req_duration" => {
                self.settle();
                let sent = Tick::from_seconds(point.at.seconds() - value / 1e3);
                self.last = Some(Request {
                    sent: sent.unwrap_or(point.at),
                    took: value / 1e3,
                    answered: point.status != Some("0"),
                    failed: failed(point),
                });
            }
            "http_req_failed" => {
                if let Some(last) = &mut self.last {
                    last.failed = Some(value > 0.0);
                }
                self.settle();
            }
            "dropped_iterations" => self.requests.dropped(point.at, value),
            _ => self.iterations += value,
        }
    }

    const fn is_empty(&self) -> bool {
        self.requests.sent() == 0 && self.last.is_none()
    }

    fn settle(&mut self) {
        if let Some(request) = self.last.take() {
            self.requests.add(request);
        }
    }

    fn finish(mut self, file: &str, tasks: Option<f64>) -> Result<Recording, Fault> {
        self.settle();
        let sent = self.requests.sent();
        if sent == 0 {
            return Err(Fault::new(file, "has no request; `http_req_duration` has to be there"));
        }
        let mut recording = Recording::default();
        if self.untimed > 0 {
            let points = counted(self.untimed, "point has", "points have");
            recording.notes.push(Note::new(file, format!("{points} no time and are left out")));
        }
        let weight = if self.iterations > 0.0 { sent as f64 / self.iterations } else { 1.0 };
        recording.requests.push(self.requests.finish(file, Clock::Epoch, tasks, weight)?);
        Ok(recording)
    }
}

/// By the tags of a request: what k6 was told to expect, else 400 and above, or no answer.
fn failed(point: &Point<'_>) -> Option<bool> {
    match (point.expected, point.status) {
        (Some("true"), _) => Some(false),
        (Some("false"), _) => Some(true),
        (_, Some(status)) => status.parse().ok().map(|status: u16| status == 0 || status >= 400),
        _ => None,
    }
}
