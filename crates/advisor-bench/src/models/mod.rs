//! Models of services, drawn by chance, with the metric that is right for each by the guide's rules.

mod collected;
mod cpu;
mod distractors;
mod draw;
mod java_heap;
mod jobs;
mod leaking;
mod memory;
mod shared;
mod uneven;
mod waiting;
mod workers;

use std::fmt;

use advice::settings::Runtime;

pub use self::distractors::distract;
pub use self::draw::Draw;
use crate::service::{Random, Service};

/// A service, and what is right for it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub service: Service,
    /// The names of the metrics that are right; with more than one, they move as one.
    pub right: Vec<&'static str>,
    /// The limit of its response times.
    pub response_limit: ResponseLimit,
    /// The runtime in the settings of the advisor.
    pub runtime: Runtime,
}

impl Draft {
    fn new(service: Service, right: Vec<&'static str>, response_limit: ResponseLimit) -> Self {
        Self { service, right, response_limit, runtime: Runtime::Guess }
    }
}

/// A limit of response times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ResponseLimit {
    /// So many times that of a service at rest.
    Stretch(f64),
    Seconds(f64),
}

/// A kind of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// CPU saturates first.
    Cpu,
    /// Memory does, and it is released.
    Memory,
    /// A fixed number of workers does; then requests wait, then they are rejected.
    Workers,
    /// Requests wait for what each task calls.
    Waiting,
    /// A Java server, whose heap does not show the load.
    JavaHeap,
    /// A server on another runtime with a collector.
    Collected,
    /// A server that leaks memory: CPU saturates first.
    Leaking,
    /// It processes jobs from a queue.
    Jobs,
    /// All tasks wait for one database.
    Shared,
    /// A few requests take very much longer than most.
    HeavyTailed,
    /// Cheap and expensive requests are mixed.
    TwoKinds,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Cpu,
        Self::Memory,
        Self::Workers,
        Self::Waiting,
        Self::JavaHeap,
        Self::Collected,
        Self::Leaking,
        Self::Jobs,
        Self::Shared,
        Self::HeavyTailed,
        Self::TwoKinds,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Workers => "workers",
            Self::Waiting => "waiting",
            Self::JavaHeap => "java-heap",
            Self::Collected => "collected",
            Self::Leaking => "leaking",
            Self::Jobs => "jobs",
            Self::Shared => "shared",
            Self::HeavyTailed => "heavy-tailed",
            Self::TwoKinds => "two-kinds",
        }
    }

    pub const fn variants(self) -> &'static [&'static str] {
        match self {
            Self::Cpu => &["full", "capped"],
            Self::Memory => &["rejects", "swaps"],
            Self::Workers => &["busy", "in flight", "percent"],
            Self::Waiting => &["in flight", "memory", "both"],
            Self::JavaHeap => &["cpu", "connections", "throughput"],
            Self::Collected => &["cpu", "throughput", "concurrency", "both"],
            Self::Leaking => &["with time", "with requests"],
            Self::Jobs => &["queue", "lag", "polling"],
            Self::Shared => &["waiting", "spinning"],
            Self::HeavyTailed | Self::TwoKinds => &["cpu", "workers", "waiting"],
        }
    }

    /// A service of the variant of that number.
    pub fn draft(self, variant: usize, random: &mut Random) -> Draft {
        match self {
            Self::Cpu => cpu::draft(variant, random),
            Self::Memory => memory::draft(variant, random),
            Self::Workers => workers::draft(variant, random),
            Self::Waiting => waiting::draft(variant, random),
            Self::JavaHeap => java_heap::draft(variant, random),
            Self::Collected => collected::draft(variant, random),
            Self::Leaking => leaking::draft(variant, random),
            Self::Jobs => jobs::draft(variant, random),
            Self::Shared => shared::draft(variant, random),
            Self::HeavyTailed => uneven::heavy_tailed(variant, random),
            Self::TwoKinds => uneven::two_kinds(variant, random),
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
