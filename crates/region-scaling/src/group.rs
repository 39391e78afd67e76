//! The instances of a group, after
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html>,
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html> and
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html>.

use region_core::Time;
use region_core::wording::seconds;

use super::account::{GroupCapacity, Member};
use super::activity::NotScaledReason;
use super::order::PutStepPolicy;
use super::tracking::{Demand, Tracking};

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
    /// What a step policy would make of the desired capacity.
    pub(super) fn step(
        &self,
        now: Time,
        policy: &PutStepPolicy,
        value: Option<f64>,
        threshold: f64,
    ) -> Result<usize, NotScaledReason> {
        let adjustment = policy.adjustment(value, threshold)?;
        let warmup = policy.estimated_instance_warmup_seconds;
        self.toward(now, warmup, |base| policy.adjusted(base, adjustment))
    }

    /// What a target tracking policy would make of it.
    pub(super) fn track(
        &self,
        now: Time,
        tracking: &Tracking,
        demand: Demand,
    ) -> Result<usize, NotScaledReason> {
        let warmup = tracking.order.estimated_instance_warmup_seconds;
        match tracking.managed {
            true => self.manage(now, warmup, demand),
            false => self.toward(now, warmup, |base| demand.proportional(base)),
        }
    }

    /// The base is what is warm. Warming instances are in the desired capacity, so that a
    /// scale-out adds only what goes beyond them; a scale-in waits for them. For a
    /// scale-in an instance that ends is still there.
    fn toward(
        &self,
        now: Time,
        warmup: Option<u64>,
        aim: impl Fn(usize) -> usize,
    ) -> Result<usize, NotScaledReason> {
        let members = self.members(now, warmup);
        let out = aim(members.warm);
        if out > members.warm {
            match out.clamp(self.min, self.max) {
                capacity if capacity > self.desired => Ok(capacity),
                _ if self.desired >= self.max => Err(NotScaledReason::AlreadyAtMaxCapacity),
                _ => Err(NotScaledReason::AlreadyAtDesiredCapacity),
            }
        } else if out < members.warm {
            match aim(members.warm + members.ending).clamp(self.min, self.max) {
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
    fn members(&self, now: Time, warmup: Option<u64>) -> Members {
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
