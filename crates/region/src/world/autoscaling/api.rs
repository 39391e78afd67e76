//! Auto Scaling's operations.

use serde_json::{Value, json};

use super::capacity::validation;
use super::model::{Group, Hook, HookResult, Instance, LifecycleState};
use crate::api::ApiError;
use crate::world::World;
use crate::world::arena::{InstanceKey, Key as _};
use crate::world::input::{Pages, flag, number, text, texts};
use crate::world::wording::{put, rfc3339};

const fn pages(usual: usize) -> Pages {
    Pages { size: "MaxRecords", token: "NextToken", usual, code: "ValidationError" }
}

fn needed<'a>(input: &'a Value, name: &str) -> Result<&'a str, ApiError> {
    text(input, name)
        .ok_or_else(|| validation(format!("1 validation error detected: {name} is needed")))
}

fn paged(name: &str, page: Vec<Value>, next: Option<String>) -> Value {
    match next {
        Some(next) => json!({ name: page, "NextToken": next }),
        None => json!({ name: page }),
    }
}

fn show_hook(group: &Group, hook: &Hook) -> Value {
    let mut shown = json!({
        "LifecycleHookName": hook.name,
        "AutoScalingGroupName": group.name,
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "HeartbeatTimeout": hook.heartbeat_seconds,
        "GlobalTimeout": hook.global_seconds(),
        "DefaultResult": hook.default_result.as_str(),
    });
    let optional =
        [("NotificationTargetARN", &hook.topic_arn), ("NotificationMetadata", &hook.metadata)];
    for (name, value) in optional {
        if let Some(value) = value {
            put(&mut shown, name, value.as_str());
        }
    }
    shown
}

fn show_instance(machine: &Instance, state: LifecycleState) -> Value {
    json!({
        "InstanceId": machine.id,
        "AvailabilityZone": machine.zone,
        "LifecycleState": state.as_str(),
        "HealthStatus": if machine.healthy { "Healthy" } else { "Unhealthy" },
        "ProtectedFromScaleIn": false,
    })
}

impl World {
    /// Answer one call to Auto Scaling.
    pub(in crate::world) fn call_auto_scaling(
        &mut self,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        match operation {
            "CompleteLifecycleAction" => self.complete_lifecycle_action(input),
            "DescribeAutoScalingGroups" => self.describe_groups(input),
            "DescribeLifecycleHooks" => self.describe_hooks(input),
            "DescribeScalingActivities" => self.describe_activities(input),
            "RecordLifecycleActionHeartbeat" => self.record_heartbeat(input),
            "SetDesiredCapacity" => self.set_desired_capacity(input),
            "TerminateInstanceInAutoScalingGroup" => self.terminate_instance(input),
            other => {
                let text = format!("the simulated region has no Auto Scaling operation {other}");
                Err(ApiError::client("InvalidAction", text))
            }
        }
    }

    fn describe_groups(&self, input: &Value) -> Result<Value, ApiError> {
        let names = texts(input, "AutoScalingGroupNames");
        let groups = self.auto_scaling.groups.iter();
        let found =
            groups.filter(|(_, group)| names.is_empty() || names.contains(&group.name.as_str()));
        let (page, next) = pages(50).cut(input, found.map(|(key, group)| (key.index(), group)))?;
        let shown = page.into_iter().map(|group| self.show_group(group)).collect();
        Ok(paged("AutoScalingGroups", shown, next))
    }

    fn show_group(&self, group: &Group) -> Value {
        let members = group.members.iter().map(|key| &self.auto_scaling.instances[*key]);
        let mut shown = json!({
            "AutoScalingGroupName": group.name,
            "AutoScalingGroupARN": group.arn,
            "MinSize": group.min,
            "MaxSize": group.max,
            "DesiredCapacity": group.desired,
            "DefaultCooldown": 300,
            "AvailabilityZones": group.zones,
            "HealthCheckType": "EC2",
            "CreatedTime": rfc3339(group.created_at),
            "Instances": members
                .map(|machine| show_instance(machine, self.seen_state(machine)))
                .collect::<Vec<_>>(),
        });
        if group.reuse_on_scale_in {
            let policy = json!({ "InstanceReusePolicy": { "ReuseOnScaleIn": true } });
            put(&mut shown, "WarmPoolConfiguration", policy);
        }
        shown
    }

    /// Reads may show every instance's state as it is from now on, and for a while as it
    /// was.
    pub(in crate::world) fn remember_states(&mut self) {
        if !self.lags() {
            return;
        }
        for group in self.auto_scaling.groups.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            for key in self.auto_scaling.groups[group].members.clone() {
                let machine = &mut self.auto_scaling.instances[key];
                machine.trail.note(self.now, machine.state);
            }
        }
    }

    /// An instance's state, as the read under way shows it.
    fn seen_state(&self, machine: &Instance) -> LifecycleState {
        let was = if self.lags() { machine.trail.at(self.read_at).copied() } else { None };
        was.unwrap_or(machine.state)
    }

    fn describe_hooks(&self, input: &Value) -> Result<Value, ApiError> {
        let group = self.group_named(needed(input, "AutoScalingGroupName")?)?;
        let group = &self.auto_scaling.groups[group];
        let names = texts(input, "LifecycleHookNames");
        let hooks = group.hooks.values();
        let found = hooks.filter(|hook| names.is_empty() || names.contains(&hook.name.as_str()));
        let shown: Vec<_> = found.map(|hook| show_hook(group, hook)).collect();
        Ok(json!({ "LifecycleHooks": shown }))
    }

    fn describe_activities(&self, input: &Value) -> Result<Value, ApiError> {
        let group = self.group_named(needed(input, "AutoScalingGroupName")?)?;
        let ids = texts(input, "ActivityIds");
        let newest_first = self.auto_scaling.groups[group].activities.iter().rev();
        let found = newest_first.filter(|a| ids.is_empty() || ids.contains(&a.id.as_str()));
        let (page, next) = pages(100).cut(input, found.enumerate())?;
        let shown = page.into_iter().map(|activity| self.show_activity(group, activity)).collect();
        Ok(paged("Activities", shown, next))
    }

    fn complete_lifecycle_action(&mut self, input: &Value) -> Result<Value, ApiError> {
        let result = match needed(input, "LifecycleActionResult")? {
            "CONTINUE" => HookResult::Continue,
            "ABANDON" => HookResult::Abandon,
            other => return Err(validation(format!("Invalid LifecycleActionResult: {other}"))),
        };
        let action = self.action_in(input)?;
        self.complete(action, result);
        Ok(json!({}))
    }

    fn record_heartbeat(&mut self, input: &Value) -> Result<Value, ApiError> {
        let action = self.action_in(input)?;
        self.heartbeat(action);
        Ok(json!({}))
    }

    fn action_in(&self, input: &Value) -> Result<(InstanceKey, usize), ApiError> {
        let group = needed(input, "AutoScalingGroupName")?;
        let hook = needed(input, "LifecycleHookName")?;
        let key = self.group_named(group)?;
        if !self.auto_scaling.groups[key].hooks.contains_key(hook) {
            let text = format!("Lifecycle Hook {hook} not found for AutoScalingGroup {group}");
            return Err(validation(text));
        }
        let (token, id) = (text(input, "LifecycleActionToken"), text(input, "InstanceId"));
        self.action_of(key, hook, token, id)
    }

    fn set_desired_capacity(&mut self, input: &Value) -> Result<Value, ApiError> {
        let group = needed(input, "AutoScalingGroupName")?;
        let desired = number(input, "DesiredCapacity").and_then(|n| usize::try_from(n).ok());
        let desired = desired.ok_or_else(|| validation("DesiredCapacity is needed"))?;
        self.set_desired(group, desired)?;
        Ok(json!({}))
    }

    fn terminate_instance(&mut self, input: &Value) -> Result<Value, ApiError> {
        let key = self.instance_named(needed(input, "InstanceId")?)?;
        self.terminate(key, flag(input, "ShouldDecrementDesiredCapacity"))?;
        let machine = &self.auto_scaling.instances[key];
        let activities = &self.auto_scaling.groups[machine.group].activities;
        let activity = machine.activity.and_then(|at| activities.get(at));
        Ok(json!({ "Activity": activity.map(|a| self.show_activity(machine.group, a)) }))
    }
}
