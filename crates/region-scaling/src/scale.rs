//! What policies do when alarms call them.

use std::collections::BTreeMap;

use region_cloudwatch::ScalingAction;

use super::account::Account;
use super::activity::{NotScaledReason, ScalingActivity, ScalingOutcome};
use super::order::ScalingTarget;
use super::policy::Policy;
use super::provider::PutCapacityProvider;
use super::service::ScalableTarget;
use super::tracking::{Demand, Tracking};

/// The scaling policies of an account, and what they did.
#[derive(Debug, Default)]
pub struct Scaling {
    /// By ARN.
    pub(super) policies: BTreeMap<String, Policy>,
    /// By cluster and service.
    pub(super) targets: BTreeMap<(String, String), ScalableTarget>,
    /// By name.
    pub(super) providers: BTreeMap<String, PutCapacityProvider>,
    /// Oldest first.
    activities: Vec<ScalingActivity>,
}

/// A capacity to set; it is within the target's bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub target: ScalingTarget,
    pub capacity: usize,
}

/// What a policy would do.
struct Proposal {
    activity: ScalingActivity,
    capacity: Option<usize>,
}

impl Scaling {
    /// Decide on the policies that alarms call at one time; the caller carries the changes out. Of
    /// several policies of a target the one that leaves the largest capacity wins, for scaling in
    /// too (API_PutScalingPolicy; "Step scaling policies").
    pub fn scale(&mut self, account: &impl Account, actions: Vec<ScalingAction>) -> Vec<Change> {
        let mut proposals: BTreeMap<ScalingTarget, Vec<Proposal>> = BTreeMap::new();
        for action in actions {
            let Some(policy) = self.policies.get(&action.policy) else { continue };
            let proposal = self.propose(account, policy, action);
            proposals.entry(policy.target().clone()).or_default().push(proposal);
        }
        let mut changes = Vec::new();
        for (target, proposals) in proposals {
            let largest = proposals.iter().filter_map(|proposal| proposal.capacity).max();
            let mut carried_out = None;
            for Proposal { mut activity, capacity } in proposals {
                if capacity.is_some() && (capacity != largest || carried_out.is_some()) {
                    activity.outcome = ScalingOutcome::NotScaled(NotScaledReason::Overridden);
                } else if let Some(capacity) = capacity {
                    carried_out = Some(capacity);
                    self.begin_cooldown(account, &activity, capacity);
                }
                self.activities.push(activity);
            }
            changes.extend(carried_out.map(|capacity| Change { target, capacity }));
        }
        changes
    }

    /// What scaling policies did and did not do, oldest first.
    pub fn activities(&self) -> &[ScalingActivity] {
        &self.activities
    }

    /// The target tracking policies.
    pub(super) fn trackings(&self) -> impl Iterator<Item = &Tracking> {
        self.policies.values().filter_map(Policy::tracking)
    }

    fn propose(&self, account: &impl Account, policy: &Policy, action: ScalingAction) -> Proposal {
        let value = match policy {
            Policy::Step(policy) => policy.aggregation.of(&action.recent),
            Policy::Tracking(_) => Tracking::value(&action),
        };
        let (from, capacity) = self.proposed(account, policy, &action, value);
        let outcome = match capacity {
            Ok(capacity) => ScalingOutcome::Scaled(capacity),
            Err(reason) => ScalingOutcome::NotScaled(reason),
        };
        let activity = ScalingActivity {
            at: account.now(),
            policy: policy.name().to_owned(),
            policy_arn: action.policy,
            target: policy.target().clone(),
            alarm: action.alarm,
            value,
            from,
            outcome,
        };
        Proposal { activity, capacity: capacity.ok() }
    }

    /// The desired capacity, and what the policy would make of it.
    fn proposed(
        &self,
        account: &impl Account,
        policy: &Policy,
        action: &ScalingAction,
        value: Option<f64>,
    ) -> (usize, Result<usize, NotScaledReason>) {
        let none = (0, Err(NotScaledReason::NoTarget));
        let now = account.now();
        match policy.target() {
            ScalingTarget::Service { cluster, service } => {
                let target = self.targets.get(&(cluster.clone(), service.clone()));
                let (Some(target), Ok(service)) = (target, account.service(cluster, service))
                else {
                    return none;
                };
                let capacity = match policy {
                    Policy::Step(policy) => {
                        target.step(now, service, policy, value, action.threshold)
                    }
                    Policy::Tracking(tracking) => self
                        .demand(account, tracking, action)
                        .and_then(|demand| target.track(now, service, demand)),
                };
                (service.desired, capacity)
            }
            ScalingTarget::Group(name) => {
                let Ok(group) = account.group(name) else { return none };
                let capacity = match policy {
                    Policy::Step(policy) => group.step(now, policy, value, action.threshold),
                    Policy::Tracking(tracking) => {
                        let demand = self.demand(account, tracking, action);
                        demand.and_then(|demand| group.track(now, tracking, demand))
                    }
                };
                (group.desired, capacity)
            }
        }
    }

    /// What an alarm asks of a target tracking policy. To scale in, all those of the target must
    /// be ready for it ("Multiple target tracking scaling policies").
    fn demand(
        &self,
        account: &impl Account,
        tracking: &Tracking,
        action: &ScalingAction,
    ) -> Result<Demand, NotScaledReason> {
        let demand = tracking.demand(action)?;
        let mut others =
            self.trackings().filter(|other| other.order.target == tracking.order.target);
        if demand.out || others.all(|other| other.allows_scale_in(account)) {
            Ok(demand)
        } else {
            Err(NotScaledReason::OtherPolicyNotReady)
        }
    }

    /// Groups have warm-ups instead.
    fn begin_cooldown(&mut self, account: &impl Account, activity: &ScalingActivity, to: usize) {
        let ScalingTarget::Service { cluster, service } = &activity.target else { return };
        let policy = self.policies.get(&activity.policy_arn);
        let cooldown = policy.map_or(0, |policy| policy.cooldown_seconds(to > activity.from));
        let target = self.targets.get_mut(&(cluster.clone(), service.clone()));
        if let (Some(target), Ok(service)) = (target, account.service(cluster, service)) {
            target.scaled(account.now(), service, to, cooldown);
        }
    }
}
