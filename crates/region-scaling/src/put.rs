//! Scalable targets and policies: made and changed.

use rand::rngs::StdRng;
use region_core::api::ApiError;
use region_core::names::{ACCOUNT, REGION};
use region_core::wording::uuid;

use super::account::Account;
use super::order::{PutStepPolicy, RegisterScalableTarget, ScalingTarget};
use super::policy::Policy;
use super::scale::Scaling;
use super::step::check;

pub(super) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
}

/// A policy cannot become one of another kind.
pub(super) fn another_kind(name: &str) -> ApiError {
    validation(format!("name {name} is that of a policy of another kind"))
}

impl Scaling {
    /// Make a service a scalable target, or change its bounds.
    ///
    /// # Errors
    /// The service does not exist, or the minimum is above the maximum.
    pub fn register_scalable_target(
        &mut self,
        account: &impl Account,
        order: RegisterScalableTarget,
    ) -> Result<(), ApiError> {
        let cluster = account.cluster(&order.cluster)?.to_owned();
        account.service(&cluster, &order.service)?;
        if order.min > order.max {
            return Err(validation("Maximum capacity cannot be less than minimum capacity"));
        }
        let target = self.targets.entry((cluster, order.service)).or_default();
        (target.min, target.max) = (order.min, order.max);
        Ok(())
    }

    /// Make or change a policy; its ARN, for alarms to name.
    ///
    /// # Errors
    /// A step is invalid, or the target does not exist.
    pub fn put_step_policy(
        &mut self,
        account: &impl Account,
        rng: &mut StdRng,
        order: PutStepPolicy,
    ) -> Result<String, ApiError> {
        check(&order.steps).map_err(validation)?;
        let arn = match self.known(&order.name, &order.target) {
            Some((arn, Policy::Step(_))) => arn.clone(),
            Some(_) => return Err(another_kind(&order.name)),
            None => self.policy_arn(account, rng, &order.name, &order.target)?,
        };
        self.policies.insert(arn.clone(), Policy::Step(order));
        Ok(arn)
    }

    /// The policy of this name and target, with its ARN.
    pub(super) fn known(&self, name: &str, target: &ScalingTarget) -> Option<(&String, &Policy)> {
        let same = |policy: &Policy| policy.name() == name && policy.target() == target;
        self.policies.iter().find(|(_, policy)| same(policy))
    }

    pub(super) fn policy_arn(
        &self,
        account: &impl Account,
        rng: &mut StdRng,
        name: &str,
        target: &ScalingTarget,
    ) -> Result<String, ApiError> {
        let resource = match target {
            ScalingTarget::Service { cluster, service } => {
                let target = (cluster.clone(), service.clone());
                if !self.targets.contains_key(&target) {
                    let text =
                        format!("No scalable target registered for service/{cluster}/{service}");
                    return Err(ApiError::client("ObjectNotFoundException", text));
                }
                format!("resource/ecs/service/{cluster}/{service}")
            }
            ScalingTarget::Group(group) => {
                account.group(group)?;
                format!("autoScalingGroupName/{group}")
            }
        };
        let id = uuid(rng);
        Ok(format!(
            "arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:{id}:{resource}:policyName/{name}"
        ))
    }
}
