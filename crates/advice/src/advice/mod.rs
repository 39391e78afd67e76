//! The answer: one metric to scale on, or why there is none, with the evidence.

mod assessment;
mod level;

pub use assessment::{Assessment, Correlation, Doubling, Fit, Law, Rejection, Saturation};
pub use level::{Broken, Knee, Level, Plateau, Usl};

use load_test::Quantile;
use schemars::JsonSchema;
use serde::Serialize;

use crate::settings::{Runtime, Settings};

/// The answer to a load test, with the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Advice {
    /// The answer.
    pub verdict: Verdict,
    /// The service type, if it was recognized.
    pub pattern: Option<Recognised>,
    /// What the tasks run on, as given or guessed. Never [`Runtime::Guess`].
    pub runtime: Runtime,
    /// Levels of steady demand, in the order of time.
    pub plateaus: Vec<Plateau>,
    /// The statistic of response times that must stay within a limit, and the limit in seconds, as
    /// given or guessed.
    pub objective: Option<(Quantile, f64)>,
    /// Whether the limit was guessed.
    pub objective_guessed: bool,
    /// Where the objective breaks.
    pub knee: Option<Knee>,
    /// An assessment of each metric, in the order of the load test.
    pub metrics: Vec<Assessment>,
    /// Remarks about the data.
    pub notes: Vec<String>,
    /// The settings that the answer is for.
    pub settings: Settings,
}

/// The answer itself.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Verdict {
    /// Scale on this.
    Recommended(Recommendation),
    /// None of the metrics is suitable.
    NoneSuitable {
        /// Why not.
        because: String,
        /// What to record in the next test.
        measure_next: Vec<String>,
    },
    /// The test does not have enough data.
    NotEnoughData {
        /// Each series or column that is missing.
        missing: Vec<Missing>,
    },
}

/// Data that a load test needs and does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// At least eight samples with time, tasks and demand.
    Samples,
    /// Levels of steady demand that last long enough.
    Plateaus,
    /// More levels of demand with the same number of tasks.
    Levels,
    /// A second series of rates with at least 1.3 times the tasks.
    Doubling,
    /// Levels in the second series at a demand at which the first kept the objective.
    SameDemand,
    /// A level at which the objective breaks.
    Overload,
    /// A level at which the objective holds.
    Underload,
    /// Response times, errors or completions, which show when the objective breaks.
    Objective,
    /// Any metric to scale on.
    Metrics,
}

impl Missing {
    /// The series or column to add, as a sentence without its full stop.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Samples => "record more: at least eight samples with time, tasks and demand",
            Self::Plateaus => {
                "hold each rate for at least two minutes, better five: no steady level was found"
            }
            Self::Levels => "test at least four rates with the same number of tasks",
            Self::Doubling => {
                "repeat the test with twice the tasks: it does not show the effect of more tasks"
            }
            Self::SameDemand => "test the second number of tasks at the rates of the first",
            Self::Overload => {
                "test higher rates: the objective holds at every level, so it is unknown which \
                 resource saturates first"
            }
            Self::Underload => "begin at lower rates: the objective breaks at every level",
            Self::Objective => {
                "record response times, errors or completions: the test does not show when the \
                 service is overloaded"
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
    /// Index of its assessment in [`Advice::metrics`].
    pub index: usize,
    /// Whether it has to be divided by the running tasks.
    pub per_task: bool,
    /// The target value: its value at the knee, less headroom.
    pub target: Interval,
    /// Its value at the knee.
    pub at_knee: f64,
    /// The headroom that the target leaves, and why.
    pub headroom: Headroom,
    /// Whether it is proportional enough for target tracking. Otherwise, use step scaling.
    pub proportional: bool,
    /// The confidence in the recommendation.
    pub confidence: Confidence,
}

/// Capacity kept free for the demand that arrives while tasks start.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Headroom {
    /// Seconds from a rise of demand until the new tasks serve traffic.
    pub seconds: f64,
    /// Rise of demand in those seconds, as a share of the demand before it.
    pub rise: f64,
    /// Share of the knee's demand that the target leaves free, 0 to 1.
    pub share: f64,
}

/// The confidence in a recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Confidence {
    /// Share of the resampled tests that recommend the same metric, 0 to 1.
    pub agreed: f64,
    /// The number of resampled tests.
    pub resamples: usize,
}

/// An estimate with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A recognized service type.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Recognised {
    /// The type.
    pub pattern: Pattern,
    /// The evidence for it.
    pub because: String,
}

/// The service types of the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// CPU saturates first.
    CpuBound,
    /// Memory saturates first, and it is released.
    MemoryBound,
    /// A fixed number of workers saturates first, and then requests wait.
    WorkerBased,
    /// Requests wait on the services that they call.
    Waiting,
    /// Memory rises at any demand.
    Leaking,
    /// Java, or another runtime with a garbage collector.
    GarbageCollected,
    /// It processes jobs from a queue.
    JobProcessor,
}
