//! A reconcile: observe, plan, apply, and report what is left.

use std::collections::BTreeSet;
use std::time::Duration as Pause;

use aws::{Aws, Error};
use aws_names::{ClusterName, InstanceId};
use drain::decide::{BELIEVED_AFTER, Decision, Plan, decide};
use drain::seen::{Answer, Instance};
use drain::triggers::Triggers;
use function::clock::{Clock, Remaining};
use time::Duration;

use crate::Time;
use crate::apply::{Plans, apply};
use crate::config::Config;
use crate::explain;
use crate::groups::Groups;
use crate::memory::{ClusterMemory, Memory};
use crate::observe::{Asked, Reader, Seen};
use crate::outcome::Outcome;

/// The time reserved at the end of an invocation. A call in progress may take its full 12 s, and
/// publishing the requeue message another 12 s.
pub const RESERVE: Duration = Duration::seconds(25);

/// The time that a reconcile of one cluster has, so that no cluster takes the time of another.
pub const SHARE: Duration = Duration::seconds(10);

/// The time that it has to decide and act, once the instances are read, while other clusters drain.
/// Two processes run at once, and messages of the others wait until one of them is free.
const BESIDE_OTHERS: Duration = Duration::seconds(2);

/// A reconcile of one cluster, with everything that it needs.
#[derive(Debug, Clone, Copy)]
pub struct Reconcile<'a> {
    pub aws: &'a Aws,
    pub config: &'a Config,
    pub clock: &'a Clock,
    pub remaining: Remaining,
    pub cluster: &'a ClusterName,
    /// The tagged groups of the cluster, if this invocation has read them.
    pub groups: Option<&'a Groups>,
    pub triggers: &'a Triggers,
    /// What this process remembers of the cluster.
    pub memory: &'a ClusterMemory,
    /// What it remembers besides.
    pub process: &'a Memory,
}

impl Reconcile<'_> {
    /// Reconciles the cluster, or only the instances that the messages are about.
    ///
    /// # Errors
    /// A call failed without which nothing can be decided.
    pub async fn run(self) -> Result<Outcome, Error> {
        let reader = Reader::new(&self);
        let mut seen = reader.instances().await?;
        let mut outcome = Outcome { dry_run: self.config.dry_run, ..Outcome::default() };
        let mut undecided: BTreeSet<InstanceId> = seen.keys().cloned().collect();
        while !undecided.is_empty() {
            let remaining = self.remaining.at_most(RESERVE + self.share(), self.clock.now());
            let round = Self { remaining, ..self };
            let plans = round.plan(&reader, &mut seen, &undecided, &mut outcome).await;
            undecided = match self.config.dry_run {
                true => BTreeSet::new(),
                false => apply(&round, &plans, &mut seen, &mut outcome).await,
            };
            outcome.plans.extend(plans);
            if undecided.is_empty() && !outcome.is_behind() {
                undecided = self.await_belief(&mut seen, &outcome).await;
            }
        }
        if self.in_time() {
            explain::stuck(self.aws, self.cluster, &seen, &mut outcome).await;
        }
        let complete = reader.is_full().then(|| !outcome.has_more(&seen));
        self.memory.drains.remember(&seen, |instance| outcome.goes_on(instance), complete);
        if complete.is_some() {
            self.memory.finished(outcome.plans.values().all(Plan::is_idle));
        }
        outcome.relies_on_schedule = self.rely_on_schedule(&seen);
        Ok(outcome)
    }

    /// Whether the schedule reconciles often enough for the drains of these instances. It may not
    /// reconcile a cluster for a group that has no tag any more.
    fn rely_on_schedule(&self, seen: &Seen) -> bool {
        let enough = |instance: &Instance| {
            if instance.member == Answer::Known(None) {
                return false;
            }
            let present = instance.place().map_or(&self.config.settings, |place| &place.settings);
            let settings = instance.settings_record().map(|record| record.with(present));
            settings.unwrap_or(*present).schedule_is_enough()
        };
        seen.values().all(enough)
    }

    /// Decides about the `undecided` instances, and reads what the decisions ask for.
    async fn plan(
        &self,
        reader: &Reader<'_>,
        seen: &mut Seen,
        undecided: &BTreeSet<InstanceId>,
        outcome: &mut Outcome,
    ) -> Plans {
        // At most half of the time is used for reading, so that a reconcile with too much to read
        // still acts on what it has read.
        let reading = self.remaining.half(RESERVE, self.clock.now());
        let mut plans = Plans::new();
        loop {
            let now = self.clock.now();
            let mut asked = Vec::new();
            let open = undecided.iter().filter(|id| !plans.contains_key(*id));
            let mut decided = Plans::new();
            for instance in open.filter_map(|id| seen.get(id)) {
                match decide(instance, self.triggers, &self.config.settings, now) {
                    Decision::Plan(plan) => {
                        decided.insert(instance.id.clone(), plan);
                    }
                    Decision::Read(questions) => asked.extend(
                        questions
                            .into_iter()
                            .map(|question| Asked { instance: instance.id.clone(), question }),
                    ),
                }
            }
            plans.extend(decided);
            if asked.is_empty() {
                return plans;
            }
            let in_time = || {
                let wait = self.memory.shares.wait_to_read();
                fits(reading, wait, self.clock.now())
            };
            outcome.failed_reads.extend(reader.answer(seen, &asked, in_time).await);
            outcome.is_cut |= !in_time();
        }
    }

    /// Once everything else is done, waits until the first instance that reads as empty can be
    /// trusted to be: a requeue would come later. Returns the instances whose tasks must then be
    /// read again; none if there is nothing to wait for, or no time.
    async fn await_belief(&self, seen: &mut Seen, outcome: &Outcome) -> BTreeSet<InstanceId> {
        let now = self.clock.now();
        let believed = outcome.plans.iter().filter(|(id, _)| outcome.finished(id));
        let believed = believed.filter_map(|(id, plan)| Some((id, plan.believed_from?)));
        let soon: Vec<_> = believed.filter(|(_, from)| *from <= now + BELIEVED_AFTER).collect();
        let Some(first) = soon.iter().map(|(_, from)| *from).min() else {
            return BTreeSet::new();
        };
        let wait = (first - now).max(Duration::ZERO);
        if self.config.dry_run || !self.remaining.fits(RESERVE + wait, now) {
            return BTreeSet::new();
        }
        tokio::time::sleep(wait.unsigned_abs()).await;
        let due = soon.into_iter().filter(|(_, from)| *from <= first);
        let due: BTreeSet<InstanceId> = due.map(|(id, _)| id.clone()).collect();
        for instance in seen.values_mut().filter(|instance| due.contains(&instance.id)) {
            instance.registrations.iter_mut().for_each(|r| r.tasks = Answer::Unasked);
        }
        due
    }

    /// The time to decide about the instances and to act, once they are read.
    fn share(&self) -> Duration {
        if self.memory.shares.are_beside_others() { BESIDE_OTHERS } else { SHARE }
    }

    /// Whether there is time for another call.
    pub fn in_time(&self) -> bool {
        self.in_time_after(Pause::ZERO)
    }

    /// Whether there is time for a call that first waits for its turn.
    pub fn in_time_after(&self, wait: Pause) -> bool {
        fits(self.remaining, wait, self.clock.now())
    }
}

fn fits(remaining: Remaining, wait: Pause, now: Time) -> bool {
    let wait = Duration::try_from(wait).unwrap_or(Duration::MAX);
    remaining.fits(RESERVE.saturating_add(wait), now)
}
