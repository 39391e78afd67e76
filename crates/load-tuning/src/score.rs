//! What a setting is worth.

use load_rehearsal::{Policy, Verdict};
use schemars::JsonSchema;
use serde::Serialize;

/// What a setting must keep, and what is saved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// The largest share of the time outside the objective in any rehearsal, in percent.
    pub violation_percent: f64,
    pub unit: Unit,
}

/// What a setting costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Of the instances.
    Dollars,
    /// Without a price.
    InstanceHours,
    /// The instances stay, whatever the setting.
    TaskHours,
}

/// What came of a setting in all rehearsals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Score {
    /// The share of the time outside the objective in percent, in the worst rehearsal.
    pub violation_percent: f64,
    /// On average, in the unit of the search.
    pub cost: f64,
}

impl Goal {
    /// The goal for a policy with instances of this price.
    pub fn new(violation_percent: f64, policy: &Policy, price: Option<f64>) -> Self {
        let scales_instances = policy.instances().is_none();
        let unit = match (scales_instances, price) {
            (false, _) => Unit::TaskHours,
            (true, None) => Unit::InstanceHours,
            (true, Some(_)) => Unit::Dollars,
        };
        Self { violation_percent, unit }
    }

    pub(crate) fn score(self, verdicts: &[Verdict]) -> Score {
        let cost = |verdict: &Verdict| match self.unit {
            Unit::Dollars => verdict.cost.dollars.unwrap_or_default(),
            Unit::InstanceHours => verdict.cost.instance_hours,
            Unit::TaskHours => verdict.cost.task_hours,
        };
        let violations = verdicts.iter().map(|verdict| verdict.violated_time_percent);
        Score {
            violation_percent: violations.fold(0.0, f64::max),
            cost: verdicts.iter().map(cost).sum::<f64>() / verdicts.len().max(1) as f64,
        }
    }

    pub(crate) fn is_met(self, score: &Score) -> bool {
        score.violation_percent <= self.violation_percent
    }

    /// Whether a setting is the better answer: one that keeps the objective before one that does
    /// not, then the cheaper, and among those that do not keep it the one that violates it less.
    pub(crate) fn prefers(self, one: &Score, other: &Score) -> bool {
        match (self.is_met(one), self.is_met(other)) {
            (true, true) => {
                (one.cost, one.violation_percent) < (other.cost, other.violation_percent)
            }
            (false, false) => {
                (one.violation_percent, one.cost) < (other.violation_percent, other.cost)
            }
            (met, _) => met,
        }
    }
}

impl Score {
    /// Whether it is better in one respect and not worse in the other.
    pub(crate) fn dominates(&self, other: &Self) -> bool {
        self.violation_percent <= other.violation_percent
            && self.cost <= other.cost
            && self != other
    }
}

impl Unit {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dollars => "dollars",
            Self::InstanceHours => "instance-hours",
            Self::TaskHours => "task-hours",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheapest_that_keeps_the_objective_is_preferred() {
        let goal = Goal { violation_percent: 1.0, unit: Unit::Dollars };
        let score = |violation_percent, cost| Score { violation_percent, cost };
        assert!(goal.prefers(&score(0.9, 2.0), &score(0.1, 3.0)));
        assert!(goal.prefers(&score(0.9, 9.0), &score(1.1, 1.0)));
        assert!(goal.prefers(&score(2.0, 9.0), &score(3.0, 1.0)));
        assert!(!goal.prefers(&score(0.5, 2.0), &score(0.5, 2.0)));
        assert!(score(1.0, 1.0).dominates(&score(1.0, 2.0)));
        assert!(!score(1.0, 1.0).dominates(&score(0.5, 2.0)));
        assert!(!score(1.0, 1.0).dominates(&score(1.0, 1.0)));
    }
}
