//! What the user wants of the service, and what the data cannot tell.

use load_test::Quantile;
use schemars::JsonSchema;
use serde::Serialize;

/// What an advice is given for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Settings {
    /// What the service promises.
    pub objective: Objective,
    /// Seconds from a task's start until it takes its share of the load.
    pub start_up: f64,
    /// Seconds from a metric's rise until tasks are asked for. Target tracking waits for three
    /// points of a minute each, by users' reports:
    /// <https://github.com/aws/containers-roadmap/issues/1208>.
    pub reaction: f64,
    /// Rise of demand to be ready for, as a share of the present demand in each minute; the
    /// steepest of the data if it is `None`.
    pub ramp: Option<f64>,
    /// What the tasks run on.
    pub runtime: Runtime,
    /// From which resamples are drawn.
    pub seed: u64,
    /// How many resampled tests say how sure the advice is.
    pub resamples: usize,
}

/// What a level of the test must hold to be good.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Objective {
    /// The response or completion time that is watched, and its limit in seconds. If it is
    /// `None`, three times that of the lowest level that holds.
    pub latency: Option<(Quantile, f64)>,
    /// The greatest share of requests that may fail, 0 to 1.
    pub errors: f64,
    /// The least share of the demand that has to be completed, 0 to 1.
    pub completed: f64,
}

/// What the tasks run on: it decides what memory tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Runtime {
    /// The metrics' names tell: a heap is Java's, a collector's time is another's.
    Guess,
    /// Memory that is freed is given back.
    Native,
    /// A heap that grows to its limit whatever is alive in it.
    Java,
    /// Another garbage collector.
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
