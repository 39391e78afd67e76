//! The answer: one metric to scale on or why there is none, and all that it rests on.

mod assessment;
mod level;

pub use assessment::{Assessment, Correlation, Doubling, Fit, Law, Rejection, Saturation};
pub use level::{Broken, Knee, Level, Plateau, Usl};

use load_test::Quantile;
use schemars::JsonSchema;
use serde::Serialize;

use crate::settings::{Runtime, Settings};

/// What the advisor says of a load test.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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

impl Missing {
    /// The run or column to add, as a sentence without its full stop.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Samples => "record more: at least eight samples with time, tasks and demand",
            Self::Plateaus => {
                "hold each rate for at least two minutes, better five: no steady level was found"
            }
            Self::Levels => "test at least four rates with the same number of tasks",
            Self::Doubling => {
                "repeat the test with twice the tasks: nothing shows what more tasks do"
            }
            Self::SameDemand => {
                "test the second number of tasks at rates that the first was tested at"
            }
            Self::Overload => {
                "go on to higher rates: the objective holds at every level, so what gives out first is unknown"
            }
            Self::Underload => "begin at lower rates: the objective breaks at every level",
            Self::Objective => {
                "record response times, errors or completions: nothing says when the service is overloaded"
            }
            Self::Metrics => "record metrics to choose from: CPU, memory, connections, queue depth",
        }
    }
}

/// The metric to scale on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Headroom {
    /// Seconds from a rise until the tasks that it asked for take load.
    pub seconds: f64,
    /// Rise of demand in those seconds, as a share of the demand before it.
    pub rise: f64,
    /// Share of the knee's demand that the target leaves free, 0 to 1.
    pub share: f64,
}

/// How sure a recommendation is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Confidence {
    /// Share of the resampled tests that recommend the same metric, 0 to 1.
    pub agreed: f64,
    /// How many resampled tests there were.
    pub resamples: usize,
}

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Of what kind a service is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Recognised {
    /// The kind.
    pub pattern: Pattern,
    /// What it was recognised by.
    pub because: String,
}

/// The guide's kinds of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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
