//! Why a target is not scaled.

use serde::Serialize;

use crate::Time;
use crate::times::rfc3339;

/// Why a target is not scaled. The first four are AWS's own codes, with its meanings.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_NotScaledReason.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all_fields = "snake_case")]
pub enum Reason {
    /// It is at the maximum, or above.
    AlreadyAtMaxCapacity {
        /// The maximum.
        max_capacity: u32,
    },
    /// It is at the minimum, or below.
    AlreadyAtMinCapacity {
        /// The minimum.
        min_capacity: u32,
    },
    /// The step asks for what is desired already.
    AlreadyAtDesiredCapacity {
        /// The desired capacity.
        current_capacity: u32,
    },
    /// The service is not ACTIVE, or runs one task per instance: it cannot be scaled.
    TargetServicePutResourceAsUnscalable,
    /// The cooldown of an earlier scaling has not ended.
    Cooldown {
        /// Its end.
        #[serde(serialize_with = "rfc3339")]
        until: Time,
    },
    /// The service is being deployed: no scale-in.
    DeploymentInProgress,
    /// Instances of the group warm up: no scale-in.
    InstancesWarming,
    /// A larger share of the cluster is draining than is allowed: no scale-in.
    ClusterDraining,
    /// The tasks need every instance of the group: no scale-in.
    NoRoomForTasks,
    /// A capacity provider scales the group.
    ManagedByCapacityProvider,
    /// The event reports an earlier state than the alarm's present one.
    StaleEvent,
    /// The event reports a transition for which the target was already scaled. Only a reconcile
    /// without an event, that of a requeue, may scale further.
    DuplicateEvent,
    /// The alarm's actions are muted.
    Muted,
    /// This policy is switched off.
    Disabled,
    /// The metric's value is in no step.
    NoMatchingStep,
    /// The metric's value is not known.
    NoMetricValue,
}

impl Reason {
    /// Its code: the name in records and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyAtMaxCapacity { .. } => "AlreadyAtMaxCapacity",
            Self::AlreadyAtMinCapacity { .. } => "AlreadyAtMinCapacity",
            Self::AlreadyAtDesiredCapacity { .. } => "AlreadyAtDesiredCapacity",
            Self::TargetServicePutResourceAsUnscalable => "TargetServicePutResourceAsUnscalable",
            Self::Cooldown { .. } => "Cooldown",
            Self::DeploymentInProgress => "DeploymentInProgress",
            Self::InstancesWarming => "InstancesWarming",
            Self::ClusterDraining => "ClusterDraining",
            Self::NoRoomForTasks => "NoRoomForTasks",
            Self::ManagedByCapacityProvider => "ManagedByCapacityProvider",
            Self::StaleEvent => "StaleEvent",
            Self::DuplicateEvent => "DuplicateEvent",
            Self::Muted => "Muted",
            Self::Disabled => "Disabled",
            Self::NoMatchingStep => "NoMatchingStep",
            Self::NoMetricValue => "NoMetricValue",
        }
    }

    /// Whether the reason can cease to hold while the alarm stays in ALARM.
    pub fn passes(&self) -> bool {
        !matches!(
            self,
            Self::TargetServicePutResourceAsUnscalable
                | Self::ManagedByCapacityProvider
                | Self::StaleEvent
                | Self::Muted
                | Self::Disabled
        )
    }
}
