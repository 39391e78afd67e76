//! The guarantees that the oracle checks.

/// A guarantee of the drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// No lifecycle action is completed before the deadline while a task on the instance has
    /// a lastStatus other than STOPPED.
    EmptyBeforeRelease,
    /// An instance is set DRAINING before it is released.
    DrainingBeforeRelease,
    /// A lifecycle action is abandoned only at the deadline, and only if configured.
    AbandonedOnlyAtDeadline,
    /// Only lifecycle actions of our hook are completed.
    CompletesOnlyOwnActions,
    /// Only instances that a hook holds are drained, except for Spot interruptions.
    DrainsOnlyHeldInstances,
    /// Only instances that are InService and not drained manually are set ACTIVE again.
    LeavesManualDrains,
    /// Only standalone tasks are stopped, only at the deadline, and only if configured.
    StopsStandaloneOnlyAtDeadline,
    /// At the deadline, stopping tasks get a grace period.
    GraceAtDeadline,
    /// An instance that can be released is released in time.
    ReleasedInTime,
    /// Heartbeats keep the lifecycle action open until the deadline.
    KeptAlive,
    /// An instance that returns to service is set ACTIVE again.
    ActiveAgain,
    /// Only container instances that the functions drained are deregistered, once the EC2
    /// instance has ended and left its group and the agent is disconnected.
    DeregistersOnlyGhosts,
    /// No registration of an ended instance that the functions drained stays.
    NoGhostRemains,
    /// The functions change only groups that have opted in, and clusters that these name.
    ChangesOnlyWhatHasOptedIn,
    /// Hooks of other names are not changed, and their actions are not completed.
    LeavesOtherHooks,
    /// Of the tags of a group, only `ecs-tide:hook` is written.
    LeavesOtherTags,
    /// The hook of a group is neither changed nor deleted while it holds an instance.
    KeepsHookWhileHeld,
    /// A group has the hook that its tags ask for, or none.
    HookFollowsTags,
    /// At most one requeue message for each cluster, delay class and bucket.
    OneRequeuePerBucket,
    /// A requested reconcile takes place.
    NoReconcileLost,
    /// No reconcile is requested when nothing is left to do.
    LoopEnds,
}
