//! Why a target is not scaled.

use serde::Serialize;

use crate::Time;
use crate::decide::Inputs;
use crate::memory::Direction;
use crate::policy::Policy;
use crate::state::State;

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
        #[serde(serialize_with = "crate::memory::rfc3339")]
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
    /// Scaling, or this policy, is switched off.
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

/// The reason that forbids any scaling, whatever the step.
///
/// A group with managed scaling takes no other policy:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>
pub(crate) fn any(inputs: &Inputs<'_>) -> Option<Reason> {
    let Inputs { policy, breach, state, last, switched_on } = *inputs;
    if !switched_on || !policy.enabled {
        return Some(Reason::Disabled);
    }
    if breach.muted {
        return Some(Reason::Muted);
    }
    if let Some(event) = breach.event {
        // CloudWatch times a state to the millisecond, and DescribeAlarms repeats it.
        if event < breach.since {
            return Some(Reason::StaleEvent);
        }
        if last.is_some_and(|last| last.transition == breach.transition()) {
            return Some(Reason::DuplicateEvent);
        }
    }
    match state {
        State::Service(service) if !service.scalable => {
            Some(Reason::TargetServicePutResourceAsUnscalable)
        }
        State::Group(group) if group.managed => Some(Reason::ManagedByCapacityProvider),
        _ => None,
    }
}

/// The reason that forbids a change in a direction.
///
/// * Any cooldown forbids a scale-in. None forbids a scale-out: in the cooldown of a scale-out
///   only the difference is added, and the cooldown of a scale-in ends with it.
///   <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>
/// * A deployment forbids a scale-in, but not a scale-out.
///   <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>
/// * Instances that warm up forbid a scale-in.
///   <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html>
pub(crate) fn towards(
    direction: Direction,
    policy: &Policy,
    state: &State,
    cooldown: Option<Time>,
) -> Option<Reason> {
    if direction == Direction::Out {
        return None;
    }
    if let Some(until) = cooldown {
        return Some(Reason::Cooldown { until });
    }
    match state {
        State::Service(service) if service.is_deploying() => Some(Reason::DeploymentInProgress),
        State::Group(group) if group.warming > 0 => Some(Reason::InstancesWarming),
        State::Group(group) => policy
            .max_draining_percent
            .filter(|percent| group.cluster.drains_more_than(*percent))
            .map(|_| Reason::ClusterDraining),
        State::Service(_) => None,
    }
}
