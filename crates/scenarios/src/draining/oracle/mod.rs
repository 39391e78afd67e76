//! The oracle: it checks the guarantees of the drain against the true state of the
//! simulated region, after every event and before and after every call.
//!
//! It shares no code with the drain and none of its inputs: it reads the true state of the
//! region, never the answer of an API.

mod calls;
mod ghosts;
mod instances;
mod invariant;
mod requeues;
mod rules;
mod watched;

use region::Time;
use region::api::{ApiError, Call};
use region::messaging::Messaging;
use region::observer::Observer;
use region::services::{Control, Services};
use serde_json::Value;

use self::calls::Before;
use self::ghosts::Ghosts;
use self::instances::Instances;
use self::requeues::Requeues;

pub use self::invariant::Invariant;
pub use self::rules::{AtDeadline, DelayClassRule, Rules};

/// A violation of a guarantee of the drain.
pub type Violation = crate::random::Violation<Invariant>;

/// The number of violations after which checks stop: one cause often has many.
const ENOUGH: usize = 20;

/// The oracle of one simulated region.
#[derive(Debug)]
pub(crate) struct Oracle {
    rules: Rules,
    instances: Instances,
    ghosts: Ghosts,
    requeues: Requeues,
    last_fault: Option<Time>,
    /// The state before the call that is carried out.
    before: Option<Before>,
    violations: Vec<Violation>,
}

impl Oracle {
    /// An oracle that checks against `rules`.
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            requeues: Requeues::new(&rules),
            rules,
            instances: Instances::default(),
            ghosts: Ghosts::default(),
            last_fault: None,
            before: None,
            violations: Vec::new(),
        }
    }

    /// The violations so far, oldest first.
    pub(crate) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Replace the rules, as an update of the stack does.
    pub(crate) fn set_rules(&mut self, rules: Rules) {
        self.rules = rules;
    }

    /// Whether an instance is held by a hook, interrupted or in transition, or has left a
    /// registration that the functions must remove.
    pub(crate) fn is_busy(&self) -> bool {
        self.instances.busy || self.ghosts.any()
    }
}

impl Observer for Oracle {
    fn before_call(&mut self, _: Time, services: &Services, call: &Call) {
        self.before = Some(Before::of(&self.rules, services, call));
    }

    fn after_call(&mut self, now: Time, call: &Call, answer: &Result<Value, ApiError>) {
        // A call that a fault answered has no effect to check.
        let Some(before) = self.before.take() else { return };
        before.check(now, &self.rules, &self.instances, answer.is_ok(), &mut self.violations);
        if call.operation == "Publish" && answer.is_ok() {
            let busy_until = self.instances.busy_until;
            self.requeues.asked(now, call, &self.rules, busy_until, &mut self.violations);
        }
    }

    fn state(&mut self, now: Time, services: &Services, messaging: &Messaging) {
        if self.violations.len() >= ENOUGH {
            return;
        }
        let (rules, last_fault) = (&self.rules, self.last_fault);
        self.instances.check(now, services, rules, last_fault, &mut self.violations);
        self.ghosts.check(now, services, rules, last_fault, &mut self.violations);
        self.requeues.check(now, messaging, &mut self.violations);
    }

    // An action may start or end a manual drain.
    fn control(&mut self, now: Time, services: &Services, control: &Control) {
        self.instances.control(now, services, control);
    }

    // What a fault hit may take until the next full resync.
    fn fault(&mut self, now: Time, _: &str) {
        self.last_fault = Some(now);
        self.requeues.injected(now);
    }
}
