//! A record of what a policy did, or why it did nothing.

use super::order::ScalingTarget;
use region_core::Time;

/// One call of a policy by an alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalingActivity {
    /// When.
    pub at: Time,
    /// The policy's name.
    pub policy: String,
    /// The policy's ARN.
    pub policy_arn: String,
    /// What it scales.
    pub target: ScalingTarget,
    /// The name of the alarm that called for it.
    pub alarm: String,
    /// The value that it acted on; none where the alarm had none.
    pub value: Option<f64>,
    /// Desired capacity before.
    pub from: usize,
    /// What came of it.
    pub outcome: ScalingOutcome,
}

/// What came of calling a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalingOutcome {
    /// The desired capacity is this now.
    Scaled(usize),
    /// Nothing.
    NotScaled(NotScaledReason),
}

/// Why a policy did nothing. Those of API_NotScaledReason have AWS's names; for the
/// others AWS leaves no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotScaledReason {
    /// It would scale out, and is at its maximum.
    AlreadyAtMaxCapacity,
    /// It would scale in, and is at its minimum.
    AlreadyAtMinCapacity,
    /// The desired capacity is that already, or beyond.
    AlreadyAtDesiredCapacity,
    /// An earlier activity's cooldown has not ended, and the step adds nothing to it.
    Cooldown,
    /// The service is being deployed: it is not scaled in.
    DeploymentInProgress,
    /// Instances are warming up: the group is not scaled in.
    WarmingUp,
    /// No step is for the value.
    NoStep,
    /// The target tracking policy only scales out.
    ScaleInDisabled,
    /// Another target tracking policy of the target is not ready to scale in.
    OtherPolicyNotReady,
    /// The alarm had no value.
    NoValue,
    /// Another policy leaves a larger capacity.
    Overridden,
    /// The service or the group does not exist any more.
    NoTarget,
}
