//! A rehearsal as a JSON document.

use load_model::Statistic;
use schemars::JsonSchema;
use serde::Serialize;

use crate::change::Change;
use crate::course::{Alarmed, Course, Minute};
use crate::policy::Policy;
use crate::prepared::Prepared;
use crate::verdict::Verdict;

/// A load under several policies.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Document {
    /// The load as it was given.
    pub load: String,
    pub seconds: f64,
    pub seed: u64,
    pub objective: Objective,
    /// Requests per second with which a task keeps the objective.
    pub task_sustains: f64,
    pub policies: Vec<Rehearsed>,
}

/// What a second must keep to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Objective {
    /// `p50`, `p90`, `p95` or `p99`.
    pub statistic: String,
    pub limit_seconds: f64,
    /// The largest share of requests that may fail, 0 to 1.
    pub failed: f64,
}

/// One policy.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Rehearsed {
    pub verdict: Verdict,
    /// Each change of a capacity, with its reason.
    pub changes: Vec<Change>,
    /// When alarms were in ALARM.
    pub alarms: Vec<Alarmed>,
    pub minutes: Vec<Minute>,
}

impl Document {
    /// A document about courses of a load.
    pub fn of(
        load: &str,
        seed: u64,
        prepared: &Prepared<'_>,
        courses: &[(Policy, Course)],
    ) -> Self {
        let setup = prepared.setup();
        let objective = setup.service.objective;
        let rehearsed = |(policy, course): &(Policy, Course)| Rehearsed {
            verdict: Verdict::of(setup, policy, course),
            changes: course.changes.clone(),
            alarms: course.alarmed(),
            minutes: course.minutes.clone(),
        };
        Self {
            load: load.to_owned(),
            seconds: setup.load.seconds(),
            seed,
            objective: Objective {
                statistic: Statistic::name(objective.statistic).to_owned(),
                limit_seconds: objective.limit_seconds,
                failed: objective.failed,
            },
            task_sustains: prepared.task_sustains(),
            policies: courses.iter().map(rehearsed).collect(),
        }
    }
}
