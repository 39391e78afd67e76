//! AWS's own step scaling: of services by Application Auto Scaling, of groups by EC2 Auto
//! Scaling. Written from AWS's rules alone, as the other side of a comparison.

mod activity;
mod group;
mod order;
mod put;
mod service;
mod step;

use std::collections::BTreeMap;

use self::service::ScalableTarget;
use super::Services;

pub use self::activity::{NotScaledReason, ScalingActivity, ScalingOutcome};
pub use self::order::{
    AdjustmentType, MetricAggregation, PutStepPolicy, RegisterScalableTarget, StepAdjustment,
    StepTarget,
};

/// Everything that scaling policies know.
#[derive(Debug, Default)]
pub(super) struct Scaling {
    /// By ARN.
    policies: BTreeMap<String, PutStepPolicy>,
    /// By cluster and service.
    targets: BTreeMap<(String, String), ScalableTarget>,
    /// Oldest first.
    activities: Vec<ScalingActivity>,
}

/// An alarm that asks for a policy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Firing {
    /// The policy's ARN.
    pub(super) policy: String,
    /// The alarm's name.
    pub(super) alarm: String,
    /// The alarm's threshold.
    pub(super) threshold: f64,
    /// The values that the alarm was evaluated by, oldest first.
    pub(super) recent: Vec<f64>,
}

/// What a policy would do.
struct Proposal {
    activity: ScalingActivity,
    capacity: Option<usize>,
}

impl Services {
    /// Carry out what alarms ask of policies at one time. Of several policies of a target
    /// the one that leaves the largest capacity wins, for scaling in too
    /// (API_PutScalingPolicy; "Step scaling policies").
    pub(super) fn scale(&mut self, firings: Vec<Firing>) {
        let mut proposals: BTreeMap<StepTarget, Vec<Proposal>> = BTreeMap::new();
        for firing in firings {
            let Some(policy) = self.scaling.policies.get(&firing.policy) else { continue };
            let proposal = self.propose(policy, firing);
            proposals.entry(policy.target.clone()).or_default().push(proposal);
        }
        for (target, proposals) in proposals {
            let largest = proposals.iter().filter_map(|proposal| proposal.capacity).max();
            let mut carried_out = false;
            for Proposal { mut activity, capacity } in proposals {
                if capacity.is_some() && (capacity != largest || carried_out) {
                    activity.outcome = ScalingOutcome::NotScaled(NotScaledReason::Overridden);
                } else if let Some(capacity) = capacity {
                    carried_out = true;
                    self.carry_out_scaling(&target, &activity.policy_arn, capacity);
                }
                self.scaling.activities.push(activity);
            }
        }
    }

    /// What scaling policies did and did not do, oldest first.
    pub fn scaling_activities(&self) -> &[ScalingActivity] {
        &self.scaling.activities
    }

    fn propose(&self, policy: &PutStepPolicy, firing: Firing) -> Proposal {
        let value = policy.aggregation.of(&firing.recent);
        let (from, capacity) = match &policy.target {
            StepTarget::Service { cluster, service } => {
                self.propose_for_service(policy, (cluster, service), value, firing.threshold)
            }
            StepTarget::Group(name) => {
                self.propose_for_group(policy, name, value, firing.threshold)
            }
        };
        let outcome = match capacity {
            Ok(capacity) => ScalingOutcome::Scaled(capacity),
            Err(reason) => ScalingOutcome::NotScaled(reason),
        };
        let activity = ScalingActivity {
            at: self.context.now,
            policy: policy.name.clone(),
            policy_arn: firing.policy,
            target: policy.target.clone(),
            alarm: firing.alarm,
            value,
            from,
            outcome,
        };
        Proposal { activity, capacity: capacity.ok() }
    }

    fn carry_out_scaling(&mut self, target: &StepTarget, policy: &str, capacity: usize) {
        match target {
            StepTarget::Service { cluster, service } => {
                self.scale_service(cluster, service, policy, capacity);
            }
            // The capacity is within the bounds, so there is nothing to refuse.
            StepTarget::Group(name) => {
                _ = self.auto_scaling.set_desired(&mut self.context, &mut self.ecs, name, capacity);
            }
        }
    }
}
