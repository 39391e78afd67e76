//! The instances of a group, after
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html> and
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html>.

use region_core::Time;
use region_core::wording::seconds;

use super::account::{GroupCapacity, Member};
use super::activity::NotScaledReason;
use super::order::PutStepPolicy;

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

impl GroupCapacity {
    /// What the policy would make of the desired capacity.
    ///
    /// The base is what is warm. Warming instances are in the desired capacity, so that a
    /// scale-out adds only what goes beyond them; a scale-in waits for them. For a
    /// scale-in an instance that ends is still there.
    pub(super) fn propose(
        &self,
        now: Time,
        policy: &PutStepPolicy,
        value: Option<f64>,
        threshold: f64,
    ) -> Result<usize, NotScaledReason> {
        let adjustment = policy.adjustment(value, threshold)?;
        let members = self.members(now, policy);
        let aim = policy.adjusted(members.warm, adjustment);
        if aim > members.warm {
            match aim.clamp(self.min, self.max) {
                capacity if capacity > self.desired => Ok(capacity),
                _ if self.desired >= self.max => Err(NotScaledReason::AlreadyAtMaxCapacity),
                _ => Err(NotScaledReason::AlreadyAtDesiredCapacity),
            }
        } else if aim < members.warm {
            let aim = policy.adjusted(members.warm + members.ending, adjustment);
            match aim.clamp(self.min, self.max) {
                _ if members.warming > 0 => Err(NotScaledReason::WarmingUp),
                capacity if capacity < self.desired => Ok(capacity),
                _ if self.desired <= self.min => Err(NotScaledReason::AlreadyAtMinCapacity),
                _ => Err(NotScaledReason::AlreadyAtDesiredCapacity),
            }
        } else {
            Err(NotScaledReason::AlreadyAtDesiredCapacity)
        }
    }

    /// The policy's own warm-up, or else the group's, or else its default cooldown
    /// ("Available warm-up and cooldown settings").
    fn members(&self, now: Time, policy: &PutStepPolicy) -> Members {
        let warmup = policy.estimated_instance_warmup_seconds;
        let warmup = warmup.or(self.warmup_seconds).unwrap_or(DEFAULT_COOLDOWN);
        let mut members = Members::default();
        for member in &self.members {
            match member {
                Member::Launching => members.warming += 1,
                Member::InService(Some(since)) if *since + seconds(warmup) > now => {
                    members.warming += 1;
                }
                Member::InService(_) => members.warm += 1,
                Member::Ending => members.ending += 1,
            }
        }
        members
    }
}
