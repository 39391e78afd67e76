//! The instances of a group, after
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html> and
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html>.

use super::activity::NotScaledReason;
use super::order::PutStepPolicy;
use crate::Services;
use crate::arena::GroupKey;
use crate::autoscaling::LifecycleState;
use crate::wording::seconds;

/// DefaultCooldown, which stands in for a warm-up that is set nowhere, in seconds.
const DEFAULT_COOLDOWN: u64 = 300;

/// The instances of a group, as a policy counts them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Members {
    /// In service, their warm-up over.
    warm: usize,
    /// Booting or warming up.
    warming: usize,
    /// Ending, and not gone.
    ending: usize,
}

impl Services {
    /// The desired capacity, and what the policy would make of it.
    ///
    /// The base is what is warm. Warming instances are in the desired capacity, so that a
    /// scale-out adds only what goes beyond them; a scale-in waits for them. For a
    /// scale-in an instance that ends is still there.
    pub(super) fn propose_for_group(
        &self,
        policy: &PutStepPolicy,
        name: &str,
        value: Option<f64>,
        threshold: f64,
    ) -> (usize, Result<usize, NotScaledReason>) {
        let Ok(key) = self.auto_scaling.group_named(name) else {
            return (0, Err(NotScaledReason::NoTarget));
        };
        let group = self.auto_scaling.group(key);
        let desired = group.desired;
        let members = self.members(key, policy);
        let proposed = policy.adjustment(value, threshold).and_then(|adjustment| {
            let aim = policy.adjusted(members.warm, adjustment);
            if aim > members.warm {
                match aim.clamp(group.min, group.max) {
                    capacity if capacity > desired => Ok(capacity),
                    _ if desired >= group.max => Err(NotScaledReason::AlreadyAtMaxCapacity),
                    _ => Err(NotScaledReason::AlreadyAtDesiredCapacity),
                }
            } else if aim < members.warm {
                let aim = policy.adjusted(members.warm + members.ending, adjustment);
                match aim.clamp(group.min, group.max) {
                    _ if members.warming > 0 => Err(NotScaledReason::WarmingUp),
                    capacity if capacity < desired => Ok(capacity),
                    _ if desired <= group.min => Err(NotScaledReason::AlreadyAtMinCapacity),
                    _ => Err(NotScaledReason::AlreadyAtDesiredCapacity),
                }
            } else {
                Err(NotScaledReason::AlreadyAtDesiredCapacity)
            }
        });
        (desired, proposed)
    }

    /// The policy's own warm-up, or else the group's, or else its default cooldown
    /// ("Available warm-up and cooldown settings").
    fn members(&self, key: GroupKey, policy: &PutStepPolicy) -> Members {
        let group = self.auto_scaling.group(key);
        let warmup = policy.estimated_instance_warmup_seconds;
        let warmup = warmup.or(group.warmup_seconds).unwrap_or(DEFAULT_COOLDOWN);
        let mut members = Members::default();
        for machine in self.auto_scaling.members(key) {
            let warms =
                machine.warming_since.is_some_and(|at| at + seconds(warmup) > self.context.now);
            match machine.state {
                LifecycleState::Pending => members.warming += 1,
                state if state.counts() && warms => members.warming += 1,
                state if state.counts() => members.warm += 1,
                LifecycleState::TerminatingWait | LifecycleState::TerminatingProceed => {
                    members.ending += 1;
                }
                _ => {}
            }
        }
        members
    }
}
