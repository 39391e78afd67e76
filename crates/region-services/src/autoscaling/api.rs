//! Auto Scaling's operations.

use serde_json::{Value, json};

use super::AutoScaling;
use super::action::HookResult;
use super::error::{needed, validation};
use super::fields;
use super::model::{Activity, COOLDOWN_SECONDS};
use crate::arena::InstanceKey;
use crate::context::Context;
use crate::ecs::Ecs;
use region_core::api::ApiError;
use region_core::input::{flag, number, text};
use region_core::wording::seconds;

impl AutoScaling {
    /// Answer one call to Auto Scaling.
    pub(crate) fn call(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        fields::check(operation, input)?;
        match operation {
            "CompleteLifecycleAction" => self.complete_lifecycle_action(context, ecs, input),
            "CreateOrUpdateTags" => self.create_or_update_tags(input),
            "DeleteLifecycleHook" => {
                let group = needed(input, "AutoScalingGroupName")?;
                let hook = needed(input, "LifecycleHookName")?;
                self.delete_hook(context, ecs, group, hook).map(|()| json!({}))
            }
            "DeleteTags" => self.delete_tags(input),
            "DescribeAutoScalingGroups" => self.describe_groups(context, input),
            "DescribeAutoScalingInstances" => self.describe_instances(context, input),
            "DescribeLifecycleHooks" => self.describe_hooks(input),
            "DescribeScalingActivities" => self.describe_activities(input),
            "DescribeWarmPool" => self.describe_warm_pool(context, input),
            "PutLifecycleHook" => self.put_lifecycle_hook(context, input),
            "RecordLifecycleActionHeartbeat" => self.record_heartbeat(context, input),
            "SetDesiredCapacity" => self.set_desired_capacity(context, ecs, input),
            "TerminateInstanceInAutoScalingGroup" => self.terminate_instance(context, ecs, input),
            other => {
                let text = format!("the simulated region has no Auto Scaling operation {other}");
                Err(ApiError::client("InvalidAction", text))
            }
        }
    }

    fn complete_lifecycle_action(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let result = needed(input, "LifecycleActionResult")?;
        let result = HookResult::read(result)
            .ok_or_else(|| validation(format!("Invalid LifecycleActionResult: {result}")))?;
        let action = self.action_in(input)?;
        self.complete(context, ecs, action, result);
        Ok(json!({}))
    }

    fn record_heartbeat(
        &mut self,
        context: &mut Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let action = self.action_in(input)?;
        self.heartbeat(context, action);
        Ok(json!({}))
    }

    fn action_in(&self, input: &Value) -> Result<(InstanceKey, usize), ApiError> {
        let group = needed(input, "AutoScalingGroupName")?;
        let hook = needed(input, "LifecycleHookName")?;
        let key = self.group_named(group)?;
        if !self.groups[key].hooks.contains_key(hook) {
            let text = format!("Lifecycle Hook {hook} not found for AutoScalingGroup {group}");
            return Err(validation(text));
        }
        let (token, id) = (text(input, "LifecycleActionToken"), text(input, "InstanceId"));
        self.action_of(key, hook, token, id)
    }

    fn set_desired_capacity(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let group = needed(input, "AutoScalingGroupName")?;
        let desired = number(input, "DesiredCapacity").and_then(|n| usize::try_from(n).ok());
        let desired = desired.ok_or_else(|| {
            validation("1 validation error detected: DesiredCapacity must be 0 or more")
        })?;
        if flag(input, "HonorCooldown") {
            self.cooled_down(context, group)?;
        }
        self.set_desired(context, ecs, group, desired)?;
        Ok(json!({}))
    }

    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html>
    ///
    /// # Errors
    /// `ScalingActivityInProgress` while an activity is under way or its cooldown not over.
    fn cooled_down(&self, context: &Context, group: &str) -> Result<(), ApiError> {
        let group = &self.groups[self.group_named(group)?];
        let blocks = |activity: &&Activity| {
            activity.ended_at.is_none_or(|end| end + seconds(COOLDOWN_SECONDS) > context.now)
        };
        let Some(activity) = group.activities.iter().rev().find(blocks) else { return Ok(()) };
        let id = &activity.id;
        let text = format!("Scaling activity {id} is in progress and blocking this operation");
        Err(ApiError::client("ScalingActivityInProgress", text))
    }

    fn terminate_instance(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let key = self.instance_named(needed(input, "InstanceId")?)?;
        self.terminate(context, ecs, key, flag(input, "ShouldDecrementDesiredCapacity"))?;
        let instance = &self.instances[key];
        let activities = &self.groups[instance.group].activities;
        let activity = instance.activity.and_then(|at| activities.get(at));
        Ok(json!({ "Activity": activity.map(|a| self.show_activity(instance.group, a)) }))
    }
}
