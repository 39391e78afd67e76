//! The answer: one metric to scale on or why there is none, and all that it rests on.

use serde::Serialize;

use crate::load_test::{Kind, Source, Unit};
use crate::settings::{Quantile, Runtime, Settings};

/// What the advisor says of a load test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// The answer.
    pub verdict: Verdict,
    /// Of what kind the service is, if that was recognised.
    pub pattern: Option<Recognised>,
    /// What the tasks run on, told or guessed; never [`Runtime::Guess`].
    pub runtime: Runtime,
    /// Levels of steady demand, in the order of time.
    pub plateaus: Vec<Plateau>,
    /// The statistic and the limit in seconds that the levels are held against, told or guessed.
    pub objective: Option<(Quantile, f64)>,
    /// Whether the limit was guessed.
    pub objective_guessed: bool,
    /// Where the objective breaks.
    pub knee: Option<Knee>,
    /// One for each metric, in the load test's order.
    pub metrics: Vec<Assessment>,
    /// What the reader should know beside it.
    pub notes: Vec<String>,
    /// For what it was given.
    pub settings: Settings,
}

/// The answer itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Verdict {
    /// Scale on this.
    Recommended(Recommendation),
    /// None of the metrics will do.
    NoneSuitable {
        /// Why not.
        because: String,
        /// What to record in the next test.
        measure_next: Vec<String>,
    },
    /// The test does not tell.
    NotEnoughData {
        /// Each run or column that is missing.
        missing: Vec<Missing>,
    },
}

/// What a load test lacks to be decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// No samples, or fewer than a test can be made of.
    Samples,
    /// No stretch of steady demand that lasts long enough.
    Plateaus,
    /// Too few levels of demand at one number of tasks.
    Levels,
    /// A second run with another number of tasks, at least half as many again.
    Doubling,
    /// Levels in the second run at a demand that the first also has.
    SameDemand,
    /// A level at which the objective breaks.
    Overload,
    /// A level at which it holds.
    Underload,
    /// Response times, errors or completions: nothing says when the objective breaks.
    Objective,
    /// Any metric to scale on.
    Metrics,
}

/// The metric to scale on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recommendation {
    /// Its name in the load test.
    pub metric: String,
    /// Index of its assessment.
    pub index: usize,
    /// Whether it is to be divided by the running tasks.
    pub per_task: bool,
    /// What to hold it at: its value at the knee, less head-room.
    pub target: Interval,
    /// Its value at the knee.
    pub at_knee: f64,
    /// What is kept free, and why.
    pub headroom: Headroom,
    /// Whether it is so nearly proportional that target tracking can use it; steps otherwise.
    pub proportional: bool,
    /// How sure it is.
    pub confidence: Confidence,
}

/// Capacity kept free for the demand that arrives while tasks start.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Headroom {
    /// Seconds from a rise until the tasks that it asked for take load.
    pub seconds: f64,
    /// Rise of demand in those seconds, as a share of the demand before it.
    pub rise: f64,
    /// Share of the knee's demand that the target leaves free, 0 to 1.
    pub share: f64,
}

/// How sure a recommendation is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Confidence {
    /// Share of the resampled tests that recommend the same metric, 0 to 1.
    pub agreed: f64,
    /// How many resampled tests there were.
    pub resamples: usize,
}

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A stretch of steady demand with a steady number of tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// Whether the objective holds.
    pub good: bool,
    /// Each metric's level, as recorded: an average without outliers, and its standard error.
    pub metrics: Vec<Option<Level>>,
}

/// A metric's value at a plateau.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Level {
    /// Its average, without outliers.
    pub value: f64,
    /// The average's standard error.
    pub error: f64,
    /// Its rise while demand stays, as a share of it in each hour.
    pub climb: Option<f64>,
}

/// Where the objective breaks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Knee {
    /// Demand of one task, in a second.
    pub per_task: Interval,
    /// The Universal Scalability Law that fits the levels of the run, if one does.
    pub law: Option<Usl>,
    /// What breaks there.
    pub breaks: Broken,
}

/// What part of the objective breaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
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

/// What was found about one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Correlation {
    /// Spearman's, of ranks.
    pub rank: Interval,
    /// Pearson's.
    pub linear: Interval,
    /// The probability of such a rank correlation where there is none.
    pub p: f64,
}

/// `value = factor * demand^demand_exponent * tasks^tasks_exponent`, fitted to the levels below the knee.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Law {
    /// Ideal is 1.
    pub demand: Interval,
    /// Ideal is -1. `None` with one number of tasks.
    pub tasks: Option<Interval>,
    /// Of the logarithms' variance, the share explained.
    pub r_squared: f64,
}

/// The doubling test, from levels of the same demand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Doubling {
    /// Tasks of the first run.
    pub tasks: f64,
    /// Tasks of the second.
    pub more_tasks: f64,
    /// Its value with twice the tasks, as a share of the value before: ideal is 0.5, and 1 is bad.
    pub ratio: Interval,
}

/// A metric that flattens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Saturation {
    /// The level at which it stays.
    pub level: f64,
    /// The demand of one task from which it does.
    pub per_task: f64,
}

/// What comes of a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
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
    /// Requests differ too much in the time they take for their number to tell.
    #[error(
        "counts requests that differ too much: at low load they take {mean:.3} s on average, and {p95:.3} s at p95"
    )]
    Uneven {
        /// Seconds.
        mean: f64,
        /// Seconds.
        p95: f64,
    },
    /// Something else gives out first.
    #[error("{first} gives out first")]
    NotTheLimit {
        /// The metric that does, or what does.
        first: String,
    },
}

/// Of what kind a service is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recognised {
    /// The kind.
    pub pattern: Pattern,
    /// What it was recognised by.
    pub because: String,
}

/// The guide's kinds of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// CPU gives out first.
    CpuBound,
    /// Memory does, and it is released.
    MemoryBound,
    /// A number of workers does, and then requests wait.
    WorkerBased,
    /// Requests wait for what they call.
    Waiting,
    /// Memory climbs whatever demand is.
    Leaking,
    /// Java, or another runtime with a garbage collector.
    GarbageCollected,
    /// It works off a queue.
    JobProcessor,
}
