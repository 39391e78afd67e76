//! The guarantees that the oracle checks, and their violations.

use std::fmt;

use region::Time;

/// A guarantee of the drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// No lifecycle action is completed before the deadline while a task on the instance has
    /// a lastStatus other than STOPPED.
    EmptyBeforeItGoes,
    /// An instance is set DRAINING before it is released.
    DrainingBeforeItGoes,
    /// A lifecycle action is abandoned only at the deadline, and only if configured.
    AbandonedOnlyAtTheDeadline,
    /// Only lifecycle actions of our hook are completed.
    CompletesItsOwn,
    /// Only instances that a hook holds are drained, except for Spot interruptions.
    DrainsWhatWaits,
    /// Only instances that are InService and not drained manually are set ACTIVE again.
    LeavesManualDrains,
    /// Only standalone tasks are stopped, only at the deadline, and only if configured.
    StopsStandaloneAtTheDeadline,
    /// At the deadline, stopping tasks get a grace period.
    GraceAtTheDeadline,
    /// An instance that can be released is released in time.
    NeverForgotten,
    /// Heartbeats keep the lifecycle action open until the deadline.
    KeptAlive,
    /// An instance that returns to service is set ACTIVE again.
    ActiveAgain,
    /// Only container instances that the functions drained are deregistered, once the EC2
    /// instance has ended and left its group and the agent is disconnected.
    DeregistersOnlyGhosts,
    /// No registration of an ended instance that the functions drained stays.
    NoGhostStays,
    /// At most one requeue message for each cluster, delay class and bucket.
    OneRequeueABucket,
    /// A requested reconcile takes place.
    NoReconcileLost,
    /// No reconcile is requested when nothing is left to do.
    TheLoopEnds,
}

/// The violation of a guarantee. `Made` is the type of the guarantees; it defaults to those of
/// the drain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation<Made = Promise> {
    /// When it was found.
    pub at: Time,
    /// The guarantee.
    pub promise: Made,
    /// What happened instead.
    pub what: String,
}

impl<Made: fmt::Debug> fmt::Display for Violation<Made> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.promise, self.what)
    }
}
