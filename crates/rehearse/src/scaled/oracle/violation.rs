//! What scaling promises.

/// What was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// No capacity leaves its bounds by our hand.
    WithinBounds,
    /// Nothing is scaled but for an alarm in ALARM.
    AnAlarmAsks,
    /// Of all that comes in one cooldown, one step comes.
    OneStep,
    /// No scale-in but for a whole minute of little use.
    AWholeMinuteAsks,
    /// No scale-in while the service is deployed.
    NoScaleInWhileDeploying,
    /// No scale-in in the cooldown of an earlier scaling.
    NoScaleInWhileCooling,
    /// No scale-in of the group leaves tasks without a place for long.
    LeavesRoom,
    /// A lane is looked at by one run at a time.
    OneLookAtATime,
    /// Switched off, nothing is called.
    StopsWhenSwitchedOff,
    /// Under a constant load scaling comes to rest where no alarm asks for more.
    ComesToRest,
    /// Nobody looks when no alarm is in ALARM.
    TheLoopEnds,
}

/// A promise that was broken.
pub type Violation = region::oracle::Violation<Promise>;
