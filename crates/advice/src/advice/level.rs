//! What was measured at the levels of demand, and where the objective breaks.

use schemars::JsonSchema;
use serde::Serialize;

use super::Interval;

/// A stretch of steady demand with a steady number of tasks.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Plateau {
    /// Seconds since the first sample, at which the level begins.
    pub from: f64,
    /// At which the service was warm; what was before is left out.
    pub steady_from: f64,
    /// At which the level ends.
    pub to: f64,
    /// Running tasks.
    pub tasks: f64,
    /// Requests or jobs a second, at all tasks.
    pub demand: f64,
    /// Seconds, of the objective's statistic.
    pub latency: Option<f64>,
    /// Average seconds.
    pub mean_latency: Option<f64>,
    /// Share of requests that fail.
    pub errors: Option<f64>,
    /// Completed in a second.
    pub completed: Option<f64>,
    /// Share of the demand that is surely not completed: what is missing less twice its standard error.
    pub shortfall: Option<f64>,
    /// Whether the objective holds.
    pub good: bool,
    /// Each metric's level, as recorded: an average without outliers, and its standard error.
    pub metrics: Vec<Option<Level>>,
}

/// A metric's value at a plateau.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Level {
    /// Its average, without outliers.
    pub value: f64,
    /// The average's standard error.
    pub error: f64,
    /// Its rise while demand stays, as a share of it in each hour.
    pub climb: Option<f64>,
}

/// Where the objective breaks.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Knee {
    /// Demand of one task, in a second.
    pub per_task: Interval,
    /// The Universal Scalability Law that fits the levels of the run, if one does.
    pub law: Option<Usl>,
    /// What breaks there.
    pub breaks: Broken,
}

/// What part of the objective breaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Broken {
    /// Response or completion time.
    Latency,
    /// Too many fail.
    Errors,
    /// Less is completed than arrives.
    Completions,
}

/// The Universal Scalability Law of one task: throughput at concurrency n is
/// `lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))` (N. J. Gunther, Guerrilla
/// Capacity Planning, 2007).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Usl {
    /// Throughput of one request at a time, in a second.
    pub lambda: f64,
    /// Contention.
    pub sigma: f64,
    /// Crosstalk, for which throughput falls again.
    pub kappa: f64,
    /// Share of the throughputs' variance that it explains.
    pub r_squared: f64,
}
