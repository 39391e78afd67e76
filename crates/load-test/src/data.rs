//! A load test, as it was recorded.

use schemars::JsonSchema;
use serde::Serialize;

use crate::sketch::Sketch;

/// One value for each time of a [`LoadTest`]. A missing value is NaN.
pub type Series = Vec<f64>;

/// One sample for each time. Every series is as long as `times`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoadTest {
    /// Seconds since the first sample, strictly rising.
    pub times: Vec<f64>,
    /// Running tasks.
    pub tasks: Series,
    /// Requests or jobs that arrive in a second, at all tasks together.
    pub demand: Series,
    /// How long they take.
    pub latency: Latency,
    /// Share of them that fail, 0 to 1.
    pub errors: Option<Series>,
    /// Requests or jobs that are completed in a second.
    pub completed: Option<Series>,
    /// The candidates to scale on.
    pub metrics: Vec<Metric>,
}

/// Response or completion times, in seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Latency {
    /// Average.
    pub mean: Option<Series>,
    /// Median.
    pub p50: Option<Series>,
    /// 95th percentile.
    pub p95: Option<Series>,
    /// 99th percentile.
    pub p99: Option<Series>,
    /// The requests' own, where each was recorded; the statistics above are of these.
    pub requests: Option<Vec<Sketch>>,
}

/// A statistic of response times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantile {
    /// Average.
    Mean,
    /// Median.
    P50,
    /// 95th percentile.
    P95,
    /// 99th percentile.
    P99,
}

/// A metric of the service, its tasks or what they depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// As the user knows it.
    pub name: String,
    /// What it measures.
    pub kind: Kind,
    /// The unit of its values.
    pub unit: Unit,
    /// Where CloudWatch has it, if that is known.
    pub source: Option<Source>,
    /// What was measured.
    pub values: Series,
}

/// What a metric measures, according to its name or to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// CPU in use.
    Cpu,
    /// Memory in use, of the task.
    Memory,
    /// Memory in use, of a heap that a collector frees.
    Heap,
    /// Time that a collector takes.
    Collection,
    /// Requests, connections, threads or workers that are busy at once.
    Concurrency,
    /// Requests or jobs in a second or minute.
    Throughput,
    /// Messages or jobs that wait.
    Queue,
    /// Age of what waits, as MillisBehindLatest.
    Lag,
    /// Bytes or operations of disk or network.
    Traffic,
    /// Response or completion time.
    Latency,
    /// What fails.
    Errors,
    /// None of these.
    Other,
}

/// The unit of a metric's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Of what a task may use, averaged over the tasks; 100 is all.
    Percent,
    /// Things.
    Count,
    /// Things in a second.
    PerSecond,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// Unknown.
    Unknown,
}

/// A metric's address in CloudWatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Source {
    /// As `AWS/ECS`.
    pub namespace: String,
    /// As `CPUUtilization`.
    pub name: String,
    /// Names and values.
    pub dimensions: Vec<(String, String)>,
    /// As `Average`, `Sum` or `p95`.
    pub statistic: String,
}

impl Latency {
    /// A statistic of all requests of the samples at the indices `picked`; `None` if they were not
    /// recorded one by one, or none was answered.
    pub fn over(&self, quantile: Quantile, picked: &[usize]) -> Option<f64> {
        let requests = self.requests.as_ref()?;
        let mut all = Sketch::default();
        for sketch in picked.iter().filter_map(|at| requests.get(*at)) {
            all.merge(sketch);
        }
        all.quantile(quantile)
    }

    /// The series of a statistic, if it was recorded.
    pub const fn of(&self, quantile: Quantile) -> Option<&Series> {
        match quantile {
            Quantile::Mean => self.mean.as_ref(),
            Quantile::P50 => self.p50.as_ref(),
            Quantile::P95 => self.p95.as_ref(),
            Quantile::P99 => self.p99.as_ref(),
        }
    }

    /// All that were recorded.
    pub fn all(&self) -> impl Iterator<Item = &Series> {
        [&self.mean, &self.p50, &self.p95, &self.p99].into_iter().flatten()
    }

    /// All that were recorded, to change them.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Series> {
        [&mut self.mean, &mut self.p50, &mut self.p95, &mut self.p99].into_iter().flatten()
    }
}

impl LoadTest {
    /// How many samples there are.
    pub const fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.times.is_empty()
    }
}
