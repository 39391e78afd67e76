//! What forbids a scaling, whatever its arithmetic.

use super::inputs::Inputs;
use super::reason::Reason;
use crate::Time;
use crate::memory::Direction;
use crate::policy::Policy;
use crate::state::{Cluster, State};

/// Fails with the reason that forbids any scaling, whatever the step.
///
/// A group with managed scaling takes no other policy:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>
pub(super) fn any(inputs: &Inputs) -> Result<(), Reason> {
    let Inputs { policy, breach, state, last } = inputs;
    if !policy.enabled {
        return Err(Reason::Disabled);
    }
    if breach.muted {
        return Err(Reason::Muted);
    }
    if let Some(event) = breach.event {
        // CloudWatch times a state to the millisecond, and DescribeAlarms repeats it.
        if event < breach.since {
            return Err(Reason::StaleEvent);
        }
        if last.is_some_and(|last| last.transition == breach.transition()) {
            return Err(Reason::DuplicateEvent);
        }
    }
    match state {
        State::Service(service) if !service.scalable => {
            Err(Reason::TargetServicePutResourceAsUnscalable)
        }
        State::Group(group) if group.managed => Err(Reason::ManagedByCapacityProvider),
        _ => Ok(()),
    }
}

/// Fails with the reason that forbids a change in a direction.
///
/// * Any cooldown forbids a scale-in. None forbids a scale-out: in the cooldown of a scale-out
///   only the difference is added, and the cooldown of a scale-in ends with it.
///   <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>
/// * A deployment forbids a scale-in, but not a scale-out.
///   <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>
/// * Instances that warm up forbid a scale-in.
///   <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html>
pub(super) fn towards(
    direction: Direction,
    policy: &Policy,
    state: &State,
    cooldown: Option<Time>,
) -> Result<(), Reason> {
    if direction == Direction::Out {
        return Ok(());
    }
    if let Some(until) = cooldown {
        return Err(Reason::Cooldown { until });
    }
    let drains_too_much = |cluster: Cluster| {
        policy.max_draining_percent.is_some_and(|percent| cluster.drains_more_than(percent))
    };
    match state {
        State::Service(service) if service.is_deploying() => Err(Reason::DeploymentInProgress),
        State::Group(group) if group.warming > 0 => Err(Reason::InstancesWarming),
        State::Group(group) if drains_too_much(group.cluster) => Err(Reason::ClusterDraining),
        _ => Ok(()),
    }
}
