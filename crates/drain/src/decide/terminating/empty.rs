//! When a container instance that is read as empty is believed to be.

use time::Duration;

use super::{Course, hook_note};
use crate::Time;
use crate::decide::{Action, Question};
use crate::seen::{Registration, Status};

/// Reads are eventually consistent, each on its own. A task placed just before DRAINING
/// was set may not show for some seconds; and one that ECS has just decided to stop may
/// have left the counts while a staler list does not show it as stopping so far. So the
/// lists are believed only when the counts have been 0 for longer than reads lag.
pub(in crate::decide) const BELIEVED_AFTER: Duration = Duration::seconds(5);

/// The same within one look, where no note can be written.
pub const CONFIRMED_AFTER: Duration = BELIEVED_AFTER;

/// How old a drain must be before its instance may be believed to be empty, where no
/// note says when DRAINING was set: counted from the start of the termination, with
/// room for a notice that came late.
const BELIEVED_AFTER_UNNOTED: Duration = Duration::minutes(1);

/// Whether a list of the tasks that stop there, read at `now`, holds all that are left:
/// the counts have been 0 for longer than reads lag, and a container instance that is
/// DRAINING is given no others.
pub fn list_is_complete(registration: &Registration, now: Time) -> bool {
    let idle = hook_note(registration).and_then(|note| note.idle);
    registration.status == Status::Draining
        && registration.counted_tasks == 0
        && idle.is_some_and(|idle| now >= idle + BELIEVED_AFTER)
}

impl Course<'_> {
    /// From when on a read that shows nothing is believed; none if nobody has noted
    /// since when the counts are 0, and it can be noted.
    pub(super) fn believed_from(&self) -> Option<Time> {
        let from = |r: &&Registration| match hook_note(r).and_then(|note| note.idle) {
            Some(idle) => Some(idle + BELIEVED_AFTER),
            None => r.unnotable.then_some(self.began + BELIEVED_AFTER_UNNOTED),
        };
        self.live.iter().map(from).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// The tasks to read again, of container instances without a note of when the counts became 0.
    pub(super) fn unconfirmed(&self) -> Vec<Question> {
        let noted = |r: &Registration| hook_note(r).is_some_and(|note| note.idle.is_some());
        let unconfirmed = self.live.iter().filter(|r| !noted(r) && !r.confirmed);
        unconfirmed.map(|r| Question::TasksLater { arn: r.arn.clone() }).collect()
    }

    /// Notes that the counts are 0, where none says so.
    pub(super) fn idle_notes(&self) -> Vec<Action> {
        let note = |r: &&Registration| {
            let note = hook_note(r).filter(|note| note.idle.is_none())?;
            // An event of this drain does not lag: what it says was so when it says.
            let told = self.hints.empty.get(&r.arn).copied().flatten();
            let since = told.filter(|told| (note.set()..=self.now).contains(told));
            let note = note.idle_at(since.unwrap_or(self.now));
            Some(Action::Note { arn: r.arn.clone(), note })
        };
        self.live.iter().filter_map(note).collect()
    }
}
