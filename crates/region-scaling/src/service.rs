//! The tasks of a service, after
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>,
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>
//! and
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html>.

use region_core::Time;
use region_core::wording::seconds;

use super::account::ServiceCapacity;
use super::activity::NotScaledReason;
use super::order::PutStepPolicy;
use super::tracking::Demand;

/// A service that may be scaled.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ScalableTarget {
    pub(super) min: usize,
    pub(super) max: usize,
    /// The last activity.
    last: Option<Last>,
}

/// An activity whose cooldown may still run.
#[derive(Debug, Clone, Copy)]
struct Last {
    out: bool,
    until: Time,
    /// The capacity that it began from.
    base: usize,
}

impl ScalableTarget {
    /// What a step policy would make of the desired count.
    ///
    /// The base is what runs, not what is desired. In the cooldown of a scale-out it is
    /// what ran then, so that what that added counts as part of a larger step.
    pub(super) fn step(
        &self,
        now: Time,
        service: ServiceCapacity,
        policy: &PutStepPolicy,
        value: Option<f64>,
        threshold: f64,
    ) -> Result<usize, NotScaledReason> {
        let adjustment = policy.adjustment(value, threshold)?;
        let cooling = self.last.filter(|last| last.until > now);
        let base = cooling.filter(|last| last.out).map_or(service.running, |last| last.base);
        self.toward(now, service, base, policy.adjusted(base, adjustment))
    }

    /// What a target tracking policy would make of the desired count. The metric is of what
    /// runs now, and so is the base. In the cooldown of a scale-out the policy adds what goes
    /// beyond what that added.
    pub(super) fn track(
        &self,
        now: Time,
        service: ServiceCapacity,
        demand: Demand,
    ) -> Result<usize, NotScaledReason> {
        self.toward(now, service, service.running, demand.proportional(service.running))
    }

    /// A scale-in waits for any cooldown, a scale-out ends the one of a scale-in.
    fn toward(
        &self,
        now: Time,
        service: ServiceCapacity,
        base: usize,
        aim: usize,
    ) -> Result<usize, NotScaledReason> {
        let cooling = self.last.filter(|last| last.until > now);
        if aim > base {
            self.scale_out(service.desired, aim, cooling.is_some_and(|last| last.out))
        } else if aim < base {
            match cooling {
                _ if service.deploying => Err(NotScaledReason::DeploymentInProgress),
                Some(_) => Err(NotScaledReason::Cooldown),
                None => self.scale_in(service.desired, aim),
            }
        } else {
            Err(NotScaledReason::AlreadyAtDesiredCapacity)
        }
    }

    /// The service gets another desired count: the cooldown begins.
    pub(super) fn scaled(&mut self, now: Time, service: ServiceCapacity, to: usize, cooldown: u64) {
        let out = to > service.desired;
        let cooling = self.last.filter(|last| last.out && out && last.until > now);
        let base = cooling.map_or(service.running, |last| last.base);
        self.last = Some(Last { out, until: now + seconds(cooldown), base });
    }

    /// A service below its minimum is raised to it; one above its maximum is left there.
    fn scale_out(
        &self,
        desired: usize,
        aim: usize,
        cooling: bool,
    ) -> Result<usize, NotScaledReason> {
        let capacity = aim.clamp(self.min, self.max);
        if capacity > desired {
            Ok(capacity)
        } else if desired >= self.max {
            Err(NotScaledReason::AlreadyAtMaxCapacity)
        } else if cooling {
            Err(NotScaledReason::Cooldown)
        } else {
            Err(NotScaledReason::AlreadyAtDesiredCapacity)
        }
    }

    /// A service above its maximum is lowered to it; one below its minimum is left there.
    fn scale_in(&self, desired: usize, aim: usize) -> Result<usize, NotScaledReason> {
        let capacity = aim.clamp(self.min, self.max);
        if capacity < desired {
            Ok(capacity)
        } else if desired <= self.min {
            Err(NotScaledReason::AlreadyAtMinCapacity)
        } else {
            Err(NotScaledReason::AlreadyAtDesiredCapacity)
        }
    }
}
