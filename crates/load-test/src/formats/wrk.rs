//! The text of wrk and wrk2, with or without `--latency`.
//!
//! After wrk 4.2.0 (<https://github.com/wg/wrk/blob/a211dd5/src/wrk.c>) and wrk2
//! (<https://github.com/giltene/wrk2/blob/44a94c1/src/wrk.c>). Both write `Socket errors` alike
//! and mean different things:
//!
//! - `timeout` of wrk 4 counts answers that took longer than `--timeout`. They are among its
//!   requests (`response_complete` counts both) and not among its response times. They are taken
//!   as failed, as those of other load generators are.
//! - `timeout` of wrk2, and of wrk before 4, counts checks: every 2 s, each connection whose last
//!   request began longer than `--timeout` ago, and so idle connections as well
//!   (`check_timeouts`). It says nothing of requests and is left out. Late answers are among its
//!   requests and among its response times.
//! - `read` and `write` count requests without an answer, in both. `connect` counts connections
//!   that failed: no request was sent, so it is not demand, yet it is a share of what failed.
//!
//! An answer that is late and of status 400 or above is counted twice, as neither says how many
//! are both. The samples are written after those sources.

use super::summed::{self, Summed, known, number};
use crate::level::Level;
use crate::mapping::Mapping;
use crate::said::{Fault, counted};
use crate::source::Text;
use crate::table::Recording;

/// By the line `Running 3m test @ http://…`. A script may print whatever it likes before.
pub(super) fn is(head: &[u8]) -> bool {
    head.split(|byte| *byte == b'\n').any(is_beginning)
}

fn is_beginning(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"Running ") else { return false };
    let mut words = rest.trim_ascii_end().split(|byte| *byte == b' ');
    let time = words.next().and_then(|time| std::str::from_utf8(time).ok());
    time.and_then(span).is_some()
        && words.zip([&b"test"[..], b"@"]).all(|(word, expected)| expected.starts_with(word))
}

pub(super) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, |bytes| parse(&summed::plain(bytes)))
}

/// What stands in a report.
#[derive(Default)]
struct Report {
    /// How many began.
    began: u64,
    /// Whether the lines are those of a report: a script may print before and after.
    inside: bool,
    whole: bool,
    is_wrk2: bool,
    mean: Option<f64>,
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    requests: Option<f64>,
    seconds: Option<f64>,
    refused: f64,
    connect: f64,
    broken: f64,
    timeout: f64,
}

fn parse(text: &str) -> Result<Summed, String> {
    let mut report = Report::default();
    for line in text.lines() {
        report.add(line);
    }
    if report.began > 1 {
        let reports = report.began;
        return Err(format!("has {reports} reports of wrk; give each level a file of its own"));
    }
    match (report.requests, report.seconds) {
        (Some(requests), Some(seconds)) if report.whole => Ok(report.summed(requests, seconds)),
        _ => Err("is cut off: a report of wrk has the lines `N requests in T` and \
                  `Requests/sec: N`; copy all of it"
            .into()),
    }
}

impl Report {
    fn add(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["Thread", "Stats", ..] => {
                self.began += 1;
                self.inside = true;
            }
            ["Thread", "calibration:", ..] => self.is_wrk2 = true,
            _ if !self.inside => {}
            ["Latency", "Distribution", "(HdrHistogram", ..] => self.is_wrk2 = true,
            ["Latency", mean, _, _, _] => set(&mut self.mean, span(mean)),
            [percent, value] if percent.ends_with('%') => {
                let at = number(percent.trim_end_matches('%'));
                self.set_percentile(at.map(|at| at / 100.0), span(value));
            }
            // wrk2's spectrum: milliseconds, the share that took no longer, and how many that is.
            [value, share, _, _] if number(value).is_some() && number(share).is_some() => {
                self.set_percentile(number(share), number(value).map(|ms| ms / 1e3));
            }
            [count, "requests", "in", time, ..] => {
                self.requests = number(count);
                self.seconds = span(time.trim_end_matches(','));
            }
            ["Socket", "errors:", counts @ ..] => self.socket_errors(counts),
            ["Non-2xx", .., count] => self.refused = number(count).unwrap_or_default(),
            ["Requests/sec:", ..] => {
                self.whole = true;
                self.inside = false;
            }
            _ => {}
        }
    }

    fn socket_errors(&mut self, counts: &[&str]) {
        for pair in counts.chunks(2) {
            let [what, count] = pair else { continue };
            let count = number(count.trim_end_matches(',')).unwrap_or_default();
            match *what {
                "connect" => self.connect = count,
                "timeout" => self.timeout = count,
                _ => self.broken += count,
            }
        }
    }

    /// The spectrum steps over the percentiles: the next above is taken.
    fn set_percentile(&mut self, share: Option<f64>, value: Option<f64>) {
        match share {
            Some(0.50..0.55) => set(&mut self.p50, value),
            Some(0.95..0.96) => set(&mut self.p95, value),
            Some(0.99..0.995) => set(&mut self.p99, value),
            _ => {}
        }
    }

    fn summed(self, requests: f64, seconds: f64) -> Summed {
        let Self { connect, broken, timeout, refused, .. } = self;
        // More late answers than answers are none: it is wrk before 4.
        let counts_checks = self.is_wrk2 || timeout > requests;
        let late = if counts_checks { 0.0 } else { timeout };
        let sent = requests + broken;
        let failed = (refused + late).min(requests);
        // What was sent and never answered is not told.
        let known_to_be_sent = sent > 0.0 || connect > 0.0;
        let level = Level {
            demand: if known_to_be_sent { sent / seconds } else { f64::NAN },
            mean: known(self.mean),
            p50: known(self.p50),
            p95: known(self.p95),
            p99: known(self.p99),
            errors: (failed + broken + connect) / (sent + connect),
            completed: (requests - failed) / seconds,
            ..Level::UNKNOWN
        };
        let mut summed = Summed::new(level, seconds);
        if late > 0.0 {
            let answers = counted(late as u64, "answer", "answers");
            summed.notes.push(format!(
                "{answers} took longer than wrk's --timeout: among the requests already, taken as \
                 failed, and not in its response times"
            ));
        } else if timeout > 0.0 {
            let checks = counted(timeout as u64, "time-out", "time-outs");
            summed.notes.push(format!(
                "{checks} of wrk2 or wrk before 4 left out: these count checks of connections, \
                 not requests"
            ));
        }
        summed
    }
}

/// wrk2 may print a second distribution, which is not corrected for its own waiting: the first
/// counts. Where no answer came, both write 0.
fn set(of: &mut Option<f64>, value: Option<f64>) {
    *of = of.or(value.filter(|value| *value > 0.0));
}

/// A time as wrk writes it, `1.50ms`, in seconds.
fn span(text: &str) -> Option<f64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.strip_prefix(digits)? {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    number(digits).map(|number| number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATE: &str = include_str!("wrk/samples/late.txt");
    const WRK2: &str = include_str!("wrk/samples/wrk2.txt");
    const UNANSWERED: &str = include_str!("wrk/samples/unanswered.txt");

    #[test]
    fn late_answers_of_wrk_are_among_its_requests_and_failed() {
        let Summed { level, seconds, notes, .. } = parse(LATE).unwrap();
        assert_eq!(seconds, 60.0);
        assert_eq!((level.mean, level.p50, level.p99), (0.41207, 0.33015, 1.83));
        assert!(level.p95.is_nan());
        assert_eq!(level.demand, (1200.0 + 36.0 + 12.0) / 60.0);
        assert_eq!(level.errors, (24.0 + 60.0 + 36.0 + 12.0 + 4.0) / (1248.0 + 4.0));
        assert_eq!(level.completed, (1200.0 - 24.0 - 60.0) / 60.0);
        assert!(notes[0].starts_with("60 answers took longer"), "{notes:?}");
    }

    #[test]
    fn timeouts_of_wrk2_are_no_requests() {
        let Summed { level, notes, .. } = parse(WRK2).unwrap();
        assert_eq!((level.demand, level.errors, level.completed), (40.0, 6.0 / 1200.0, 39.8));
        assert!(notes[0].starts_with("140 time-outs of wrk2"), "{notes:?}");
        let old = LATE.replace("timeout 60", "timeout 6000");
        let Summed { level, notes, .. } = parse(&old).unwrap();
        assert_eq!(level.completed, (1200.0 - 24.0) / 60.0);
        assert!(notes[0].contains("wrk before 4"), "{notes:?}");
    }

    #[test]
    fn the_corrected_distribution_of_wrk2_is_read() {
        let level = parse(WRK2).unwrap().level;
        for (time, expected) in [
            (level.mean, 0.04231),
            (level.p50, 0.0384),
            (level.p95, 0.078527),
            (level.p99, 0.11059),
        ] {
            assert!((time - expected).abs() < 1e-9, "{time}");
        }
    }

    #[test]
    fn without_answers_response_times_are_unknown_and_all_requests_failed() {
        let level = parse(UNANSWERED).unwrap().level;
        let times = [level.mean, level.p50, level.p95, level.p99];
        assert!(times.iter().all(|time| time.is_nan()), "{times:?}");
        assert_eq!((level.demand, level.errors, level.completed), (15.0, 1.0, 0.0));
        let nothing = UNANSWERED.replace("read 150", "read 0");
        let level = parse(&nothing).unwrap().level;
        assert!(level.demand.is_nan() && level.errors.is_nan(), "wrk does not tell what was sent");
    }

    #[test]
    fn without_latency_and_errors_the_average_is_known() {
        let short: Vec<&str> = LATE
            .lines()
            .filter(|line| !line.contains('%') || line.contains("ms   1.99s"))
            .filter(|line| !line.contains("errors") && !line.contains("Non-2xx"))
            .collect();
        let level = parse(&short.join("\r\n")).unwrap().level;
        assert_eq!(level.mean, 0.41207);
        assert!(level.p50.is_nan());
        assert_eq!((level.demand, level.errors), (20.0, 0.0));
    }

    #[test]
    fn cut_and_repeated_reports_are_refused() {
        let end = LATE.find("Requests/sec").unwrap();
        for cut in ["", "Running 10s", "5 requests in 5.00s", LATE.get(..end).unwrap()] {
            assert!(parse(cut).err().unwrap().contains("is cut off"), "{cut}");
        }
        let twice = format!("{LATE}{UNANSWERED}");
        assert!(parse(&twice).err().unwrap().contains("has 2 reports"));
    }

    #[test]
    fn hostile_numbers_are_unknown() {
        for (from, to) in [
            ("412.07ms", "-412.07ms"),
            ("412.07ms", "1e999s"),
            ("412.07ms", "NaNms"),
            ("timeout 60", "timeout"),
            ("timeout 60", "timeout -60"),
            ("responses: 24", "responses: \u{7}"),
        ] {
            let level = parse(&LATE.replace(from, to)).unwrap().level;
            assert!(from.ends_with("ms") == level.mean.is_nan(), "{to}");
            assert!((0.0..=1.0).contains(&level.errors), "{to}");
        }
        assert!(parse(&LATE.replace("1200 requests", "-1 requests")).is_err());
    }

    #[test]
    fn wrk_is_known_by_its_first_line_after_what_scripts_print() {
        let cut = |end: &str| LATE.get(..LATE.find(end).unwrap() + end.len()).unwrap();
        for text in [LATE, WRK2, UNANSWERED, cut("Running 1m"), cut("Running 1m te"), cut("@ h")] {
            assert!(is(text.as_bytes()), "{text}");
        }
        for text in ["", "Running", "Running late\n", "Running 10s sprint\n", "time,Running 1m\n"] {
            assert!(!is(text.as_bytes()), "{text}");
        }
    }
}
