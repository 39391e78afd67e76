//! Whether an answer is right.

use advice::advice::{Advice, Missing, Verdict};
use load_test::Kind;

use crate::case::Case;
use crate::truth::{Answer, Truth};

/// What the guide calls a bad metric: with twice the tasks it stays above this share.
pub const FAILS_DOUBLING: f64 = 0.75;

/// The answer to a test, and whether it is right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// The answer.
    pub said: Said,
    /// Whether it is the right answer.
    pub right: bool,
    /// Whether the recommended metric truly fails the doubling test.
    pub fails_doubling: bool,
    /// Whether the advisor answered although the test does not have enough data.
    pub guessed: bool,
    /// By what share a right metric's target is off.
    pub off: Option<f64>,
}

/// A kind of answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    Cpu,
    Memory,
    /// What is busy at once.
    Concurrency,
    /// Requests in a second.
    Throughput,
    /// What waits, or for how long it has.
    Backlog,
    /// Another metric.
    Other,
    /// None of the metrics.
    None,
    /// Something is missing.
    NotEnough,
}

impl Said {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Cpu,
        Self::Memory,
        Self::Concurrency,
        Self::Throughput,
        Self::Backlog,
        Self::Other,
        Self::None,
        Self::NotEnough,
    ];

    /// Its name, as a column's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Memory => "memory",
            Self::Concurrency => "concurrency",
            Self::Throughput => "requests",
            Self::Backlog => "backlog",
            Self::Other => "other",
            Self::None => "none",
            Self::NotEnough => "not enough",
        }
    }

    const fn metric(kind: Kind) -> Self {
        match kind {
            Kind::Cpu => Self::Cpu,
            Kind::Memory | Kind::Heap => Self::Memory,
            Kind::Concurrency => Self::Concurrency,
            Kind::Throughput => Self::Throughput,
            Kind::Queue | Kind::Lag => Self::Backlog,
            _ => Self::Other,
        }
    }
}

/// Compares the answer to a case with its truth.
pub fn judge(case: &Case, advice: &Advice) -> Judgement {
    let truth = &case.truth;
    let guessed = matches!(truth.answer, Answer::NotEnoughData { .. });
    match &advice.verdict {
        Verdict::Recommended(said) => {
            let kind = case.test.metrics.get(said.index).map_or(Kind::Other, |metric| metric.kind);
            let off = truth.off(&said.metric, said.per_task, said.target.value);
            Judgement {
                said: Said::metric(kind),
                right: off.is_some(),
                fails_doubling: truth.ratio(&said.metric, said.per_task) > FAILS_DOUBLING,
                guessed,
                off,
            }
        }
        Verdict::NoneSuitable { .. } => {
            let right = truth.answer == Answer::NoneSuitable;
            Judgement { said: Said::None, right, fails_doubling: false, guessed, off: None }
        }
        Verdict::NotEnoughData { missing } => {
            let right = truth.lacks(missing);
            let said = Said::NotEnough;
            Judgement { said, right, fails_doubling: false, guessed: false, off: None }
        }
    }
}

impl Truth {
    /// By what share the target is off, if the metric is right.
    fn off(&self, name: &str, per_task: bool, target: f64) -> Option<f64> {
        let Answer::Recommended(rights) = &self.answer else { return None };
        let right = rights.iter().find(|right| right.name == name && right.per_task == per_task)?;
        Some((target - right.target).abs() / right.target)
    }

    /// What the metric truly falls to with twice the tasks; what is unknown does not fall.
    pub fn ratio(&self, name: &str, per_task: bool) -> f64 {
        let undivided = self.ratios.get(name).copied().unwrap_or(1.0);
        if per_task { undivided / 2.0 } else { undivided }
    }

    /// Whether that is what the test lacks.
    fn lacks(&self, missing: &[Missing]) -> bool {
        let Answer::NotEnoughData { needed, also } = &self.answer else { return false };
        let known = |one: &Missing| needed.contains(one) || also.contains(one);
        missing.iter().any(|one| needed.contains(one)) && missing.iter().all(known)
    }
}
