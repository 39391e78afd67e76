//! Scalable targets and policies: made and changed.

use super::order::{PutStepPolicy, RegisterScalableTarget, StepTarget};
use super::step::check;
use crate::Services;
use region_core::api::ApiError;
use region_core::names::{ACCOUNT, REGION};

fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
}

impl Services {
    /// Make a service a scalable target, or change its bounds.
    ///
    /// # Errors
    /// When there is no such service, or the bounds are not in order.
    pub(crate) fn register_scalable_target(
        &mut self,
        order: RegisterScalableTarget,
    ) -> Result<(), ApiError> {
        let cluster = self.ecs.known_cluster(&order.cluster)?.to_owned();
        self.ecs.service(&cluster, &order.service)?;
        if order.min > order.max {
            return Err(validation("Maximum capacity cannot be less than minimum capacity"));
        }
        let targets = &mut self.scaling.targets;
        let target = targets.entry((cluster, order.service)).or_default();
        (target.min, target.max) = (order.min, order.max);
        Ok(())
    }

    /// Make or change a policy; its ARN, for alarms to name.
    ///
    /// # Errors
    /// When its steps are not sound, or there is nothing for it to scale.
    pub(crate) fn put_step_policy(&mut self, order: PutStepPolicy) -> Result<String, ApiError> {
        check(&order.steps).map_err(validation)?;
        let same =
            |other: &PutStepPolicy| (&other.name, &other.target) == (&order.name, &order.target);
        let known = self.scaling.policies.iter().find(|(_, policy)| same(policy));
        let arn = match known {
            Some((arn, _)) => arn.clone(),
            None => self.policy_arn(&order)?,
        };
        self.scaling.policies.insert(arn.clone(), order);
        Ok(arn)
    }

    fn policy_arn(&mut self, order: &PutStepPolicy) -> Result<String, ApiError> {
        let resource = match &order.target {
            StepTarget::Service { cluster, service } => {
                let target = (cluster.clone(), service.clone());
                if !self.scaling.targets.contains_key(&target) {
                    let text =
                        format!("No scalable target registered for service/{cluster}/{service}");
                    return Err(ApiError::client("ObjectNotFoundException", text));
                }
                format!("resource/ecs/service/{cluster}/{service}")
            }
            StepTarget::Group(group) => {
                self.auto_scaling.group_named(group)?;
                format!("autoScalingGroupName/{group}")
            }
        };
        let (id, name) = (self.cloudwatch.uuid(), &order.name);
        Ok(format!(
            "arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:{id}:{resource}:policyName/{name}"
        ))
    }
}
