//! The findings about a metric, and the verdict on it.

use load_test::{Kind, Source, Unit};
use schemars::JsonSchema;
use serde::Serialize;

use super::Interval;

/// The findings about one metric.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Assessment {
    /// Its name in the load test.
    pub metric: String,
    /// What it measures.
    pub kind: Kind,
    /// The unit of its values.
    pub unit: Unit,
    /// Its address in CloudWatch.
    pub source: Option<Source>,
    /// Whether it is a raw count, so that all values below are divided by the tasks.
    pub per_task: bool,
    /// Its correlation with demand, at a fixed number of tasks.
    pub correlation: Option<Correlation>,
    /// The power law by which it follows demand and tasks.
    pub law: Option<Law>,
    /// How it changes with twice the tasks at the same demand.
    pub doubling: Option<Doubling>,
    /// The level at which it flattens while demand still rises.
    pub saturation: Option<Saturation>,
    /// Its highest level in the test.
    pub highest: Option<f64>,
    /// Its rise at constant demand, as a share of its level per hour. A leak has one.
    pub drift: Option<Interval>,
    /// Its value at the knee.
    pub at_knee: Option<f64>,
    /// The verdict on it.
    pub verdict: Fit,
}

/// The correlation of a metric with demand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Correlation {
    /// Spearman's rank correlation.
    pub rank: Interval,
    /// Pearson's linear correlation.
    pub linear: Interval,
    /// The probability that such a rank correlation arises by chance.
    pub p: f64,
}

/// `value = factor * demand^demand_exponent * tasks^tasks_exponent`, fitted to the levels below the
/// knee.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Law {
    /// Ideal is 1.
    pub demand: Interval,
    /// Ideal is -1. `None` with one number of tasks.
    pub tasks: Option<Interval>,
    /// The share of the variance of the logarithms that it explains.
    pub r_squared: f64,
}

/// The doubling test: levels at the same demand, with fewer and with more tasks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Doubling {
    /// Tasks of the first series of rates.
    pub tasks: f64,
    /// Tasks of the second series.
    pub more_tasks: f64,
    /// Its value with twice the tasks, as a share of the value before. 0.5 is ideal; 1 means that
    /// more tasks do not lower it.
    pub ratio: Interval,
}

/// Where a metric flattens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Saturation {
    /// The level at which it flattens.
    pub level: f64,
    /// The demand per task from which it is flat.
    pub per_task: f64,
}

/// The verdict on a metric.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "fit", content = "because", rename_all = "snake_case")]
pub enum Fit {
    /// The metric to scale on.
    Recommended,
    /// It is suitable, but another metric is better. Holds the reason.
    Suitable(String),
    /// It is not suitable.
    Rejected(Rejection),
}

/// Why a metric is not suitable.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Rejection {
    /// It barely changes.
    #[error("stays at about {value:.3} at any demand")]
    Constant {
        /// Its value.
        value: f64,
    },
    /// Too few values.
    #[error("has values at only {levels} levels")]
    Gaps {
        /// Levels with a value.
        levels: usize,
    },
    /// It does not follow demand.
    #[error("does not follow demand (rank correlation {rank:.2})")]
    Uncorrelated {
        /// Spearman's rank correlation.
        rank: f64,
    },
    /// It does not halve with twice the tasks.
    #[error("does not halve with twice the tasks: {:.0}% remains", 100.0 * .ratio)]
    NotProportional {
        /// The share of it that remains with twice the tasks.
        ratio: f64,
    },
    /// The test does not show whether it halves with twice the tasks.
    #[error("was not recorded at the same demand with another number of tasks")]
    NotDoubled,
    /// It rises at constant demand.
    #[error("rises by {:.0}% an hour at constant demand: it leaks", 100.0 * .per_hour)]
    Leaks {
        /// Its rise per hour, as a share of its level.
        per_hour: f64,
    },
    /// It does not fall when demand falls.
    #[error("stays at {:.0}% of its level after demand falls: it is not released", 100.0 * .kept)]
    NotReleased {
        /// The share of it that remains.
        kept: f64,
    },
    /// It depends on the garbage collector, not on demand.
    #[error("depends on the garbage collector, not on demand")]
    Collected,
    /// It is a result, such as response times or errors, and not a cause.
    #[error("shows an overload only after it has begun: scaling has to act earlier")]
    Outcome,
    /// Another resource saturates first.
    #[error("{first} saturates first")]
    NotTheLimit {
        /// The metric or resource that saturates first.
        first: String,
    },
}
