//! Instances that a termination hook holds: drains them and completes the lifecycle action.

mod agent;
mod deadline;
mod empty;

use aws_names::ContainerInstanceArn;
use requeue::DelayClass;
use time::Duration;

use super::{
    Action, ActionResult, Decision, Drain, End, LeftAlone, Plan, Question, Verdict, unregistered,
};
use crate::Time;
use crate::drain_record::{Cause, DrainRecord};
use crate::seen::{Answer, Instance, Registration, Status, Task, Tasks};
use crate::settings::{AtDeadline, SCHEDULE, Settings};
use crate::triggers::Triggers;

pub use empty::BELIEVED_AFTER;

/// The longest invocation. What its process does, it has done by then.
const INVOCATION: Duration = Duration::minutes(1);

/// How long a drain may last before its reasons are determined. ECS retries a placement with
/// growing delays, up to 15 minutes.
const STUCK_AFTER: Duration = Duration::minutes(15);

/// Decides about an instance in a terminating wait state, or held on its way into a warm pool.
pub(super) fn decide(
    instance: &Instance,
    triggers: &Triggers,
    settings: &Settings,
    now: Time,
) -> Decision {
    let live: Vec<&Registration> =
        instance.registrations.iter().filter(|r| r.status != Status::Gone).collect();
    if live.is_empty() {
        return unregistered::decide(instance, settings, now);
    }
    if live.iter().any(|r| hook_drain_record(r).is_some_and(|drain_record| drain_record.done)) {
        return Plan::leave(LeftAlone::AnotherHook);
    }
    let unrecorded = live.iter().any(|r| r.record_refused && hook_drain_record(r).is_none());
    let recorded = live
        .iter()
        .filter_map(|r| hook_drain_record(r))
        .map(|drain_record| drain_record.began)
        .min();
    // A drain record may be left from an earlier termination from which the instance came back, so
    // its time alone does not end a drain.
    let overdue = recorded.is_some_and(|began| now >= began + settings.deadline);
    let asks = overdue || unrecorded && recorded.is_none();
    if asks && instance.terminating_since == Answer::Unasked {
        return Decision::Read(vec![Question::TerminatingSince]);
    }
    let since = match instance.terminating_since {
        Answer::Known(since) if asks => since,
        _ => None,
    };
    let began = recorded.max(since).unwrap_or(now);
    let returns = match &instance.member {
        Answer::Known(Some(member)) => member.state.is_held_to_return(),
        _ => false,
    };
    let read_at = instance.read_at;
    Course { triggers, settings, now, live, read_at, began, unrecorded, returns }.decide()
}

/// The drain record of a drain for a hook. A Spot drain that a hook takes over starts again.
fn hook_drain_record(registration: &Registration) -> Option<DrainRecord> {
    registration.drain_record.filter(|drain_record| drain_record.cause == Cause::Hook)
}

/// The drain of one instance, with everything that a decision depends on.
struct Course<'a> {
    triggers: &'a Triggers,
    settings: &'a Settings,
    now: Time,
    live: Vec<&'a Registration>,
    read_at: Time,
    began: Time,
    unrecorded: bool,
    /// Whether the instance may come back into service.
    returns: bool,
}

impl Course<'_> {
    fn decide(&self) -> Decision {
        let setting = self.set_draining();
        if setting.is_empty() && self.counted() == 0 && self.all_draining() {
            if !self.expected() {
                return self.wait_or_overdue(self.idle_drain_records());
            }
            match self.unstopped() {
                Err(question) => return question,
                Ok(Some(tasks)) if tasks.is_empty() => return self.empty(),
                // Events of the remaining tasks trigger the next reconciles.
                Ok(_) => return self.wait_or_overdue(self.idle_drain_records()),
            }
        }
        self.wait_or_overdue(setting)
    }

    /// Waits, after `actions`, unless the absence of the agent or the deadline ends the drain.
    fn wait_or_overdue(&self, actions: Vec<Action>) -> Decision {
        if let Some(decision) = self.agent_gone() {
            return decision;
        }
        if self.now >= self.began + self.settings.deadline {
            return self.overdue(actions);
        }
        if self.stuck()
            && self.triggers.net
            && let Err(question) = self.unstopped()
        {
            return question;
        }
        Decision::Plan(self.wait(actions, None))
    }

    /// Sets container instances DRAINING and writes the drain records that are missing. The drain
    /// record is written second, because it says from when on reads are trusted. If it is lost, the
    /// instance is found DRAINING without one and is adopted. If the instance could be back in
    /// service by then, it would look drained by an operator; so it gets a drain record before, too.
    fn set_draining(&self) -> Vec<Action> {
        let begin = |registration: &Registration| -> Vec<Action> {
            let arn = registration.arn.clone();
            let recorded = hook_drain_record(registration);
            let drain_record = (recorded.is_some() || !registration.record_refused)
                .then(|| recorded.unwrap_or_else(|| DrainRecord::new(Cause::Hook, self.began)))
                .map(|drain_record| drain_record.set_at(self.now));
            let record = |drain_record| Action::DrainRecord { arn: arn.clone(), drain_record };
            match registration.status {
                Status::Active => {
                    let before = drain_record
                        .filter(|_| self.returns && registration.drain_record.is_none())
                        .map(|drain_record| record(drain_record.set_at(self.now + INVOCATION)));
                    let set = Action::SetDraining { arn: arn.clone(), drain_record };
                    before.into_iter().chain([set]).collect()
                }
                Status::Draining if recorded.is_none() => {
                    drain_record.map(record).into_iter().collect()
                }
                _ => Vec::new(),
            }
        };
        self.live.iter().copied().flat_map(begin).collect()
    }

    fn all_draining(&self) -> bool {
        self.live.iter().all(|r| r.status == Status::Draining)
    }

    fn counted(&self) -> u32 {
        self.live.iter().map(|r| r.counted_tasks).sum()
    }

    /// Whether to read the tasks, which costs a call each: if an event names this instance, or if a
    /// requeue message or the schedule triggered the reconcile.
    fn expected(&self) -> bool {
        self.triggers.net || self.live.iter().any(|r| self.triggers.mention(&r.arn))
    }

    fn tasks_failed(&self) -> bool {
        self.live.iter().any(|r| r.tasks == Answer::Failed)
    }

    /// The tasks that have not stopped: a question if they were not read, `None` if the read
    /// failed.
    fn unstopped(&self) -> Result<Option<Vec<&Task>>, Decision> {
        let questions: Vec<Question> = self
            .live
            .iter()
            .filter(|r| r.tasks == Answer::Unasked)
            .map(|r| Question::Tasks { arn: r.arn.clone(), stopping_only: r.counted_tasks == 0 })
            .collect();
        if !questions.is_empty() {
            return Err(Decision::Read(questions));
        }
        Ok((!self.tasks_failed()).then(|| self.known_tasks().collect()))
    }

    /// The tasks of each container instance whose tasks were read.
    fn known(&self) -> impl Iterator<Item = &Tasks> {
        self.live.iter().filter_map(|r| match &r.tasks {
            Answer::Known(tasks) => Some(tasks),
            Answer::Unasked | Answer::Failed => None,
        })
    }

    fn known_tasks(&self) -> impl Iterator<Item = &Task> {
        self.live.iter().flat_map(|r| r.unstopped())
    }

    fn tasks(&self) -> u32 {
        let known = u32::try_from(self.known_tasks().count()).unwrap_or(u32::MAX);
        known.max(self.counted())
    }

    fn last_stop(&self) -> Option<Time> {
        self.known().filter_map(|tasks| tasks.last_stop).max()
    }

    fn stuck(&self) -> bool {
        self.now >= self.began + STUCK_AFTER
    }

    fn end(&self, end: End) -> Decision {
        let result = match (end, self.settings.at_deadline) {
            (End::Deadline, AtDeadline::Abandon) => ActionResult::Abandon,
            _ => ActionResult::Continue,
        };
        let drain_records = self.drain_records(&[], |drain_record| drain_record);
        let complete = Action::Complete { result, drain_records };
        let verdict = Verdict::Ended {
            end,
            began: Some(self.began),
            tasks: self.tasks(),
            last_stop: self.last_stop(),
        };
        Decision::Plan(Plan::new(vec![complete], verdict, None))
    }

    /// Waits, after `actions`. The next reconcile is in `delay_class`, or depends on what was read.
    fn wait(&self, mut actions: Vec<Action>, delay_class: Option<DelayClass>) -> Plan {
        let fresh = self.live.iter().all(|r| hook_drain_record(r).is_none()) && !self.unrecorded;
        let begins = |r: &&Registration| {
            r.status == Status::Active || hook_drain_record(r).is_none() && !r.record_refused
        };
        let unready = self.live.iter().any(begins) && self.counted() == 0
            || self.live.iter().any(|r| r.status == Status::Registering);
        let delay_class =
            delay_class.unwrap_or(if unready || self.contradicted() || self.tasks_failed() {
                DelayClass::Soon
            } else {
                DelayClass::Later
            });
        if actions.is_empty() {
            actions = self.agent_drain_records();
        }
        if self.beat_due() {
            let drain_records =
                self.drain_records(&actions, |drain_record| drain_record.beat_now(self.now));
            actions.push(Action::Heartbeat { drain_records });
        }
        let drain = Drain { began: self.began, tasks: self.tasks(), stuck: self.stuck() };
        let verdict = if fresh { Verdict::Started(drain) } else { Verdict::Waiting(drain) };
        Plan::new(actions, verdict, Some(delay_class))
    }

    /// Whether an event reported progress that this read does not show, so the read is older.
    fn contradicted(&self) -> bool {
        self.live.iter().any(|r| {
            let said_empty = self.triggers.empty.contains_key(&r.arn) && r.counted_tasks > 0;
            let said_stopped = self.triggers.stopped.get(&r.arn);
            said_empty
                || self.said_connected(r) && !r.agent_connected
                || said_stopped.is_some_and(|stopped| {
                    self.known_tasks().any(|task| stopped.contains(&task.arn))
                })
        })
    }

    /// Whether the hook could time out before the reconcile after the next, since one reconcile may
    /// be lost. Before the first heartbeat, its timer may have started up to one period of the
    /// schedule before the drain. Without a drain record, the last heartbeat is unknown.
    fn beat_due(&self) -> bool {
        if self.unrecorded {
            return true;
        }
        let beat = self.live.iter().filter_map(|r| hook_drain_record(r)?.beat).max();
        let last = beat.unwrap_or(self.began - SCHEDULE);
        self.now + self.settings.net() * 2 >= last + self.settings.heartbeat
    }

    /// The drain record of each container instance as `actions` leave it, changed by `change`.
    fn drain_records(
        &self,
        actions: &[Action],
        change: impl Fn(DrainRecord) -> DrainRecord,
    ) -> Vec<(ContainerInstanceArn, DrainRecord)> {
        let left = |registration: &Registration| {
            let written = actions.iter().rev().find_map(|action| match action {
                Action::DrainRecord { arn, drain_record }
                | Action::SetDraining { arn, drain_record: Some(drain_record) }
                    if *arn == registration.arn =>
                {
                    Some(*drain_record)
                }
                _ => None,
            });
            written.or_else(|| hook_drain_record(registration))
        };
        self.live.iter().filter_map(|r| Some((r.arn.clone(), change(left(r)?)))).collect()
    }
}
