//! A look: read, decide, act, and say what is left.

use std::collections::BTreeMap;

use aws::{Aws, Error};
use drain::decide::{Decision, Plan, Question, decide};
use drain::hints::Hints;
use drain::seen::{Instance, Status};
use function::clock::{Clock, Remaining};
use time::Duration;

use crate::act::Acting;
use crate::config::Config;
use crate::focus::{Focus, Scope};
use crate::memory::Memory;
use crate::outcome::Outcome;
use crate::{explain, read};

/// Time kept back at the end of an invocation: one call that is under way may take
/// its full 12 s, and the tick that asks for another look as long again.
const RESERVE: Duration = Duration::seconds(25);

/// A look in the making.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    pub aws: &'a Aws,
    pub config: &'a Config,
    pub clock: &'a Clock,
    pub remaining: Remaining,
    pub hints: &'a Hints,
    pub memory: &'a Memory,
}

impl Look<'_> {
    /// Look at the cluster, or at as much of it as what arrived speaks of.
    ///
    /// # Errors
    /// A call without which nothing can be decided.
    pub async fn run(self) -> Result<Outcome, Error> {
        let began = self.clock.now();
        let mut outcome = Outcome { dry_run: self.config.dry_run, ..Outcome::default() };
        let mut focus = self.focus().await?;
        self.decide(&mut focus.instances, &mut outcome).await;
        self.memory.learn(focus.instances.values(), |_| true, None, began);
        focus.settle(&mut outcome.plans);
        let Focus { instances: narrow, scope, members } = focus;
        let mut instances = read::instances(&self, &scope, members).await?;
        self.begin(&mut instances, &mut outcome).await;
        if self.in_time() {
            let settings = &self.config.settings;
            let all = instances.iter().chain(&narrow).collect();
            let (reasons, errors) =
                explain::stuck(self.aws, &settings.cluster, &all, &outcome.plans).await;
            outcome.stuck = reasons;
            outcome.unanswered.extend(errors);
        }
        if !self.config.dry_run {
            Acting::new(&self, &mut outcome).end().await;
        }
        let everything = (scope == Scope::Everything).then(|| !outcome.has_more(&instances));
        self.memory.learn(instances.values(), |i| outcome.goes_on(i), everything, began);
        Ok(outcome)
    }

    /// Decide about everybody, and begin every drain that has not begun.
    async fn begin(self, instances: &mut BTreeMap<String, Instance>, outcome: &mut Outcome) {
        loop {
            self.decide(instances, outcome).await;
            if self.config.dry_run {
                return;
            }
            // An instance on which no note can be written is decided upon anew: the
            // drain must not wait for what will never be there.
            let refused = Acting::new(&self, outcome).begin().await;
            if refused.is_empty() {
                return;
            }
            for (id, arn) in refused {
                let Some(instance) = instances.get_mut(&id) else {
                    // It was looked at narrowly: the next look, at everything, decides.
                    outcome.begun.insert(id.clone());
                    outcome.left.insert(id);
                    continue;
                };
                for registration in instance.registrations.iter_mut().filter(|r| r.arn == arn) {
                    registration.unnotable = true;
                    registration.status = Status::Draining;
                }
                outcome.plans.remove(&id);
            }
        }
    }

    /// Decide about every instance that has no plan, answering questions in between.
    async fn decide(self, instances: &mut BTreeMap<String, Instance>, outcome: &mut Outcome) {
        // Half of the time at most goes into reading, so that a look that has more to
        // read than it has time for still acts on what it has read.
        let reading = self.remaining.half(RESERVE, self.clock.now());
        loop {
            let now = self.clock.now();
            let mut questions: Vec<(String, Question)> = Vec::new();
            let mut plans: Vec<(String, Plan)> = Vec::new();
            for (id, instance) in instances.iter() {
                if outcome.plans.contains_key(id) {
                    continue;
                }
                match decide(instance, self.hints, &self.config.settings, now) {
                    Decision::Plan(plan) => plans.push((id.clone(), plan)),
                    Decision::LookCloser(asked) => {
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
            outcome.unanswered.extend(errors);
        }
    }

    /// Whether there is time for another call.
    pub fn in_time(&self) -> bool {
        self.remaining.fits(RESERVE, self.clock.now())
    }
}
