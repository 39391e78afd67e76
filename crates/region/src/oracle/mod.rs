//! The oracle: it knows what is true, and holds it against what was promised of the
//! drain, after every event and before and after every call.
//!
//! It shares no code with the drain and reads nothing that the drain reads: it looks
//! at the region's truth, never at an answer of an API.

mod calls;
mod ghosts;
mod instances;
mod rules;
mod ticks;
mod violation;

use crate::Time;
use crate::api::ApiError;
use crate::delivery::Delivery;
use crate::wire::Call;
use crate::world::{Control, World};

use self::calls::Before;
use self::ghosts::Ghosts;
use self::instances::Instances;
use self::ticks::Ticks;

pub use self::rules::{AtDeadline, PaceRule, Rules};
pub use self::violation::{Promise, Violation};

/// Violations after which nothing more is noted: one cause often has many.
const ENOUGH: usize = 20;

/// The oracle of one region.
#[derive(Debug)]
pub struct Oracle {
    rules: Rules,
    instances: Instances,
    ghosts: Ghosts,
    ticks: Ticks,
    last_fault: Option<Time>,
    violations: Vec<Violation>,
}

impl Oracle {
    /// An oracle that judges by `rules`.
    pub fn new(rules: Rules) -> Self {
        Self {
            ticks: Ticks::new(&rules),
            rules,
            instances: Instances::default(),
            ghosts: Ghosts::default(),
            last_fault: None,
            violations: Vec::new(),
        }
    }

    /// What was broken so far, in the order of time.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// What it judges by.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The rules change, as when the stack is updated.
    pub fn judge_by(&mut self, rules: Rules) {
        self.rules = rules;
    }

    /// Whether an instance is held, interrupted or on its way, or has left a registration
    /// that the functions must remove.
    pub fn is_busy(&self) -> bool {
        self.instances.busy || self.ghosts.any()
    }

    /// A fault struck: whatever it hit may take as long as the net takes.
    pub(crate) fn struck(&mut self, now: Time) {
        self.last_fault = Some(now);
        self.ticks.struck(now);
    }

    /// What the experimenter does changes who answers for a container instance.
    pub(crate) fn control(&mut self, now: Time, world: &World, control: &Control) {
        self.instances.control(now, world, control);
    }

    /// Something has happened.
    pub(crate) fn look(&mut self, now: Time, world: &World, delivery: &Delivery) {
        if self.violations.len() >= ENOUGH {
            return;
        }
        let (rules, last_fault) = (&self.rules, self.last_fault);
        self.instances.look(now, world, rules, last_fault, &mut self.violations);
        self.ghosts.look(now, world, rules, last_fault, &mut self.violations);
        self.ticks.look(now, delivery, &mut self.violations);
    }

    /// A call is about to be carried out.
    pub(crate) fn before(&self, world: &World, call: &Call) -> Before {
        Before::of(&self.rules, world, call)
    }

    /// It was.
    pub(crate) fn after(
        &mut self,
        now: Time,
        call: &Call,
        before: Before,
        answer: &Result<serde_json::Value, ApiError>,
    ) {
        before.judge(now, &self.rules, &self.instances, answer.is_ok(), &mut self.violations);
        if call.operation == "Publish" && answer.is_ok() {
            let busy_until = self.instances.busy_until;
            self.ticks.asked(now, call, &self.rules, busy_until, &mut self.violations);
        }
    }
}
