//! When a container instance that reads as empty is trusted to be empty.

use requeue::DelayClass;
use time::Duration;

use super::{Course, hook_drain_record};
use crate::Time;
use crate::decide::{Action, Decision, End, Plan};
use crate::seen::Registration;

/// Reads are eventually consistent, independently of each other. A task placed just before DRAINING
/// was set may be missing for some seconds. A task that ECS has just decided to stop may have left
/// the counts while an older list does not show it as stopping. So lists are trusted only after the
/// counts have been 0 for longer than reads lag.
pub const BELIEVED_AFTER: Duration = Duration::seconds(5);

/// How old a drain must be before its instance is trusted to be empty, if no drain record says when
/// DRAINING was set. It is counted from the start of the termination, with a margin for a late
/// notification.
const BELIEVED_AFTER_UNRECORDED: Duration = Duration::minutes(1);

impl Course<'_> {
    /// Ends the drain of an instance that reads as empty, once that is trusted.
    pub(super) fn empty(&self) -> Decision {
        let from = self.believed_from();
        if self.known().all(|tasks| tasks.read_at >= from) {
            return self.end(End::Drained);
        }
        let wait = self.wait(self.idle_drain_records(), Some(DelayClass::Soon));
        Decision::Plan(Plan { believed_from: Some(from), ..wait })
    }

    /// From when on a list of tasks is trusted to be complete.
    fn believed_from(&self) -> Time {
        let from = |r: &&Registration| {
            let from = self.idle_since(r) + BELIEVED_AFTER;
            match hook_drain_record(r) {
                Some(_) => from,
                None => from.max(self.began + BELIEVED_AFTER_UNRECORDED),
            }
        };
        self.live.iter().map(from).max().unwrap_or(self.now)
    }

    /// Since when the counts are known to have been 0: as recorded, as an event of this drain
    /// reports, or as read in this reconcile. An event does not lag: it is correct for the time it
    /// carries.
    fn idle_since(&self, registration: &Registration) -> Time {
        let known = hook_drain_record(registration).and_then(|drain_record| {
            let reported = self.triggers.empty.get(&registration.arn).copied().flatten();
            let of_this_drain = drain_record.set()..=self.now;
            drain_record.idle.or(reported.filter(|at| of_this_drain.contains(at)))
        });
        known.map_or(self.read_at, |known| known.min(self.read_at))
    }

    /// Drain records to write for counts of 0 that are not recorded yet.
    pub(super) fn idle_drain_records(&self) -> Vec<Action> {
        let drain_record = |r: &&Registration| {
            let drain_record = hook_drain_record(r)
                .filter(|drain_record| drain_record.idle.is_none() && !r.record_refused)?;
            let drain_record = drain_record.idle_at(self.idle_since(r));
            Some(Action::DrainRecord { arn: r.arn.clone(), drain_record })
        };
        self.live.iter().filter_map(drain_record).collect()
    }
}
