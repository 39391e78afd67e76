//! What a name tells of a column.

use super::mapping::{Measure, Role};
use crate::load_test::{Kind, Unit};

/// A name's words in lower case: `CPUUtilization` is `cpu` and `utilization`.
pub(super) struct Words(Vec<String>);

const TIME: &[&str] = &["time", "timestamp", "ts", "t", "date", "datetime", "epoch", "elapsed"];
const TIME_TOO: &[&str] = &[
    "seconds",
    "secs",
    "sec",
    "s",
    "ms",
    "millis",
    "milliseconds",
    "unix",
    "utc",
    "iso",
    "at",
    "since",
    "start",
    "sample",
    "x",
];

const TASKS: &[&str] =
    &["tasks", "task", "replicas", "replica", "running", "instances", "containers", "pods"];
const TASKS_TOO: &[&str] = &["count", "number", "no", "num", "of", "n", "service", "ecs"];

const DEMAND: &[&str] = &[
    "demand", "rps", "qps", "tps", "rpm", "arrivals", "arrival", "offered", "requests", "request",
    "req", "reqs", "rate", "hits", "incoming",
];
const DEMAND_TOO: &[&str] = &[
    "per", "second", "sec", "s", "minute", "min", "load", "count", "number", "of", "jobs", "job",
    "messages", "records", "sent", "total", "http",
];

const LATENCY: &[&str] =
    &["latency", "latencies", "response", "rt", "duration", "p50", "p95", "p99"];
const LATENCY_TOO: &[&str] = &[
    "responses",
    "time",
    "times",
    "request",
    "req",
    "http",
    "target",
    "completion",
    "service",
    "median",
    "med",
    "mean",
    "avg",
    "average",
    "percentile",
    "quantile",
    "ms",
    "msec",
    "msecs",
    "millis",
    "milliseconds",
    "s",
    "sec",
    "secs",
    "seconds",
    "us",
    "micros",
    "microseconds",
    "in",
];

const ERRORS: &[&str] =
    &["errors", "error", "err", "errs", "5xx", "failed", "failures", "failure", "fails"];
const ERRORS_TOO: &[&str] = &[
    "rate",
    "ratio",
    "share",
    "fraction",
    "percent",
    "percentage",
    "pct",
    "count",
    "number",
    "of",
    "total",
    "per",
    "second",
    "sec",
    "s",
    "minute",
    "min",
    "request",
    "requests",
    "req",
    "reqs",
    "http",
    "code",
    "codes",
    "target",
];

const COMPLETED: &[&str] = &[
    "completed",
    "completions",
    "completion",
    "throughput",
    "processed",
    "finished",
    "done",
    "goodput",
    "served",
];
const COMPLETED_TOO: &[&str] = &[
    "jobs",
    "job",
    "messages",
    "records",
    "requests",
    "request",
    "responses",
    "per",
    "second",
    "sec",
    "s",
    "minute",
    "min",
    "rate",
    "count",
    "number",
    "of",
    "total",
    "rps",
];

/// In this order: a worker's CPU is CPU, and a heap's collections are collections.
const KINDS: &[(Kind, &[&str])] = &[
    (Kind::Collection, &["gc", "collector", "collection", "collections"]),
    (Kind::Cpu, &["cpu", "cpus", "processor", "vcpu"]),
    (
        Kind::Concurrency,
        &[
            "connections",
            "connection",
            "conns",
            "conn",
            "concurrency",
            "concurrent",
            "inflight",
            "flight",
            "threads",
            "thread",
            "workers",
            "worker",
            "sessions",
            "session",
            "busy",
            "active",
            "permits",
            "vus",
        ],
    ),
    (Kind::Heap, &["heap", "jvm", "oldgen"]),
    (Kind::Lag, &["lag", "age", "behind", "iteratorage", "staleness"]),
    (
        Kind::Queue,
        &[
            "queue", "queued", "queues", "backlog", "visible", "depth", "pending", "waiting",
            "messages", "jobs",
        ],
    ),
    (Kind::Memory, &["memory", "mem", "rss", "ram"]),
    (
        Kind::Traffic,
        &[
            "network",
            "net",
            "disk",
            "bytes",
            "iops",
            "rx",
            "tx",
            "io",
            "storage",
            "bandwidth",
            "packets",
            "traffic",
        ],
    ),
    (Kind::Latency, &["latency", "response", "duration", "rt", "p50", "p90", "p95", "p99"]),
    (Kind::Errors, ERRORS),
    (
        Kind::Throughput,
        &["requests", "request", "throughput", "rps", "qps", "tps", "rpm", "rate", "operations"],
    ),
];

impl Words {
    pub(super) fn of(name: &str) -> Self {
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
            if c == '%' {
                words.push("percent".to_owned());
                words.push(String::new());
            } else if c.is_alphanumeric()
                && let Some(word) = words.last_mut()
            {
                word.extend(c.to_lowercase());
            }
            before = Some(c);
        }
        words.retain(|word| !word.is_empty());
        Self(words)
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
    pub(super) fn role(&self) -> Role {
        if self.are(TIME, TIME_TOO) {
            Role::Time
        } else if self.are(TASKS, TASKS_TOO) {
            Role::Tasks
        } else if self.are(COMPLETED, COMPLETED_TOO) {
            Role::Completed
        } else if self.are(ERRORS, ERRORS_TOO) {
            Role::Errors
        } else if self.are(DEMAND, DEMAND_TOO)
            || self.has(&["per"]) && self.are(&["jobs", "messages", "records"], DEMAND_TOO)
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
    pub(super) fn kind(&self) -> Kind {
        let taken = ["not", "visible"].iter().all(|word| self.has(&[word]));
        if taken {
            // Messages that are not visible are being worked on.
            return Kind::Concurrency;
        }
        KINDS.iter().find(|(_, words)| self.has(words)).map_or(Kind::Other, |(kind, _)| *kind)
    }

    /// In what times are, with how many to the second.
    pub(super) fn time(&self) -> Option<(Measure, f64)> {
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
    pub(super) fn rate(&self) -> Option<Measure> {
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
    pub(super) fn part(&self) -> Option<Measure> {
        if self.has(&["percent", "percentage", "pct"]) {
            Some(Measure::Percent)
        } else if self.has(&["share", "fraction", "ratio"]) {
            Some(Measure::Share)
        } else {
            self.rate()
        }
    }

    /// The unit of a metric.
    pub(super) fn unit(&self) -> Unit {
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
