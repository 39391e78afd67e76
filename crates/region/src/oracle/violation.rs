//! A promise that was broken.

use std::fmt;

use crate::Time;

/// What was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// No action is completed while a task there has lastStatus ≠ STOPPED, unless the
    /// deadline says so.
    EmptyBeforeItGoes,
    /// An instance is set DRAINING before it is let go.
    DrainingBeforeItGoes,
    /// An action is abandoned only at the deadline, and only if so set.
    AbandonedOnlyAtTheDeadline,
    /// Only what our hook has held is completed: no manual drain, nobody else's.
    CompletesItsOwn,
    /// Nothing is drained that no hook holds, Spot interruptions aside.
    DrainsWhatWaits,
    /// ACTIVE again is only what serves, and what no operator drains.
    LeavesManualDrains,
    /// Tasks are stopped only at the deadline, only if so set, and no service's.
    StopsStandaloneAtTheDeadline,
    /// At the deadline, tasks that are being stopped have a grace.
    GraceAtTheDeadline,
    /// An instance that could go is let go.
    NeverForgotten,
    /// The hook is kept alive until the deadline.
    KeptAlive,
    /// An instance that serves again takes tasks again.
    ActiveAgain,
    /// Deregistered is only what the functions have drained, once its machine has ended and
    /// left its group, and its agent is not connected.
    DeregistersOnlyGhosts,
    /// Of an ended machine that the functions have drained no registration stays.
    NoGhostStays,
    /// At most one tick for each cluster, pace and bucket.
    OneTickABucket,
    /// A further look that was asked for takes place.
    NoLookLost,
    /// Nobody asks for a look when nothing is left.
    TheLoopEnds,
}

/// A promise that was broken, when, and how; one of the oracle's own, unless others were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation<Made = Promise> {
    /// When.
    pub at: Time,
    /// What was promised.
    pub promise: Made,
    /// What happened instead.
    pub what: String,
}

impl<Made: fmt::Debug> fmt::Display for Violation<Made> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.promise, self.what)
    }
}
