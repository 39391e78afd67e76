//! The capacity that an adjustment is applied to, and the bounds of the result.

use serde::Serialize;

use crate::memory::Direction;
use crate::policy::Policy;
use crate::state::{Group, State};

/// What an adjustment is applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Base {
    pub capacity: u32,
    /// What the capacity counts.
    pub of: BaseOf,
}

/// What the capacity of a base counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseOf {
    /// The running tasks.
    Running,
    /// The running tasks, but at most the desired count: a deployment runs two sets.
    RunningOfDesired,
    /// The warm instances.
    Warm,
    /// The warm instances, those that are not registered and those that terminate.
    WarmAndTerminating,
    /// The capacity before the scale-out whose cooldown has not ended.
    BeforeCooldown,
}

/// The current capacity.
///
/// * A service: its running tasks, not its desired count, so that tasks that cannot be placed do
///   not increase it further.
///   <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>
///   While a deployment is in progress the tasks of two deployments run; native scaling
///   counts both (<https://github.com/aws/containers-roadmap/issues/525>), this does not.
/// * A group: for a scale-out the instances that have warmed up; for a scale-in also those that
///   terminate or are not registered. An instance that is not registered has no share in the
///   metrics of its cluster, and can be terminated.
///   <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html>
/// * In the cooldown of a scale-out: at most the capacity before it. The next scale-out includes
///   what it added, so that only the difference is added.
///   <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>
pub fn base(state: &State, direction: Direction, before_cooldown: Option<u32>) -> Base {
    let now = match state {
        State::Service(service) if service.is_deploying() => {
            Base { capacity: service.running.min(service.desired), of: BaseOf::RunningOfDesired }
        }
        State::Service(service) => Base { capacity: service.running, of: BaseOf::Running },
        State::Group(group) => match direction {
            Direction::Out => Base { capacity: group.warm, of: BaseOf::Warm },
            Direction::In => Base {
                capacity: group
                    .warm
                    .saturating_add(group.unregistered)
                    .saturating_add(group.terminating),
                of: BaseOf::WarmAndTerminating,
            },
        },
    };
    match before_cooldown {
        Some(capacity) if direction == Direction::Out && capacity < now.capacity => {
            Base { capacity, of: BaseOf::BeforeCooldown }
        }
        _ => now,
    }
}

/// The bounds that hold for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// The least capacity.
    pub min: u32,
    /// The greatest capacity.
    pub max: u32,
}

/// Which bound a capacity was brought to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clamp {
    /// The minimum.
    ToMin,
    /// The maximum.
    ToMax,
    /// What the tasks need.
    ToRoom,
}

impl Bounds {
    /// The policy's bounds, or a group's own where they are tighter: SetDesiredCapacity fails
    /// beyond them.
    pub fn of(policy: &Policy, state: &State) -> Self {
        let (min, max) = (policy.min_capacity, policy.max_capacity);
        match state {
            State::Service(_) => Self { min, max },
            State::Group(group) => {
                let within = |size: u32| size.min(group.max_size).max(group.min_size);
                Self { min: within(min), max: within(max) }
            }
        }
    }

    /// The new desired capacity, if `from` is to become `target`.
    ///
    /// A scale-out never lowers the desired capacity, and a scale-in never raises it. A capacity
    /// out of bounds is brought to the bound in that direction, and otherwise left as it is.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html>
    pub fn settle(self, direction: Direction, from: u32, target: i64) -> (u32, Option<Clamp>) {
        let (min, max) = (i64::from(self.min), i64::from(self.max));
        let from = i64::from(from);
        let wanted = match direction {
            Direction::Out => from.max(target),
            Direction::In => from.min(target),
        };
        let (settled, clamp) = match direction {
            Direction::Out if wanted > max => (max.max(from), Some(Clamp::ToMax)),
            Direction::Out if wanted < min => (min, Some(Clamp::ToMin)),
            Direction::In if wanted < min => (min.min(from), Some(Clamp::ToMin)),
            Direction::In if wanted > max => (max, Some(Clamp::ToMax)),
            _ => (wanted, None),
        };
        // Between two capacities, or a capacity and a bound, all of them 32 bits wide.
        (u32::try_from(settled).unwrap_or(self.max), clamp)
    }

    /// The same, except that a group also keeps the instances that its tasks need.
    pub fn settle_in(
        self,
        state: &State,
        direction: Direction,
        target: i64,
    ) -> (u32, Option<Clamp>) {
        let from = state.desired();
        let (settled, clamp) = self.settle(direction, from, target);
        match state {
            State::Group(Group { spare: Some(spare), .. }) if direction == Direction::In => {
                let least = from.saturating_sub(*spare);
                if settled < least { (least, Some(Clamp::ToRoom)) } else { (settled, clamp) }
            }
            _ => (settled, clamp),
        }
    }
}
