//! Notifications and events of lifecycle hooks.

use serde_json::json;

use super::AutoScaling;
use super::action::{Hook, HookTransition};
use super::state::Transition;
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use region_core::api::Effect;
use region_core::names::ACCOUNT;
use region_core::wording::{put, rfc3339};

const SERVICE: &str = "AWS Auto Scaling";

impl AutoScaling {
    /// A hook now holds the instance: a message to its target, if it has one, and an event.
    pub(super) fn announce_action(
        &mut self,
        context: &mut Context,
        key: InstanceKey,
        hook: &Hook,
        token: &str,
    ) {
        let request = context.uuid();
        let instance = &self.instances[key];
        let group = &self.groups[instance.group];
        let (origin, destination) = instance.transition.origin_and_destination();
        let mut detail = json!({
            "LifecycleActionToken": token,
            "AutoScalingGroupName": group.name,
            "LifecycleHookName": hook.name,
            "EC2InstanceId": instance.id,
            "LifecycleTransition": hook.transition.as_str(),
            "Origin": origin,
            "Destination": destination,
        });
        if let Some(metadata) = &hook.metadata {
            put(&mut detail, "NotificationMetadata", metadata.as_str());
        }
        if instance.transition == Transition::ReplaceRootVolume {
            put(&mut detail, "Action", "ReplaceRootVolume");
        }
        let (action, kind) = match hook.transition {
            HookTransition::Launching => ("LAUNCHING", "EC2 Instance-launch Lifecycle Action"),
            HookTransition::Terminating => {
                ("TERMINATING", "EC2 Instance-terminate Lifecycle Action")
            }
        };
        let arn = group.arn.clone();
        if let Some(topic_arn) = &hook.topic_arn {
            let mut message = detail.clone();
            put(&mut message, "AccountId", ACCOUNT);
            put(&mut message, "RequestId", request);
            put(&mut message, "Service", SERVICE);
            put(&mut message, "Time", rfc3339(context.now));
            context.effects.push(Effect::Publish {
                topic_arn: topic_arn.clone(),
                alarm_arn: None,
                // The two spaces are AWS's.
                subject: format!(
                    "Auto Scaling:  Lifecycle action '{action}' for instance {} in progress.",
                    instance.id
                ),
                message: message.to_string(),
            });
        }
        context.emit("aws.autoscaling", kind, &[&arn], detail);
    }

    /// A hook was made or changed: a test message to its target.
    pub(super) fn announce_hook(&mut self, context: &mut Context, group: GroupKey, hook: &Hook) {
        let Some(topic_arn) = hook.topic_arn.clone() else { return };
        let request = context.uuid();
        let group = &self.groups[group];
        let message = json!({
            "AccountId": ACCOUNT,
            "RequestId": request,
            "AutoScalingGroupARN": group.arn,
            "AutoScalingGroupName": group.name,
            "Service": SERVICE,
            "Event": "autoscaling:TEST_NOTIFICATION",
            "Time": rfc3339(context.now),
        });
        let subject = format!("Auto Scaling: test notification for group \"{}\"", group.name);
        let (alarm_arn, message) = (None, message.to_string());
        context.effects.push(Effect::Publish { topic_arn, alarm_arn, subject, message });
    }
}
