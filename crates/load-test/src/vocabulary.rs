//! The words that columns are named by. Of each role, some of the one list have to be there, and
//! only those of the second may be too.

use crate::data::Kind;

pub(crate) const TIME: &[&str] =
    &["time", "timestamp", "ts", "t", "date", "datetime", "epoch", "elapsed"];
pub(crate) const TIME_TOO: &[&str] = &[
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
    "stamp",
];

pub(crate) const TASKS: &[&str] = &[
    "tasks",
    "task",
    "replicas",
    "replica",
    "running",
    "instances",
    "instance",
    "containers",
    "container",
    "pods",
    "pod",
];
pub(crate) const TASKS_TOO: &[&str] =
    &["count", "number", "no", "num", "of", "n", "service", "ecs"];

pub(crate) const DEMAND: &[&str] = &[
    "demand", "rps", "qps", "tps", "rpm", "arrivals", "arrival", "offered", "requests", "request",
    "req", "reqs", "rate", "hits", "incoming",
];
pub(crate) const DEMAND_TOO: &[&str] = &[
    "per",
    "second",
    "sec",
    "s",
    "minute",
    "min",
    "load",
    "count",
    "number",
    "of",
    "jobs",
    "job",
    "messages",
    "records",
    "sent",
    "total",
    "http",
    "transactions",
    "queries",
    "calls",
];

pub(crate) const LATENCY: &[&str] =
    &["latency", "latencies", "response", "resp", "rt", "duration", "p50", "p95", "p99"];
pub(crate) const LATENCY_TOO: &[&str] = &[
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

pub(crate) const ERRORS: &[&str] =
    &["errors", "error", "err", "errs", "5xx", "failed", "failures", "failure", "fails", "fail"];
pub(crate) const ERRORS_TOO: &[&str] = &[
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

pub(crate) const COMPLETED: &[&str] = &[
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
pub(crate) const COMPLETED_TOO: &[&str] = &[
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
pub(crate) const KINDS: &[(Kind, &[&str])] = &[
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
