//! A reconcile: read, decide, act, and report what is left.

use std::collections::BTreeMap;

use aws::{Aws, Error};
use drain::decide::{Decision, Plan, Question, decide};
use drain::seen::{Instance, Status};
use drain::triggers::Triggers;
use function::clock::{Clock, Remaining};
use time::Duration;

use crate::act::Acting;
use crate::config::Config;
use crate::focus::{Focus, Scope};
use crate::memory::Memory;
use crate::outcome::Outcome;
use crate::{explain, read};

/// The time reserved at the end of an invocation. A call in progress may take its full 12 s, and
/// publishing the requeue message another 12 s.
const RESERVE: Duration = Duration::seconds(25);

/// A reconcile with everything that it needs.
#[derive(Debug, Clone, Copy)]
pub struct Reconcile<'a> {
    pub aws: &'a Aws,
    pub config: &'a Config,
    pub clock: &'a Clock,
    pub remaining: Remaining,
    pub triggers: &'a Triggers,
    pub memory: &'a Memory,
}

impl Reconcile<'_> {
    /// Reconciles the cluster, or only the instances that the messages are about.
    ///
    /// # Errors
    /// A call failed without which nothing can be decided.
    pub async fn run(self) -> Result<Outcome, Error> {
        let began = self.clock.now();
        let mut outcome = Outcome { dry_run: self.config.dry_run, ..Outcome::default() };
        let mut focus = self.focus().await?;
        self.decide(&mut focus.instances, &mut outcome).await;
        self.memory.learn(focus.instances.values(), |_| true, None, began);
        focus.settle(&mut outcome.plans);
        let Focus { instances: partial, scope, members } = focus;
        let mut instances = read::instances(&self, &scope, members).await?;
        self.begin(&mut instances, &mut outcome).await;
        if self.in_time() {
            let settings = &self.config.settings;
            let all = instances.iter().chain(&partial).collect();
            let (reasons, errors) =
                explain::stuck(self.aws, &settings.cluster, &all, &outcome.plans).await;
            outcome.stuck = reasons;
            outcome.failed_reads.extend(errors);
        }
        if !self.config.dry_run {
            Acting::new(&self, &mut outcome).end().await;
        }
        let everything = (scope == Scope::Everything).then(|| !outcome.has_more(&instances));
        self.memory.learn(instances.values(), |i| outcome.goes_on(i), everything, began);
        Ok(outcome)
    }

    /// Decides about all instances, and begins every drain that has not begun.
    async fn begin(self, instances: &mut BTreeMap<String, Instance>, outcome: &mut Outcome) {
        loop {
            self.decide(instances, outcome).await;
            if self.config.dry_run {
                return;
            }
            // If no drain record can be written on an instance, decide about it again: the drain
            // must not wait for a record that will never exist.
            let refused = Acting::new(&self, outcome).begin().await;
            if refused.is_empty() {
                return;
            }
            for (id, arn) in refused {
                let Some(instance) = instances.get_mut(&id) else {
                    // It was part of a partial reconcile, so the next full resync decides.
                    outcome.begun.insert(id.clone());
                    outcome.left.insert(id);
                    continue;
                };
                for registration in instance.registrations.iter_mut().filter(|r| r.arn == arn) {
                    registration.record_refused = true;
                    registration.status = Status::Draining;
                }
                outcome.plans.remove(&id);
            }
        }
    }

    /// Decides about every instance without a plan, and answers the questions of the decisions.
    async fn decide(self, instances: &mut BTreeMap<String, Instance>, outcome: &mut Outcome) {
        // At most half of the time is used for reading, so that a reconcile with too much to read
        // still acts on what it has read.
        let reading = self.remaining.half(RESERVE, self.clock.now());
        loop {
            let now = self.clock.now();
            let mut questions: Vec<(String, Question)> = Vec::new();
            let mut plans: Vec<(String, Plan)> = Vec::new();
            for (id, instance) in instances.iter() {
                if outcome.plans.contains_key(id) {
                    continue;
                }
                match decide(instance, self.triggers, &self.config.settings, now) {
                    Decision::Plan(plan) => plans.push((id.clone(), plan)),
                    Decision::Read(asked) => {
                        questions.extend(asked.into_iter().map(|question| (id.clone(), question)));
                    }
                }
            }
            outcome.plans.extend(plans);
            if questions.is_empty() {
                return;
            }
            let in_time = || reading.fits(RESERVE, self.clock.now());
            let errors = read::answer(&self, instances, &questions, in_time).await;
            outcome.failed_reads.extend(errors);
        }
    }

    /// Whether there is time for another call.
    pub fn in_time(&self) -> bool {
        self.remaining.fits(RESERVE, self.clock.now())
    }
}
