//! The oracle: it checks the guarantees of the drain against the true state of the
//! simulated region, after every event and before and after every call.
//!
//! It shares no code with the drain and none of its inputs: it reads the true state of the
//! region, never the answer of an API.

mod calls;
mod ghosts;
mod groups;
mod hooks;
mod instances;
mod invariant;
mod requeues;
mod rules;
mod scope;
mod watched;

use region::Time;
use region::api::{ApiError, Call};
use region::messaging::Messaging;
use region::observer::Observer;
use region::services::{Control, Services};
use serde_json::Value;

use self::calls::Before;
use self::ghosts::Ghosts;
use self::groups::Groups;
use self::hooks::Hooks;
use self::instances::Instances;
use self::requeues::Requeues;
use self::rules::tags;
use self::scope::Scope;

pub use self::invariant::Invariant;
pub use self::rules::{AtDeadline, DelayClassRule, DrainSettings, Rules, at_deadline};

/// A violation of a guarantee of the drain.
pub type Violation = crate::random::Violation<Invariant>;

/// The operations by which hook-keeper changes tags.
const CHANGE_TAGS: [&str; 2] = ["CreateOrUpdateTags", "DeleteTags"];

/// The number of violations after which checks stop: one cause often has many.
const ENOUGH: usize = 20;

/// The oracle of one simulated region.
#[derive(Debug)]
pub(crate) struct Oracle {
    rules: Rules,
    groups: Groups,
    instances: Instances,
    ghosts: Ghosts,
    hooks: Hooks,
    requeues: Requeues,
    last_fault: Option<Time>,
    /// The state before the call that is carried out.
    before: Option<Before>,
    /// What that call violates if it is carried out.
    out_of_scope: Vec<(Invariant, String)>,
    violations: Vec<Violation>,
}

impl Oracle {
    /// An oracle that checks against `rules`.
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            requeues: Requeues::new(&rules),
            rules,
            groups: Groups::default(),
            instances: Instances::default(),
            ghosts: Ghosts::default(),
            hooks: Hooks::default(),
            last_fault: None,
            before: None,
            out_of_scope: Vec::new(),
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
        self.groups.change();
    }

    /// Whether an instance is held by a hook, interrupted or in transition, or has left a
    /// registration that the functions must remove.
    pub(crate) fn is_busy(&self) -> bool {
        self.instances.busy || self.ghosts.any()
    }
}

impl Observer for Oracle {
    fn before_call(&mut self, now: Time, services: &Services, call: &Call) {
        let Self { rules, groups, instances, .. } = self;
        let scope = Scope { now, rules, groups, instances, services };
        self.out_of_scope = scope.violated_by(call);
        self.before = Some(Before::of(&self.rules, services, call));
    }

    fn after_call(&mut self, now: Time, call: &Call, answer: &Result<Value, ApiError>) {
        // A call that a fault answered has no effect to check.
        let Some(before) = self.before.take() else { return };
        let (done, seen) = (answer.is_ok(), (&self.instances, &self.groups));
        before.check(now, &self.rules, seen, done, &mut self.violations);
        for (invariant, what) in std::mem::take(&mut self.out_of_scope) {
            if done {
                self.violations.push(Violation { at: now, invariant, what });
            }
        }
        if CHANGE_TAGS.contains(&call.operation.as_str()) {
            self.groups.change();
        }
        if call.operation == "Publish" && answer.is_ok() {
            let busy_until = self.instances.busy_until;
            self.requeues.asked(now, call, &self.rules, busy_until, &mut self.violations);
        }
    }

    fn state(&mut self, now: Time, services: &Services, messaging: &Messaging) {
        if self.violations.len() >= ENOUGH {
            return;
        }
        let Self { rules, groups, last_fault, violations, .. } = self;
        groups.read(now, services, rules);
        self.instances.check(now, services, groups, rules, *last_fault, violations);
        self.ghosts.check(now, services, groups, rules, *last_fault, violations);
        self.hooks.check(now, services, groups, rules, *last_fault, violations);
        self.requeues.check(now, messaging, &mut self.violations);
    }

    // An action may start or end a manual drain, or change what groups and hooks say.
    fn control(&mut self, now: Time, services: &Services, control: &Control) {
        self.instances.control(now, services, control);
        self.hooks.control(&self.rules, control);
        self.groups.change();
        match control {
            Control::UpdateGroup(update) => {
                if update.remove_tags.iter().any(|tag| tag == tags::HOOK) {
                    self.groups.wipe(&update.name);
                }
                self.last_fault = Some(now);
            }
            Control::RegisterIn(_) | Control::DeleteGroup(_) => self.last_fault = Some(now),
            _ => {}
        }
    }

    // What a fault hit may take until the next full resync.
    fn fault(&mut self, now: Time, _: &str) {
        self.last_fault = Some(now);
        self.requeues.injected(now);
    }
}
