//! PutLifecycleHook.

use serde_json::{Value, json};

use super::AutoScaling;
use super::action::{Hook, HookResult, HookTransition};
use super::error::{needed, validation};
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{number, text};

/// The longest name and notification metadata of a hook (API_PutLifecycleHook, API_LifecycleHook).
const LONGEST_NAME: usize = 255;
const LONGEST_METADATA: usize = 1023;

/// AWS's default.
const HEARTBEAT_SECONDS: u64 = 3600;

impl AutoScaling {
    /// Make a hook, or change those fields of one that the call has
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html>).
    pub(super) fn put_lifecycle_hook(
        &mut self,
        context: &mut Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let group = self.group_named(needed(input, "AutoScalingGroupName")?)?;
        let name = needed(input, "LifecycleHookName")?;
        let old = self.groups[group].hooks.get(name);
        let (topic_arn, role_arn) = target(input, old)?;
        let hook = Hook {
            name: checked_name(name)?,
            transition: transition(input, old)?,
            heartbeat_seconds: heartbeat(input, old),
            default_result: default_result(input, old)?,
            topic_arn,
            role_arn,
            metadata: metadata(input, old)?,
        };
        self.put(context, group, hook)?;
        Ok(json!({}))
    }
}

fn checked_name(name: &str) -> Result<String, ApiError> {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    if name.len() <= LONGEST_NAME && name.chars().all(known) {
        return Ok(name.to_owned());
    }
    Err(validation(format!("1 validation error detected: LifecycleHookName is {name}")))
}

fn transition(input: &Value, old: Option<&Hook>) -> Result<HookTransition, ApiError> {
    match text(input, "LifecycleTransition") {
        Some(given) => HookTransition::read(given)
            .ok_or_else(|| validation(format!("Invalid Lifecycle Transition: {given}"))),
        None => old
            .map(|hook| hook.transition)
            .ok_or_else(|| validation("A new lifecycle hook needs a LifecycleTransition")),
    }
}

/// A number that is none or not in range is refused with the hook.
fn heartbeat(input: &Value, old: Option<&Hook>) -> u64 {
    if input.get("HeartbeatTimeout").is_some_and(|given| !given.is_null()) {
        let given = number(input, "HeartbeatTimeout");
        return given.and_then(|given| u64::try_from(given).ok()).unwrap_or_default();
    }
    old.map_or(HEARTBEAT_SECONDS, |hook| hook.heartbeat_seconds)
}

fn default_result(input: &Value, old: Option<&Hook>) -> Result<HookResult, ApiError> {
    match text(input, "DefaultResult") {
        Some(given) => HookResult::read(given)
            .ok_or_else(|| validation(format!("Invalid DefaultResult: {given}"))),
        None => Ok(old.map_or(HookResult::Abandon, |hook| hook.default_result)),
    }
}

/// The topic and the role that publishes to it, which a hook has both or neither of. An empty
/// target removes them.
fn target(input: &Value, old: Option<&Hook>) -> Result<(Option<String>, Option<String>), ApiError> {
    let given = input.get("NotificationTargetARN").and_then(Value::as_str);
    let role = text(input, "RoleARN").map(str::to_owned);
    let topic = match given {
        Some(given) => Some(given.to_owned()).filter(|given| !given.is_empty()),
        None => old.and_then(|hook| hook.topic_arn.clone()),
    };
    let Some(topic) = topic else {
        return match role {
            Some(_) => Err(validation("A RoleARN needs a NotificationTargetARN")),
            None => Ok((None, None)),
        };
    };
    let role = role.or_else(|| old.and_then(|hook| hook.role_arn.clone()));
    let role = role.ok_or_else(|| validation("A NotificationTargetARN needs a RoleARN"))?;
    if !topic.contains(":sns:") || topic.ends_with(".fifo") {
        return Err(validation(format!(
            "Unable to publish test message to notification target {topic} using IAM role {role}. \
             Please check your target and role configuration and try to put lifecycle hook again."
        )));
    }
    Ok((Some(topic), Some(role)))
}

fn metadata(input: &Value, old: Option<&Hook>) -> Result<Option<String>, ApiError> {
    let given = text(input, "NotificationMetadata").map(str::to_owned);
    if given.as_ref().is_some_and(|given| given.chars().count() > LONGEST_METADATA) {
        return Err(validation("1 validation error detected: NotificationMetadata is too long"));
    }
    Ok(given.or_else(|| old.and_then(|hook| hook.metadata.clone())))
}
