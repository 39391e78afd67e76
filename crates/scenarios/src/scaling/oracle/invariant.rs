//! The invariants of scaling.

/// An invariant of scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// Scaling never moves a capacity out of its bounds.
    WithinBounds,
    /// Nothing is scaled unless an alarm is in ALARM.
    NoScalingWithoutAlarm,
    /// A target is scaled only by a document that was there and valid within the last 90 s, or when
    /// the reads of documents began to fail.
    FollowsDocument,
    /// All alarms and messages within one cooldown lead to one step.
    OneStepPerCooldown,
    /// No scale-in without a complete minute of low utilization.
    NoScaleInWithoutCompleteMinute,
    /// No scale-in of a service during a deployment.
    NoScaleInWhileDeploying,
    /// No scale-in within the cooldown of an earlier scaling.
    NoScaleInWhileCooling,
    /// No scale-in of the group leaves tasks unplaced for long.
    KeepsCapacity,
    /// Only one run at a time reconciles a serialization key.
    OneReconcileAtATime,
    /// No call to AWS while scaling is switched off.
    StopsWhenSwitchedOff,
    /// Under a constant load, scaling stops in a state in which no alarm would change anything.
    ComesToRest,
    /// No reconcile long after all alarms have left ALARM.
    LoopEnds,
}
