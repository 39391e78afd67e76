//! The measurements at each level of demand, and where the objective breaks.

use schemars::JsonSchema;
use serde::Serialize;

use super::Interval;

/// A period of steady demand with a steady number of tasks.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Plateau {
    /// When the level begins, in seconds since the first sample.
    pub from: f64,
    /// When the service was warm, in seconds since the first sample. Earlier samples are left out.
    pub steady_from: f64,
    /// When the level ends, in seconds since the first sample.
    pub to: f64,
    /// Running tasks.
    pub tasks: f64,
    /// Requests or jobs per second, of all tasks together.
    pub demand: f64,
    /// Response time in seconds, by the statistic of the objective.
    pub latency: Option<f64>,
    /// Average response time in seconds.
    pub mean_latency: Option<f64>,
    /// Share of the requests that fail, 0 to 1.
    pub errors: Option<f64>,
    /// Requests or jobs completed per second.
    pub completed: Option<f64>,
    /// Share of the demand that is not completed, less twice its standard error.
    pub shortfall: Option<f64>,
    /// Whether the objective holds.
    pub good: bool,
    /// The level of each metric, as recorded, in the order of the load test.
    pub metrics: Vec<Option<Level>>,
}

/// A metric's value at a plateau.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Level {
    /// Its average, without outliers.
    pub value: f64,
    /// The standard error of the average.
    pub error: f64,
    /// Its rise at constant demand, as a share of its value per hour.
    pub climb: Option<f64>,
}

/// Where the objective breaks.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Knee {
    /// Demand per task, in requests or jobs per second.
    pub per_task: Interval,
    /// The Universal Scalability Law that fits the levels, if one does.
    pub law: Option<Usl>,
    /// The part of the objective that breaks.
    pub breaks: Broken,
}

/// The part of the objective that breaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Broken {
    /// Response or completion time.
    Latency,
    /// The share of failed requests.
    Errors,
    /// The share of the demand that is completed.
    Completions,
}

/// The Universal Scalability Law per task: throughput at concurrency n is
/// `lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))` (N. J. Gunther, Guerrilla
/// Capacity Planning, 2007).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Usl {
    /// Throughput per second with one request at a time.
    pub lambda: f64,
    /// Contention: the share of the work that is serial.
    pub sigma: f64,
    /// Crosstalk: the cost of coordination, which makes throughput fall again.
    pub kappa: f64,
    /// Share of the variance of throughput that it explains.
    pub r_squared: f64,
}
