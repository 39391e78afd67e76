//! The requirements of the user, and properties of the service that the data do not show.

use load_test::Quantile;
use schemars::JsonSchema;
use serde::Serialize;

/// The settings of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Settings {
    /// The objective of the service.
    pub objective: Objective,
    /// Seconds from the start of a task until it takes its share of the load.
    pub start_up: f64,
    /// Seconds from the rise of a metric until more tasks are requested. Target tracking waits for
    /// three data points of one minute each, according to users:
    /// <https://github.com/aws/containers-roadmap/issues/1208>.
    pub reaction: f64,
    /// Steepest rise in demand to be ready for, per minute, as a share of the present demand.
    /// `None`
    /// takes the steepest rise in the data.
    pub ramp: Option<f64>,
    /// What the tasks run on.
    pub runtime: Runtime,
    /// Random seed of the resampling.
    pub seed: u64,
    /// Number of resampled tests for the confidence.
    pub resamples: usize,
}

/// The limits that a level of the test must keep to be good.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Objective {
    /// A statistic of the response or completion time, and its limit in seconds. `None` takes three
    /// times the value at the lowest level that holds.
    pub latency: Option<(Quantile, f64)>,
    /// Largest share of requests that may fail, 0 to 1.
    pub errors: f64,
    /// Smallest share of the demand that must be completed, 0 to 1.
    pub completed: f64,
}

/// What the tasks run on. It decides whether memory can show the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Runtime {
    /// Guessed from the metrics: a heap means Java, the time of a collector alone another runtime.
    Guess,
    /// No garbage collector: freed memory is returned.
    Native,
    /// Java: a heap that grows to its limit, however little of it is in use.
    Java,
    /// Another garbage-collected runtime.
    Collected,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            objective: Objective { latency: None, errors: 0.01, completed: 0.95 },
            start_up: 60.0,
            reaction: 180.0,
            ramp: None,
            runtime: Runtime::Guess,
            seed: 1,
            resamples: 200,
        }
    }
}
