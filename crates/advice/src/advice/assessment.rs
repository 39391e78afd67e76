//! What was found about a metric, and what comes of it.

use load_test::{Kind, Source, Unit};
use schemars::JsonSchema;
use serde::Serialize;

use super::Interval;

/// What was found about one metric.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Assessment {
    /// Its name in the load test.
    pub metric: String,
    /// What it measures.
    pub kind: Kind,
    /// In what unit.
    pub unit: Unit,
    /// Where CloudWatch has it.
    pub source: Option<Source>,
    /// Whether it was divided by the tasks for all that follows, being a raw count.
    pub per_task: bool,
    /// How it moves with demand, at fixed tasks.
    pub correlation: Option<Correlation>,
    /// How it follows demand and tasks.
    pub law: Option<Law>,
    /// What becomes of it with twice the tasks at the same demand.
    pub doubling: Option<Doubling>,
    /// The level at which it flattens while demand still rises.
    pub saturation: Option<Saturation>,
    /// The highest level there was.
    pub highest: Option<f64>,
    /// Its rise at constant demand, as a share of its level in each hour: what leaks.
    pub drift: Option<Interval>,
    /// Its value at the knee.
    pub at_knee: Option<f64>,
    /// What comes of it.
    pub verdict: Fit,
}

/// How a metric moves with demand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Correlation {
    /// Spearman's, of ranks.
    pub rank: Interval,
    /// Pearson's.
    pub linear: Interval,
    /// The probability of such a rank correlation where there is none.
    pub p: f64,
}

/// `value = factor * demand^demand_exponent * tasks^tasks_exponent`, fitted to the levels below the knee.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Law {
    /// Ideal is 1.
    pub demand: Interval,
    /// Ideal is -1. `None` with one number of tasks.
    pub tasks: Option<Interval>,
    /// Of the logarithms' variance, the share explained.
    pub r_squared: f64,
}

/// The doubling test, from levels of the same demand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Doubling {
    /// Tasks of the first run.
    pub tasks: f64,
    /// Tasks of the second.
    pub more_tasks: f64,
    /// Its value with twice the tasks, as a share of the value before: ideal is 0.5, and 1 is bad.
    pub ratio: Interval,
}

/// A metric that flattens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Saturation {
    /// The level at which it stays.
    pub level: f64,
    /// The demand of one task from which it does.
    pub per_task: f64,
}

/// What comes of a metric.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "fit", content = "because", rename_all = "snake_case")]
pub enum Fit {
    /// It is the one.
    Recommended,
    /// It would do.
    Suitable(String),
    /// It would not.
    Rejected(Rejection),
}

/// Why a metric will not do.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Rejection {
    /// It barely changes.
    #[error("stays at about {value:.3} whatever demand is")]
    Constant {
        /// Its value.
        value: f64,
    },
    /// Too few values.
    #[error("has values at {levels} levels only")]
    Gaps {
        /// Levels with a value.
        levels: usize,
    },
    /// It does not move with demand.
    #[error("does not follow demand (rank correlation {rank:.2})")]
    Uncorrelated {
        /// Spearman's rank correlation.
        rank: f64,
    },
    /// Twice the tasks do not halve it.
    #[error("does not fall to half with twice the tasks, but to {:.0} %", 100.0 * .ratio)]
    NotProportional {
        /// What it falls to, as a share.
        ratio: f64,
    },
    /// Nothing shows whether twice the tasks halve it.
    #[error("was not seen at the same demand with other numbers of tasks")]
    NotDoubled,
    /// It climbs at constant demand.
    #[error("climbs by {:.0} % an hour at constant demand: it leaks", 100.0 * .per_hour)]
    Leaks {
        /// Share of its level in each hour.
        per_hour: f64,
    },
    /// It does not come down when demand does.
    #[error("stays at {:.0} % of its level once demand falls: it is not released", 100.0 * .kept)]
    NotReleased {
        /// What is kept, as a share.
        kept: f64,
    },
    /// A collector, not demand, decides it.
    #[error("is ruled by the garbage collector, not by demand")]
    Collected,
    /// It is what is to be kept, not what keeps it.
    #[error("tells of the breach once it is there: it is what scaling is for")]
    Outcome,
    /// Something else gives out first.
    #[error("{first} gives out first")]
    NotTheLimit {
        /// The metric that does, or what does.
        first: String,
    },
}
