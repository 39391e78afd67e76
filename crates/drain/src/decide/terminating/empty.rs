//! When a container instance that reads as empty is trusted to be empty.

use time::Duration;

use super::{Course, hook_drain_record};
use crate::Time;
use crate::decide::{Action, Question};
use crate::seen::{Registration, Status};

/// Reads are eventually consistent, independently of each other. A task placed just before DRAINING
/// was set may be missing for some seconds. A task that ECS has just decided to stop may have left
/// the counts while an older list does not show it as stopping. So lists are trusted only after the
/// counts have been 0 for longer than reads lag.
pub(in crate::decide) const BELIEVED_AFTER: Duration = Duration::seconds(5);

/// The same within one reconcile, if no drain record can be written.
pub const CONFIRMED_AFTER: Duration = BELIEVED_AFTER;

/// How old a drain must be before its instance is trusted to be empty, if no drain record says when
/// DRAINING was set. It is counted from the start of the termination, with a margin for a late
/// notification.
const BELIEVED_AFTER_UNRECORDED: Duration = Duration::minutes(1);

/// Whether a list of the stopping tasks, read at `now`, contains all remaining tasks: the counts
/// have been 0 for longer than reads lag, and a DRAINING container instance gets no new tasks.
pub fn list_is_complete(registration: &Registration, now: Time) -> bool {
    let idle = hook_drain_record(registration).and_then(|drain_record| drain_record.idle);
    registration.status == Status::Draining
        && registration.counted_tasks == 0
        && idle.is_some_and(|idle| now >= idle + BELIEVED_AFTER)
}

impl Course<'_> {
    /// From when on an empty read is trusted; `None` if it is not recorded since when the counts
    /// are 0, but can be.
    pub(super) fn believed_from(&self) -> Option<Time> {
        let from = |r: &&Registration| match hook_drain_record(r)
            .and_then(|drain_record| drain_record.idle)
        {
            Some(idle) => Some(idle + BELIEVED_AFTER),
            None => r.record_refused.then_some(self.began + BELIEVED_AFTER_UNRECORDED),
        };
        self.live.iter().map(from).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// Tasks to read again: those of container instances without a record of when the counts became
    /// 0.
    pub(super) fn unconfirmed(&self) -> Vec<Question> {
        let recorded = |r: &Registration| {
            hook_drain_record(r).is_some_and(|drain_record| drain_record.idle.is_some())
        };
        let unconfirmed = self.live.iter().filter(|r| !recorded(r) && !r.confirmed);
        unconfirmed.map(|r| Question::TasksLater { arn: r.arn.clone() }).collect()
    }

    /// Drain records to write for counts of 0 that are not recorded yet.
    pub(super) fn idle_drain_records(&self) -> Vec<Action> {
        let drain_record = |r: &&Registration| {
            let drain_record =
                hook_drain_record(r).filter(|drain_record| drain_record.idle.is_none())?;
            // An event of this drain does not lag: it is correct for the time it carries.
            let reported = self.triggers.empty.get(&r.arn).copied().flatten();
            let since = reported.filter(|at| (drain_record.set()..=self.now).contains(at));
            let drain_record = drain_record.idle_at(since.unwrap_or(self.now));
            Some(Action::DrainRecord { arn: r.arn.clone(), drain_record })
        };
        self.live.iter().filter_map(drain_record).collect()
    }
}
