//! What k6 writes: a point for each request and more, as JSON or CSV, or a summary.

pub(super) mod csv;
pub(super) mod json;
pub(super) mod summary;

use std::collections::VecDeque;

use crate::clock::Clock;
use crate::requests::{self, Request, Requests};
use crate::said::{Fault, Note, counted};
use crate::table::Recording;
use crate::timeline::Tick;

/// As many requests as may be between a request and the point that says whether it failed. k6
/// writes the points of one request one after the other; in files that were joined or sorted
/// other points may stand between them.
const PENDING: usize = 64;

/// A value of a metric, with those of its tags that say whether a request failed
/// (<https://grafana.com/docs/k6/latest/using-k6/tags-and-groups/>).
struct Point<'a> {
    metric: Metric,
    /// When the request ended.
    at: Tick,
    value: f64,
    status: Option<&'a str>,
    expected: Option<&'a str>,
}

/// A metric whose points are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Metric {
    /// Of each request, in milliseconds, without the time to connect.
    Duration,
    /// 1 if a request failed.
    Failed,
    /// Iterations that were due and not begun, because all virtual users were busy.
    Dropped,
    Iterations,
}

impl Metric {
    fn of(name: &[u8]) -> Option<Self> {
        match name {
            b"http_req_duration" => Some(Self::Duration),
            b"http_req_failed" => Some(Self::Failed),
            b"dropped_iterations" => Some(Self::Dropped),
            b"iterations" => Some(Self::Iterations),
            _ => None,
        }
    }
}

/// The points of one file as they come.
#[derive(Default)]
struct Points {
    requests: Requests,
    /// When they ended, until it is known whether they failed.
    pending: VecDeque<(Tick, Request)>,
    iterations: f64,
    untimed: u64,
    out_of_range: u64,
}

impl Points {
    /// k6 writes `http_req_failed` after `http_req_duration` of the same request, with the same
    /// time, and only if there is a response callback (`measureAndEmitMetrics` in
    /// <https://github.com/grafana/k6/blob/v2.2.0/lib/netext/httpext/transport.go>). Of several
    /// requests that end at the same time it belongs to the last, as the others may have none.
    fn add(&mut self, point: &Point<'_>) {
        let value = point.value;
        match point.metric {
            Metric::Duration => {
                let Some(took) = requests::duration(value / 1e3) else {
                    self.out_of_range += 1;
                    return;
                };
                if self.pending.len() >= PENDING {
                    self.settle();
                }
                let sent = Tick::from_seconds(point.at.seconds() - took).unwrap_or(point.at);
                let answered = point.status != Some("0");
                let request = Request { sent, took, answered, failed: failed(point) };
                self.pending.push_back((point.at, request));
            }
            Metric::Failed => {
                let own = self.pending.iter().rposition(|(at, _)| *at == point.at);
                if let Some((_, request)) = own.and_then(|own| self.pending.remove(own)) {
                    let failed = Some(value > 0.0);
                    self.requests.add(Request { failed, ..request });
                }
            }
            Metric::Dropped => self.requests.dropped(point.at, value),
            Metric::Iterations => self.iterations += value,
        }
    }

    fn is_empty(&self) -> bool {
        self.requests.sent() == 0 && self.pending.is_empty()
    }

    /// Counts the request that has waited longest.
    fn settle(&mut self) {
        if let Some((_, request)) = self.pending.pop_front() {
            self.requests.add(request);
        }
    }

    fn finish(mut self, file: &str, tasks: Option<f64>) -> Result<Recording, Fault> {
        while !self.pending.is_empty() {
            self.settle();
        }
        let sent = self.requests.sent();
        if sent == 0 {
            return Err(Fault::new(file, "has no request; `http_req_duration` has to be there"));
        }
        let mut recording = Recording::default();
        for (points, lack) in
            [(self.untimed, "no time"), (self.out_of_range, "a duration that no request has")]
        {
            if points > 0 {
                let points = counted(points, "point is", "points are");
                let what = format!("{points} left out, having {lack}");
                recording.notes.push(Note::new(file, what));
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn point(metric: Metric, at: f64, value: f64, status: Option<&str>) -> Point<'_> {
        Point { metric, at: Tick((at * 1024.0) as i64 * 1024), value, status, expected: None }
    }

    fn shares(points: &[Point<'_>]) -> f64 {
        let mut all = Points::default();
        points.iter().for_each(|point| all.add(point));
        let log = all.finish("k6.json", None).unwrap().requests.remove(0);
        let seconds = log.seconds();
        let times = log.times(seconds);
        log.sample(&times, seconds)[0].0.errors
    }

    #[test]
    fn a_failure_belongs_to_the_last_request_of_its_time() {
        use Metric::{Duration, Failed};
        let (ok, none) = (Some("200"), None);
        let failures = [
            point(Duration, 9.0, 5.0, ok),
            point(Duration, 8.0, 5.0, none),
            point(Failed, 8.0, 1.0, none),
            point(Failed, 7.0, 1.0, none),
            point(Failed, 9.0, 1.0, none),
            point(Failed, 9.0, 1.0, none),
        ];
        assert_eq!(shares(&failures), 1.0);
        assert_eq!(shares(&failures[..4]), 0.5, "the other is known by its status");
    }

    #[test]
    fn without_a_point_or_a_tag_it_is_unknown_whether_a_request_failed() {
        use Metric::{Duration, Failed};
        assert!(shares(&[point(Duration, 9.0, 5.0, None)]).is_nan());
        assert_eq!(shares(&[point(Duration, 9.0, 5.0, Some("503"))]), 1.0);
        assert_eq!(shares(&[point(Duration, 9.0, 5.0, Some("0"))]), 1.0);
        let expected = Point { expected: Some("true"), ..point(Duration, 9.0, 5.0, Some("404")) };
        assert_eq!(shares(&[expected]), 0.0);
        let one = [point(Duration, 9.0, 5.0, None), point(Failed, 9.0, 0.0, None)];
        assert_eq!(shares(&one), 0.0);
        let [first, second] = one;
        let mixed = [first, second, point(Duration, 9.0, 5.0, None)];
        assert!(shares(&mixed).is_nan(), "of one of two it is unknown");
    }

    #[test]
    fn more_requests_may_wait_than_are_remembered() {
        let count = 3 * PENDING;
        let sent: Vec<_> =
            (0..count).map(|_| point(Metric::Duration, 9.0, 5.0, Some("500"))).collect();
        assert_eq!(shares(&sent), 1.0);
    }
}
