//! What vegeta writes.

pub(super) mod csv;
pub(super) mod json;
pub(super) mod report;

use crate::clock::Clock;
use crate::formats::cells::LeftOut;
use crate::requests::{self, Request, Requests};
use crate::said::Fault;
use crate::table::Recording;
use crate::timeline::Tick;

/// The earliest date of a request, in seconds since 1970: a smaller number is not a date.
const EARLIEST: f64 = 1e8;

/// The requests of one file as they come.
#[derive(Default)]
struct Hits {
    requests: Requests,
    left_out: LeftOut,
}

impl Hits {
    /// One more, of a line: when it was sent in seconds since 1970, how many seconds it took, and
    /// its status. vegeta gives a request without an answer the status 0.
    fn add(&mut self, line: u64, sent: Option<f64>, took: Option<f64>, status: Option<f64>) {
        let sent = sent.filter(|sent| *sent >= EARLIEST).and_then(Tick::from_seconds);
        match (sent, took.and_then(requests::duration), status) {
            (Some(sent), Some(took), Some(status)) => {
                // What vegeta counts as a success.
                let failed = Some(!(200.0..400.0).contains(&status));
                self.requests.add(Request { sent, took, answered: status > 0.0, failed });
            }
            _ => self.left_out.add(line),
        }
    }

    fn finish(self, file: &str, tasks: Option<f64>) -> Result<Recording, Fault> {
        let mut recording = Recording::default();
        recording.requests.push(self.requests.finish(file, Clock::Epoch, tasks, 1.0)?);
        recording.notes.extend(self.left_out.note(file, "no time, no status or no duration"));
        Ok(recording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first so many cells of each row.
    pub(super) fn dense(csv: &str, cells: usize) -> String {
        let row = |line: &str| line.split(',').take(cells).collect::<Vec<_>>().join(",");
        csv.lines().map(|line| format!("{}\n", row(line))).collect()
    }

    /// Holds what both samples have in their two seconds.
    pub(super) fn level_of(mut recording: Recording) {
        let log = recording.requests.remove(0);
        let times = log.times(2.0);
        assert_eq!(times, [Tick::from_seconds(1_795_680_000.0).unwrap()]);
        let level = log.sample(&times, 2.0)[0].0;
        assert_eq!((level.tasks, level.demand, level.errors), (2.0, 2.0, 0.5));
        assert_eq!(level.completed, 1.0);
        assert!((level.mean - 0.05).abs() < 0.001, "of those with an answer: {level:?}");
    }
}
