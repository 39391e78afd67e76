//! Instances that a termination hook holds: drain them, and let them go.

mod deadline;
mod empty;

use tick::Pace;
use time::Duration;

use super::{
    Action, ActionResult, Decision, Drain, End, LeftAlone, Plan, Question, Verdict, unregistered,
};
use crate::Time;
use crate::hints::Hints;
use crate::note::{Cause, Note};
use crate::seen::{Answer, Instance, Registration, Status, Task};
use crate::settings::{AtDeadline, SCHEDULE, Settings};

pub(super) use empty::BELIEVED_AFTER;
pub use empty::{CONFIRMED_AFTER, list_is_complete};

/// How long a drain may last before it is explained: ECS itself retries a placement
/// for up to 15 minutes before it backs off no further.
const STUCK_AFTER: Duration = Duration::minutes(15);

/// An instance in a terminating wait state, or held on its way into a warm pool.
pub(super) fn decide(
    instance: &Instance,
    group: &str,
    hints: &Hints,
    settings: &Settings,
    now: Time,
) -> Decision {
    let live: Vec<&Registration> =
        instance.registrations.iter().filter(|r| r.status != Status::Gone).collect();
    if live.is_empty() {
        return unregistered::decide(instance, group, settings, now);
    }
    if live.iter().any(|r| hook_note(r).is_some_and(|note| note.done)) {
        return Plan::leave(LeftAlone::AnotherHook);
    }
    let unnoted = live.iter().any(|r| r.unnotable && hook_note(r).is_none());
    let noted = live.iter().filter_map(|r| hook_note(r)).map(|note| note.began).min();
    // A note may be left from an earlier termination, out of which the instance came back: its
    // time alone ends no drain.
    let overdue = noted.is_some_and(|began| now >= began + settings.deadline);
    let asks = overdue || unnoted && noted.is_none();
    if asks && instance.terminating_since == Answer::Unasked {
        return Decision::LookCloser(vec![Question::TerminatingSince]);
    }
    let since = match instance.terminating_since {
        Answer::Known(since) if asks => since,
        _ => None,
    };
    let began = noted.max(since).unwrap_or(now);
    Course { group, hints, settings, now, live, began, unnoted }.decide()
}

/// The note of a drain for a hook; a Spot drain that became one begins anew.
fn hook_note(registration: &Registration) -> Option<Note> {
    registration.note.filter(|note| note.cause == Cause::Hook)
}

/// One instance's drain and all that bears on it.
struct Course<'a> {
    group: &'a str,
    hints: &'a Hints,
    settings: &'a Settings,
    now: Time,
    live: Vec<&'a Registration>,
    began: Time,
    unnoted: bool,
}

impl Course<'_> {
    fn decide(&self) -> Decision {
        let setting = self.set_draining();
        if setting.is_empty() && self.counted() == 0 && self.all_draining() {
            if !self.expected() {
                return self.wait_or_overdue(self.idle_notes());
            }
            match self.unstopped() {
                Err(question) => return question,
                Ok(Some(tasks)) if tasks.is_empty() => {
                    if self.believed_from().is_none_or(|from| self.now < from) {
                        return self.wait(self.idle_notes(), Some(Pace::Soon));
                    }
                    let unconfirmed = self.unconfirmed();
                    if unconfirmed.is_empty() {
                        return self.end(End::Drained);
                    }
                    return Decision::LookCloser(unconfirmed);
                }
                // Events of the tasks that are left bring the looks to come.
                Ok(_) => return self.wait_or_overdue(self.idle_notes()),
            }
        }
        self.wait_or_overdue(setting)
    }

    /// Go on waiting with these actions, unless the agent or the deadline ends it.
    fn wait_or_overdue(&self, actions: Vec<Action>) -> Decision {
        if let Some(decision) = self.agent_gone() {
            return decision;
        }
        if self.now >= self.began + self.settings.deadline {
            return self.overdue(actions);
        }
        if self.stuck()
            && self.hints.net
            && let Err(question) = self.unstopped()
        {
            return question;
        }
        self.wait(actions, None)
    }

    /// DRAINING, and a note since when, for what has neither or lost it. The note comes
    /// second, since it says from when on reads are believed; should it never come, the
    /// instance is found DRAINING without one, and adopted.
    fn set_draining(&self) -> Vec<Action> {
        let begin = |registration: &&Registration| {
            let arn = registration.arn.clone();
            let noted = hook_note(registration);
            let note = (noted.is_some() || !registration.unnotable)
                .then(|| noted.unwrap_or_else(|| Note::new(Cause::Hook, self.began)))
                .map(|note| note.set_at(self.now));
            match registration.status {
                Status::Active => Some(Action::SetDraining { arn, note }),
                Status::Draining if noted.is_none() => Some(Action::Note { arn, note: note? }),
                _ => None,
            }
        };
        self.live.iter().filter_map(begin).collect()
    }

    fn all_draining(&self) -> bool {
        self.live.iter().all(|r| r.status == Status::Draining)
    }

    fn counted(&self) -> u32 {
        self.live.iter().map(|r| r.counted_tasks).sum()
    }

    /// The tasks cost a call each: they are read when an event speaks of this
    /// instance, or when the net comes round.
    fn expected(&self) -> bool {
        self.hints.net || self.live.iter().any(|r| self.hints.mention(&r.arn))
    }

    fn tasks_failed(&self) -> bool {
        self.live.iter().any(|r| r.tasks == Answer::Failed)
    }

    /// The tasks that have not stopped; a question if nobody has looked, none if AWS
    /// did not say.
    fn unstopped(&self) -> Result<Option<Vec<&Task>>, Decision> {
        let questions: Vec<Question> = self
            .live
            .iter()
            .filter(|r| r.tasks == Answer::Unasked)
            .map(|r| Question::Tasks { arn: r.arn.clone(), stopping_only: r.counted_tasks == 0 })
            .collect();
        if !questions.is_empty() {
            return Err(Decision::LookCloser(questions));
        }
        Ok((!self.tasks_failed()).then(|| self.known_tasks().collect()))
    }

    fn known_tasks(&self) -> impl Iterator<Item = &Task> {
        self.live.iter().flat_map(|r| r.unstopped())
    }

    fn tasks(&self) -> u32 {
        let known = u32::try_from(self.known_tasks().count()).unwrap_or(u32::MAX);
        known.max(self.counted())
    }

    fn last_stop(&self) -> Option<Time> {
        self.live.iter().filter_map(|r| r.last_stop).max()
    }

    fn stuck(&self) -> bool {
        self.now >= self.began + STUCK_AFTER
    }

    fn agent_gone(&self) -> Option<Decision> {
        let limit = self.settings.agent_gone?;
        // An agent that comes back makes an event, and the look that the event brings may
        // read what was before it.
        let away = self.live.iter().filter(|r| !r.agent_connected && !self.said_connected(r));
        let gone = away.filter_map(|r| hook_note(r)?.agent_gone).min();
        gone.filter(|gone| self.now >= *gone + limit).map(|_| self.end(End::AgentGone))
    }

    fn said_connected(&self, registration: &Registration) -> bool {
        self.hints.connected.contains(&registration.arn)
    }

    /// Notes of an agent that went, or came back, where anyone will ask.
    fn agent_notes(&self) -> Vec<Action> {
        if self.settings.agent_gone.is_none() {
            return Vec::new();
        }
        let changed = |r: &&Registration| {
            let note = hook_note(r)?;
            (note.agent_gone.is_none() != r.agent_connected).then(|| {
                let since = (!r.agent_connected).then_some(self.now);
                Action::Note { arn: r.arn.clone(), note: note.agent_gone_since(since) }
            })
        };
        self.live.iter().filter(|r| r.status == Status::Draining).filter_map(changed).collect()
    }

    fn end(&self, end: End) -> Decision {
        let result = match (end, self.settings.at_deadline) {
            (End::Deadline, AtDeadline::Abandon) => ActionResult::Abandon,
            _ => ActionResult::Continue,
        };
        let notes = self.notes(&[], |note| note);
        Decision::Plan(Plan {
            actions: vec![Action::Complete { group: self.group.to_owned(), result, notes }],
            verdict: Verdict::Ended {
                end,
                began: Some(self.began),
                tasks: self.tasks(),
                last_stop: self.last_stop(),
            },
            again: None,
        })
    }

    /// Go on waiting, after `actions`, at `pace` or as soon as what was read asks.
    fn wait(&self, mut actions: Vec<Action>, pace: Option<Pace>) -> Decision {
        let fresh = self.live.iter().all(|r| hook_note(r).is_none()) && !self.unnoted;
        let begins = |r: &&Registration| {
            r.status == Status::Active || hook_note(r).is_none() && !r.unnotable
        };
        let unready = self.live.iter().any(begins) && self.counted() == 0
            || self.live.iter().any(|r| r.status == Status::Registering);
        let pace = pace.unwrap_or(if unready || self.contradicted() || self.tasks_failed() {
            Pace::Soon
        } else {
            Pace::Later
        });
        if actions.is_empty() {
            actions = self.agent_notes();
        }
        if self.beat_due() {
            let notes = self.notes(&actions, |note| note.beat_now(self.now));
            actions.push(Action::Heartbeat { group: self.group.to_owned(), notes });
        }
        let drain = Drain { began: self.began, tasks: self.tasks(), stuck: self.stuck() };
        let verdict = if fresh { Verdict::Started(drain) } else { Verdict::Waiting(drain) };
        Decision::Plan(Plan { actions, verdict, again: Some(pace) })
    }

    /// An event said more than this read shows: the read is behind it.
    fn contradicted(&self) -> bool {
        self.live.iter().any(|r| {
            let said_empty = self.hints.empty.contains_key(&r.arn) && r.counted_tasks > 0;
            let said_stopped = self.hints.stopped.get(&r.arn);
            said_empty
                || self.said_connected(r) && !r.agent_connected
                || said_stopped.is_some_and(|stopped| {
                    self.known_tasks().any(|task| stopped.contains(&task.arn))
                })
        })
    }

    /// Whether the hook could run out before the look after next: one look may be
    /// lost. Before the first heartbeat its timer may have started a schedule's
    /// period before the drain, and without a note nobody knows.
    fn beat_due(&self) -> bool {
        if self.unnoted {
            return true;
        }
        let beat = self.live.iter().filter_map(|r| hook_note(r)?.beat).max();
        let last = beat.unwrap_or(self.began - SCHEDULE);
        self.now + self.settings.net() * 2 >= last + self.settings.heartbeat
    }

    /// Every container instance's note, as `actions` leave it, with one more change.
    fn notes(&self, actions: &[Action], change: impl Fn(Note) -> Note) -> Vec<(String, Note)> {
        let left = |registration: &Registration| {
            let written = actions.iter().find_map(|action| match action {
                Action::Note { arn, note } | Action::SetDraining { arn, note: Some(note) }
                    if *arn == registration.arn =>
                {
                    Some(*note)
                }
                _ => None,
            });
            written.or_else(|| hook_note(registration))
        };
        self.live.iter().filter_map(|r| Some((r.arn.clone(), change(left(r)?)))).collect()
    }
}
