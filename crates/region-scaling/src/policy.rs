//! A policy of any kind.

use crate::order::{PutStepPolicy, ScalingTarget};
use crate::tracking::Tracking;

#[derive(Debug)]
pub(super) enum Policy {
    Step(PutStepPolicy),
    Tracking(Tracking),
}

impl Policy {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Step(policy) => &policy.name,
            Self::Tracking(tracking) => &tracking.order.name,
        }
    }

    pub(super) fn target(&self) -> &ScalingTarget {
        match self {
            Self::Step(policy) => &policy.target,
            Self::Tracking(tracking) => &tracking.order.target,
        }
    }

    pub(super) fn tracking(&self) -> Option<&Tracking> {
        match self {
            Self::Step(_) => None,
            Self::Tracking(tracking) => Some(tracking),
        }
    }

    /// Of a service: seconds from an activity until the next may be.
    pub(super) fn cooldown_seconds(&self, out: bool) -> u64 {
        match self {
            Self::Step(policy) => policy.cooldown_seconds,
            Self::Tracking(tracking) if out => tracking.order.scale_out_cooldown_seconds,
            Self::Tracking(tracking) => tracking.order.scale_in_cooldown_seconds,
        }
    }
}
