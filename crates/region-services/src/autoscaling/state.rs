//! The states of an instance and the transitions between them that hooks hold.

use super::action::HookTransition;

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// Where an instance is in its lifecycle, after "Amazon EC2 Auto Scaling instance lifecycle".
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum LifecycleState {
            $($(#[$doc])* $name),+
        }

        impl LifecycleState {
            /// Auto Scaling's own word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word),+
                }
            }
        }
    };
}

states! {
    /// Booting.
    Pending = "Pending",
    /// Waiting for launching hooks; it boots meanwhile.
    PendingWait = "Pending:Wait",
    /// Released by the launching hooks, and still booting.
    PendingProceed = "Pending:Proceed",
    /// Counted and used.
    InService = "InService",
    /// Waiting for terminating hooks.
    TerminatingWait = "Terminating:Wait",
    /// Shutting down.
    TerminatingProceed = "Terminating:Proceed",
    /// Kept after an ABANDON.
    TerminatingRetained = "Terminating:Retained",
    /// Gone.
    Terminated = "Terminated",
    /// On its way into the warm pool; waiting for hooks.
    WarmedPendingWait = "Warmed:Pending:Wait",
    /// Shutting down for the warm pool.
    WarmedPendingProceed = "Warmed:Pending:Proceed",
    /// Stopped in the warm pool.
    WarmedStopped = "Warmed:Stopped",
    /// Leaving the warm pool for good; waiting for terminating hooks.
    WarmedTerminatingWait = "Warmed:Terminating:Wait",
    /// Leaving the warm pool for good.
    WarmedTerminatingProceed = "Warmed:Terminating:Proceed",
    /// Its root volume will be replaced; waiting for terminating hooks.
    ReplacingRootVolumeWait = "ReplacingRootVolume:Wait",
    /// Its root volume is being replaced.
    ReplacingRootVolumeProceed = "ReplacingRootVolume:Proceed",
}

impl LifecycleState {
    /// Whether it is a member of the warm pool, which DescribeWarmPool alone shows.
    pub(super) fn is_pooled(self) -> bool {
        matches!(
            self,
            Self::WarmedPendingWait
                | Self::WarmedPendingProceed
                | Self::WarmedStopped
                | Self::WarmedTerminatingWait
                | Self::WarmedTerminatingProceed
        )
    }

    /// Whether the group's desired capacity counts it.
    pub(crate) fn counts(self) -> bool {
        self.is_launching()
            || matches!(
                self,
                Self::InService | Self::ReplacingRootVolumeWait | Self::ReplacingRootVolumeProceed
            )
    }

    /// Whether it is on its way into service.
    pub(crate) fn is_launching(self) -> bool {
        matches!(self, Self::Pending | Self::PendingWait | Self::PendingProceed)
    }
}

/// The transition that hooks hold up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transition {
    /// Come into service for the first time.
    Launch,
    /// Come into service from the warm pool.
    LeavePool,
    /// End.
    Terminate,
    /// Go back to the warm pool.
    Warm,
    /// End, out of the warm pool.
    TerminateWarm,
    /// Get another root volume and come back.
    ReplaceRootVolume,
}

impl Transition {
    /// The state in which hooks hold it. One that goes back to the warm pool is held by the
    /// terminating hooks in the pool's own state
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-instance-lifecycle.html>).
    pub(super) fn wait(self) -> LifecycleState {
        match self {
            Self::Launch | Self::LeavePool => LifecycleState::PendingWait,
            Self::Terminate => LifecycleState::TerminatingWait,
            Self::Warm => LifecycleState::WarmedPendingWait,
            Self::TerminateWarm => LifecycleState::WarmedTerminatingWait,
            Self::ReplaceRootVolume => LifecycleState::ReplacingRootVolumeWait,
        }
    }

    /// The hooks that hold it.
    pub(super) fn hooks(self) -> HookTransition {
        match self {
            Self::Launch | Self::LeavePool => HookTransition::Launching,
            Self::Terminate | Self::Warm | Self::TerminateWarm | Self::ReplaceRootVolume => {
                HookTransition::Terminating
            }
        }
    }

    /// The state after all hooks have released it.
    pub(super) fn proceed(self) -> LifecycleState {
        match self {
            Self::Launch | Self::LeavePool => LifecycleState::PendingProceed,
            Self::Terminate => LifecycleState::TerminatingProceed,
            Self::Warm => LifecycleState::WarmedPendingProceed,
            Self::TerminateWarm => LifecycleState::WarmedTerminatingProceed,
            Self::ReplaceRootVolume => LifecycleState::ReplacingRootVolumeProceed,
        }
    }

    /// `Origin` and `Destination` of its notifications.
    pub(super) fn origin_and_destination(self) -> (&'static str, &'static str) {
        match self {
            Self::Launch => ("EC2", "AutoScalingGroup"),
            Self::LeavePool => ("WarmPool", "AutoScalingGroup"),
            Self::Terminate => ("AutoScalingGroup", "EC2"),
            Self::Warm => ("AutoScalingGroup", "WarmPool"),
            Self::TerminateWarm => ("WarmPool", "EC2"),
            Self::ReplaceRootVolume => ("AutoScalingGroup", "AutoScalingGroup"),
        }
    }
}
