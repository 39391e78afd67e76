//! The meaning of the name of a column.

use crate::data::{Kind, Unit};
use crate::role::{Measure, Role};
use crate::vocabulary::{
    COMPLETED, COMPLETED_TOO, DEMAND, DEMAND_TOO, ERRORS, ERRORS_TOO, KINDS, LATENCY, LATENCY_TOO,
    TASKS, TASKS_TOO, TIME, TIME_TOO,
};

/// A name's words in lower case: `CPUUtilization` is `cpu` and `utilization`.
pub(crate) struct Words(Vec<String>);

impl Words {
    pub(crate) fn of(name: &str) -> Self {
        let mut words = vec![String::new()];
        let mut around = name.chars().peekable();
        let mut before: Option<char> = None;
        while let Some(c) = around.next() {
            let begins = before.is_some_and(|before| {
                let after_capitals =
                    before.is_uppercase() && around.peek().is_some_and(|next| next.is_lowercase());
                c.is_uppercase() && (before.is_lowercase() || after_capitals)
            });
            if begins || !c.is_alphanumeric() {
                words.push(String::new());
            }
            if c == '%'
                && matches!(words.as_slice(), [only, rest] if is_percentile(only) && rest.is_empty())
            {
                // `95%` alone is a percentile, as Locust has it.
                words.iter_mut().take(1).for_each(|word| word.insert(0, 'p'));
            } else if c == '%' {
                words.push("percent".to_owned());
                words.push(String::new());
            } else if c == '/' {
                words.push("per".to_owned());
                words.push(String::new());
            } else if c.is_alphanumeric()
                && let Some(word) = words.last_mut()
            {
                word.extend(c.to_lowercase());
            }
            before = Some(c);
        }
        words.retain(|word| !word.is_empty());
        Self(percentiles(words))
    }

    fn has(&self, any: &[&str]) -> bool {
        self.0.iter().any(|word| any.contains(&word.as_str()))
    }

    /// Some of the one, and nothing but of both: more words are another thing's name.
    fn are(&self, some: &[&str], too: &[&str]) -> bool {
        self.has(some)
            && self
                .0
                .iter()
                .all(|word| some.contains(&word.as_str()) || too.contains(&word.as_str()))
    }

    /// What a load test has it for.
    pub(crate) fn role(&self) -> Role {
        if self.are(TIME, TIME_TOO) {
            Role::Time
        } else if self.are(TASKS, TASKS_TOO) {
            Role::Tasks
        } else if self.are(COMPLETED, COMPLETED_TOO) {
            Role::Completed
        } else if self.are(ERRORS, ERRORS_TOO) {
            Role::Errors
        } else if self.are(DEMAND, DEMAND_TOO)
            || self.has(&["per"])
                && self.are(
                    &["jobs", "messages", "records", "transactions", "queries", "calls"],
                    DEMAND_TOO,
                )
        {
            Role::Demand
        } else if self.are(LATENCY, LATENCY_TOO) {
            if self.has(&["p99"]) {
                Role::LatencyP99
            } else if self.has(&["p95"]) {
                Role::LatencyP95
            } else if self.has(&["p50", "median", "med"]) {
                Role::LatencyP50
            } else {
                Role::LatencyMean
            }
        } else {
            Role::Metric
        }
    }

    /// What a metric measures.
    pub(crate) fn kind(&self) -> Kind {
        let taken = ["not", "visible"].iter().all(|word| self.has(&[word]));
        if taken {
            // Messages that are not visible are being worked on.
            return Kind::Concurrency;
        }
        KINDS.iter().find(|(_, words)| self.has(words)).map_or(Kind::Other, |(kind, _)| *kind)
    }

    /// In what times are, with how many to the second.
    pub(crate) fn time(&self) -> Option<(Measure, f64)> {
        if self.has(&["ms", "msec", "msecs", "millis", "milliseconds"]) {
            Some((Measure::Milliseconds, 1e3))
        } else if self.has(&["us", "micros", "microseconds"]) {
            Some((Measure::Microseconds, 1e6))
        } else if self.has(&["s", "sec", "secs", "seconds"]) {
            Some((Measure::Seconds, 1.0))
        } else {
            None
        }
    }

    /// By what span a count is.
    pub(crate) fn rate(&self) -> Option<Measure> {
        if self.has(&["minute", "min", "rpm"]) {
            Some(Measure::PerMinute)
        } else if self.has(&["rps", "qps", "tps"]) || self.has(&["per"]) && !self.has(&["request"])
        {
            Some(Measure::PerSecond)
        } else if self.has(&["count", "total", "number"]) {
            Some(Measure::PerSample)
        } else {
            None
        }
    }

    /// Of what errors are a part.
    pub(crate) fn part(&self) -> Option<Measure> {
        if self.has(&["percent", "percentage", "pct"]) {
            Some(Measure::Percent)
        } else if self.has(&["share", "fraction", "ratio"]) {
            Some(Measure::Share)
        } else {
            self.rate()
        }
    }

    /// The unit of a metric.
    pub(crate) fn unit(&self) -> Unit {
        if self.has(&["percent", "percentage", "pct", "utilization", "utilisation"]) {
            Unit::Percent
        } else if self.has(&["bps", "rps", "qps", "tps", "iops"])
            || self.has(&["per"]) && self.has(&["second", "sec", "s"])
        {
            Unit::PerSecond
        } else if self.has(&["ms", "us", "kb", "kib", "mb", "mib", "gb", "gib"]) {
            Unit::Unknown
        } else if self.has(&["bytes", "byte"]) {
            Unit::Bytes
        } else if self.has(&["seconds", "secs", "sec", "s"]) {
            Unit::Seconds
        } else if self.has(&["count", "number", "total"])
            || matches!(self.kind(), Kind::Concurrency | Kind::Queue)
        {
            Unit::Count
        } else {
            Unit::Unknown
        }
    }
}

/// Percentiles as `p95`, however they are written: `95th`, `tp95`, `pct95`, or k6's `p(95)`.
fn percentiles(words: Vec<String>) -> Vec<String> {
    const MARKS: [&str; 5] = ["p", "tp", "pct", "perc", "q"];
    let mut all: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let marked = MARKS.iter().filter_map(|mark| word.strip_prefix(mark));
        let digits = marked.chain(word.strip_suffix("th")).find(|rest| is_percentile(rest));
        if let Some(digits) = digits {
            all.push(format!("p{digits}"));
        } else if is_percentile(&word)
            && let Some(before) = all.last_mut().filter(|before| MARKS.contains(&before.as_str()))
        {
            *before = format!("p{word}");
        } else {
            all.push(word);
        }
    }
    all
}

/// Those that a load test has a use for. `q1` is a quarter, and `p1` a thing's number.
fn is_percentile(digits: &str) -> bool {
    matches!(digits, "50" | "90" | "95" | "99")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_programs_write_tell_their_role() {
        for (name, role) in [
            ("Timestamp", Role::Time),
            ("timeStamp", Role::Time),
            ("@timestamp", Role::Time),
            ("Failures/s", Role::Errors),
            ("errors/min", Role::Errors),
            ("Requests/s", Role::Demand),
            ("req/s", Role::Demand),
            ("transactions_per_second", Role::Demand),
            ("response_time_ms", Role::LatencyMean),
            ("Average Response Time", Role::LatencyMean),
            ("resp_time_ms", Role::LatencyMean),
            ("50%", Role::LatencyP50),
            ("95%", Role::LatencyP95),
            ("99%", Role::LatencyP99),
            ("95th percentile", Role::LatencyP95),
            ("p(95)", Role::LatencyP95),
            ("http_req_duration_p(99)", Role::LatencyP99),
            ("TP99", Role::LatencyP99),
            ("latency_pct99_ms", Role::LatencyP99),
            ("instance_count", Role::Tasks),
            ("90%", Role::Metric),
            ("99.9%", Role::Metric),
            ("100%", Role::Metric),
            ("cpu_p95", Role::Metric),
            ("requests/target", Role::Metric),
            ("q1", Role::Metric),
        ] {
            assert_eq!(Words::of(name).role(), role, "{name}");
        }
    }

    #[test]
    fn a_slash_before_a_span_makes_a_rate() {
        assert_eq!(Words::of("Failures/s").part(), Some(Measure::PerSecond));
        assert_eq!(Words::of("errors/min").part(), Some(Measure::PerMinute));
        assert_eq!(Words::of("cpu %").unit(), Unit::Percent);
    }
}
