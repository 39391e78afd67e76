//! Scalable targets and policies: made and changed.

use rand::rngs::StdRng;
use region_core::api::ApiError;
use region_core::names::{ACCOUNT, REGION};
use region_core::wording::uuid;

use super::account::Account;
use super::order::{PutStepPolicy, RegisterScalableTarget, ScalingTarget};
use super::scale::Scaling;
use super::step::check;

fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
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
        let same =
            |other: &PutStepPolicy| (&other.name, &other.target) == (&order.name, &order.target);
        let known = self.policies.iter().find(|(_, policy)| same(policy));
        let arn = match known {
            Some((arn, _)) => arn.clone(),
            None => self.policy_arn(account, rng, &order)?,
        };
        self.policies.insert(arn.clone(), order);
        Ok(arn)
    }

    fn policy_arn(
        &self,
        account: &impl Account,
        rng: &mut StdRng,
        order: &PutStepPolicy,
    ) -> Result<String, ApiError> {
        let resource = match &order.target {
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
        let (id, name) = (uuid(rng), &order.name);
        Ok(format!(
            "arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:{id}:{resource}:policyName/{name}"
        ))
    }
}
