//! The tasks of a service, after
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html> and
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>.

use super::activity::NotScaledReason;
use super::order::PutStepPolicy;
use crate::Services;
use crate::ecs::UpdateService;
use crate::wording::seconds;
use region_core::Time;

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

impl Services {
    /// The desired count, and what the policy would make of it.
    ///
    /// The base is what runs, not what is desired. In the cooldown of a scale-out it is
    /// what ran then, so that what that added counts as part of a larger step. A scale-in
    /// waits for any cooldown, a scale-out ends the one of a scale-in.
    pub(super) fn propose_for_service(
        &self,
        policy: &PutStepPolicy,
        (cluster, name): (&str, &str),
        value: Option<f64>,
        threshold: f64,
    ) -> (usize, Result<usize, NotScaledReason>) {
        let target = self.scaling.targets.get(&(cluster.to_owned(), name.to_owned()));
        let (Ok(key), Some(target)) = (self.ecs.service(cluster, name), target) else {
            return (0, Err(NotScaledReason::NoTarget));
        };
        let desired = self.ecs.desired(key);
        let proposed = policy.adjustment(value, threshold).and_then(|adjustment| {
            let cooling = target.last.filter(|last| last.until > self.context.now);
            let running = self.ecs.running(key);
            let base = cooling.filter(|last| last.out).map_or(running, |last| last.base);
            let aim = policy.adjusted(base, adjustment);
            if aim > base {
                target.scale_out(desired, aim, cooling.is_some_and(|last| last.out))
            } else if aim < base {
                match cooling {
                    _ if !self.ecs.deployed(key) => Err(NotScaledReason::DeploymentInProgress),
                    Some(_) => Err(NotScaledReason::Cooldown),
                    None => target.scale_in(desired, aim),
                }
            } else {
                Err(NotScaledReason::AlreadyAtDesiredCapacity)
            }
        });
        (desired, proposed)
    }

    /// Give a service another desired count.
    pub(super) fn scale_service(&mut self, cluster: &str, name: &str, policy: &str, to: usize) {
        let key = (cluster.to_owned(), name.to_owned());
        let now = self.context.now;
        let Ok(service) = self.ecs.service(cluster, name) else { return };
        let (desired, running) = (self.ecs.desired(service), self.ecs.running(service));
        let cooldown =
            self.scaling.policies.get(policy).map_or(0, |policy| policy.cooldown_seconds);
        if let Some(target) = self.scaling.targets.get_mut(&key) {
            let out = to > desired;
            let cooling = target.last.filter(|last| last.out && out && last.until > now);
            let base = cooling.map_or(running, |last| last.base);
            target.last = Some(Last { out, until: now + seconds(cooldown), base });
        }
        let order = UpdateService {
            name: name.to_owned(),
            cluster: cluster.to_owned(),
            desired: Some(to),
            ..UpdateService::default()
        };
        // The service is there.
        _ = self.ecs.update_service(&mut self.context, order);
    }
}

impl ScalableTarget {
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
