//! The text that hey writes at the end of a level, and oha after it: sections of indented lines.

use super::outcomes::Outcomes;
use super::summed::{Summed, known, number, plain};
use crate::formats::has;
use crate::level::Level;

/// What begins both.
const BEGINNING: &str = "Summary:";

/// The line after the beginning, wherever that stands.
pub(super) fn after_beginning(head: &[u8]) -> Option<String> {
    if !has(head, BEGINNING) {
        return None;
    }
    let text = plain(head);
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != BEGINNING).skip(1);
    lines.find(|line| !line.is_empty()).map(str::to_owned)
}

/// What stands in the text.
#[derive(Default)]
pub(super) struct Distribution {
    section: Section,
    began: u64,
    total: Option<f64>,
    pub(super) mean: Option<f64>,
    rate: Option<f64>,
    /// By how much of itself the number of requests may be wrong, as `total` and `rate` are
    /// rounded.
    rounded: f64,
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    pub(super) outcomes: Outcomes,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Section {
    #[default]
    Other,
    Summary,
    Times,
    Statuses,
    Errors,
}

impl Distribution {
    /// `cut_off` is how the program names requests that it gave up at the end of the level.
    pub(super) fn of(bytes: &[u8], cut_off: Option<&str>) -> Self {
        let mut all = Self::default();
        for line in plain(bytes).lines().map(str::trim) {
            all.add(line, cut_off);
        }
        all
    }

    fn add(&mut self, line: &str, cut_off: Option<&str>) {
        let section = match line {
            BEGINNING => Section::Summary,
            "Response time distribution:" | "Latency distribution:" => Section::Times,
            "Status code distribution:" => Section::Statuses,
            "Error distribution:" => Section::Errors,
            _ if line.ends_with(':') && !line.starts_with('[') => Section::Other,
            _ => {
                self.add_to_section(line, cut_off);
                return;
            }
        };
        self.began += u64::from(section == Section::Summary);
        self.section = section;
    }

    fn add_to_section(&mut self, line: &str, cut_off: Option<&str>) {
        match self.section {
            Section::Other => {}
            Section::Summary => self.add_to_summary(line),
            Section::Times => {
                let Some((percent, time)) = line.split_once(" in ") else { return };
                let time = seconds(time).filter(|time| *time > 0.0);
                match number(percent.trim_end_matches('%')) {
                    Some(50.0) => self.p50 = time,
                    Some(95.0) => self.p95 = time,
                    Some(99.0) => self.p99 = time,
                    _ => {}
                }
            }
            Section::Statuses => {
                if let Some((status, rest)) = bracketed(line) {
                    let count =
                        rest.strip_suffix("responses").and_then(|count| number(count.trim()));
                    self.outcomes.answered(status, count.unwrap_or_default());
                }
            }
            Section::Errors => {
                if let Some((count, error)) = bracketed(line) {
                    let count = number(count).unwrap_or_default();
                    if Some(error) == cut_off {
                        self.outcomes.cut_off += count;
                    } else {
                        self.outcomes.unanswered += count;
                    }
                }
            }
        }
    }

    fn add_to_summary(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else { return };
        let value = value.trim();
        match name {
            "Total" => {
                self.total = seconds(value);
                self.rounded += rounded(value);
            }
            "Average" => self.mean = seconds(value).filter(|mean| *mean > 0.0),
            "Requests/sec" => {
                self.rate = number(value);
                self.rounded += rounded(value);
            }
            _ => {}
        }
    }

    /// How many requests there were.
    pub(super) fn requests(&self) -> Option<f64> {
        Some(self.total? * self.rate?)
    }

    /// Whether the outcomes are those of so many of its requests, as far as that can be known.
    pub(super) fn counts(&self, requests: f64) -> bool {
        let all = self.requests().unwrap_or(f64::NAN);
        (all.min(requests) - self.outcomes.sum()).abs() <= 1.0 + self.rounded * all
    }

    /// The level, in which requests ended as the outcomes say.
    ///
    /// # Errors
    /// If the text has no end, or more than one.
    pub(super) fn summed(&self, program: &str) -> Result<Summed, String> {
        if self.began > 1 {
            let reports = self.began;
            return Err(format!(
                "has {reports} summaries of {program}; give each level a file of its own"
            ));
        }
        let (Some(total), true) = (self.total, self.requests().is_some()) else {
            return Err(format!(
                "is cut off: the text of {program} has a `Summary:` with `Total:` and \
                 `Requests/sec:`; copy all of it"
            ));
        };
        let level = Level {
            mean: known(self.mean),
            p50: known(self.p50),
            p95: known(self.p95),
            p99: known(self.p99),
            ..self.outcomes.level(total)
        };
        Ok(Summed::new(level, total))
    }
}

/// What a program says where its text ends before all requests are counted.
pub(super) fn cut(program: &str, counted: f64, requests: f64) -> String {
    format!(
        "is cut off: its distributions of status codes and errors count {counted:.0} of \
         {requests:.0} requests; copy all that {program} writes"
    )
}

/// `[200] 34 responses`, as what stands in brackets and what follows.
fn bracketed(line: &str) -> Option<(&str, &str)> {
    let (inside, rest) = line.strip_prefix('[')?.split_once(']')?;
    Some((inside, rest.trim()))
}

/// A time and its unit. oha takes the unit by the slowest request; two of its units are numbers of
/// others.
fn seconds(text: &str) -> Option<f64> {
    let (value, unit) = text.split_once(' ')?;
    let factor = match unit.trim() {
        "ns" => 1e-9,
        "us" => 1e-6,
        "ms" => 1e-3,
        "sec" | "secs" => 1.0,
        "10 sec" => 10.0,
        "min" => 60.0,
        "10 min" => 600.0,
        "hr" => 3600.0,
        _ => return None,
    };
    number(value).map(|value| value * factor)
}

/// By how much of itself a number with four decimals may be wrong.
fn rounded(text: &str) -> f64 {
    let value = text.split(' ').next().and_then(number).unwrap_or_default();
    if value > 0.0 { 0.5e-4 / value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_units_that_oha_and_hey_write() {
        for (text, expected) in [
            ("1.5000 secs", Some(1.5)),
            ("1.5000 sec", Some(1.5)),
            ("1500.0000 ms", Some(1.5)),
            ("18.0000 10 sec", Some(180.0)),
            ("0.3000 10 min", Some(180.0)),
            ("0.0500 hr", Some(180.0)),
            ("3.0000 min", Some(180.0)),
            ("NaN sec", None),
            ("-1.0 sec", None),
            ("inf ns", None),
            ("5", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
