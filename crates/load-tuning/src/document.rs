//! A search as a JSON document.

use load_model::BadInput;
use schemars::JsonSchema;
use serde::Serialize;

use crate::knob::{Knobs, Setting};
use crate::score::{Score, Unit};
use crate::search::{Found, Tuning};

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Document {
    /// The largest share of the time outside the objective that is allowed, in percent.
    pub goal_percent: f64,
    /// The unit of all costs.
    pub unit: Unit,
    /// The number of loads, and of seeds with which each was rehearsed.
    pub loads: usize,
    pub seeds: usize,
    /// The settings that were rehearsed.
    pub tried: usize,
    /// Whether the search was stopped before its end.
    pub is_interrupted: bool,
    pub start: Tried,
    /// Each single change of the start, the best first.
    pub singles: Vec<Tried>,
    /// The settings that no other one beats, the cheapest first.
    pub front: Vec<Tried>,
    /// The cheapest that keeps the objective, or the one that violates it least.
    pub best: Tried,
    /// Whether the best keeps the objective.
    pub is_met: bool,
    /// What came of the start and of the best on loads that the search has not seen.
    pub held_out: Option<HeldOut>,
    /// All of it in a sentence.
    pub sentence: String,
}

/// A setting that was rehearsed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Tried {
    /// The policy, as it is given.
    pub policy: String,
    /// How it differs from the start.
    pub changes: Vec<Change>,
    pub score: Score,
}

/// A parameter that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    pub parameter: String,
    pub from: String,
    pub to: String,
}

/// Scores on loads that are held out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct HeldOut {
    pub start: Score,
    pub best: Score,
}

impl Document {
    pub(crate) fn of(tuning: &Tuning, found: &Found) -> Result<Self, BadInput> {
        let Found { knobs, start, singles, best, front, tried, is_interrupted, held_out } = found;
        let all = |settings: &[(Setting, Score)]| -> Result<Vec<Tried>, BadInput> {
            settings.iter().map(|(setting, score)| Tried::of(knobs, setting, *score)).collect()
        };
        let mut document = Self {
            goal_percent: tuning.goal.violation_percent,
            unit: tuning.goal.unit,
            loads: tuning.loads.len(),
            seeds: tuning.seeds.len(),
            tried: *tried,
            is_interrupted: *is_interrupted,
            start: Tried::of(knobs, &knobs.start, *start)?,
            singles: all(singles)?,
            front: all(front.settings())?,
            best: Tried::of(knobs, &best.0, best.1)?,
            is_met: tuning.goal.is_met(&best.1),
            held_out: held_out.map(|(start, best)| HeldOut { start, best }),
            sentence: String::new(),
        };
        document.sentence = document.say();
        Ok(document)
    }

    fn say(&self) -> String {
        let (start, best, unit) = (self.start.score, self.best.score, self.unit.name());
        if self.best.changes.is_empty() {
            return format!("None of {} settings is better than the start.", self.tried);
        }
        let kept = match self.is_met {
            true => "The cheapest setting that keeps the objective",
            false => "No setting keeps the objective; the one that violates it least",
        };
        let changes: Vec<String> = self.best.changes.iter().map(Change::to_string).collect();
        format!(
            "{kept} has {}: it is outside the objective for {:.2}% of the time instead of {:.2}%, for {:.1} {unit} \
             instead of {:.1}.",
            changes.join(", "),
            best.violation_percent,
            start.violation_percent,
            best.cost,
            start.cost,
        )
    }
}

impl Tried {
    fn of(knobs: &Knobs, setting: &Setting, score: Score) -> Result<Self, BadInput> {
        let change = |(parameter, from, to)| Change { parameter, from, to };
        let changes = knobs.differences(setting).into_iter().map(change).collect();
        Ok(Self { policy: knobs.policy(setting)?.to_string(), changes, score })
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} (was {})", self.parameter, self.to, self.from)
    }
}
