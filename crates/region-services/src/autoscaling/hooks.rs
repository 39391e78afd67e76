//! Lifecycle hooks: made, removed, and answered for the instances that they hold.

use super::AutoScaling;
use super::action::{ActionEnd, Hook, HookResult, HookTransition};
use super::due::Due;
use super::error::validation;
use super::model::{Deletion, Group};
use super::parameters::PutLifecycleHook;
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use crate::ecs::Ecs;
use region_core::api::ApiError;

/// The most hooks of a group (Auto Scaling service quotas).
const MOST: usize = 50;

impl AutoScaling {
    /// Make or change a hook.
    ///
    /// # Errors
    /// If the group does not exist, and as for [`Self::put`].
    pub(crate) fn put_hook(
        &mut self,
        context: &mut Context,
        request: PutLifecycleHook,
    ) -> Result<(), ApiError> {
        let group = self.group_named(&request.group)?;
        let hook = Hook {
            name: request.name,
            transition: request.transition,
            heartbeat_seconds: request.heartbeat_seconds,
            default_result: request.default_result,
            topic_arn: request.topic_arn,
            role_arn: request.role_arn,
            metadata: request.metadata,
        };
        self.put(context, group, hook)
    }

    /// Make a hook, or replace the one of its name.
    ///
    /// # Errors
    /// If the group is being deleted, the heartbeat is not 30 to 7,200 seconds, or the group has
    /// fifty other hooks (API_PutLifecycleHook).
    pub(super) fn put(
        &mut self,
        context: &mut Context,
        group: GroupKey,
        hook: Hook,
    ) -> Result<(), ApiError> {
        let Group { name, deletion, hooks, .. } = &self.groups[group];
        if *deletion != Deletion::None {
            return Err(validation(format!("AutoScalingGroup {name} is pending delete")));
        }
        if !(30..=7200).contains(&hook.heartbeat_seconds) {
            return Err(validation("Heartbeat timeout must be between 30 and 7200 seconds"));
        }
        if hooks.len() >= MOST && !hooks.contains_key(&hook.name) {
            let text = "You have reached the limit of 50 lifecycle hooks for this group.";
            return Err(ApiError::client("LimitExceeded", text));
        }
        self.announce_hook(context, group, &hook);
        self.groups[group].hooks.insert(hook.name.clone(), hook);
        Ok(())
    }

    /// Remove a hook. An action that it holds ends with ABANDON for an instance that launches, and
    /// with CONTINUE for one that terminates
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteLifecycleHook.html>).
    ///
    /// # Errors
    /// The group or the hook does not exist.
    pub(crate) fn delete_hook(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        group: &str,
        name: &str,
    ) -> Result<(), ApiError> {
        let key = self.group_named(group)?;
        let group = &mut self.groups[key];
        let hook = group.hooks.remove(name);
        let hook = hook.ok_or_else(|| validation(format!("No Lifecycle Hook found: {name}")))?;
        let result = match hook.transition {
            HookTransition::Launching => HookResult::Abandon,
            HookTransition::Terminating => HookResult::Continue,
        };
        for member in group.members.clone() {
            let actions = &self.instances[member].actions;
            let held = actions.iter().position(|a| a.ended.is_none() && a.hook == name);
            if let Some(place) = held {
                self.complete(context, ecs, (member, place), result);
            }
        }
        Ok(())
    }

    /// Answer a lifecycle action of an instance.
    pub(super) fn complete(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        (key, place): (InstanceKey, usize),
        result: HookResult,
    ) {
        self.end_action(context, ecs, key, place, ActionEnd::Completed(result));
    }

    /// Restart the timer of a lifecycle action: the heartbeat is not added to what is left.
    pub(super) fn heartbeat(&mut self, context: &mut Context, (key, place): (InstanceKey, usize)) {
        let now = context.now;
        let actions = &mut self.instances[key].actions;
        let Some(action) = actions.get_mut(place) else { return };
        action.last_heartbeat = now;
        let expires_at = action.expires_at();
        context.at(expires_at, Due::HookTimeout(key, place));
    }

    /// Time out a lifecycle action, unless a heartbeat has extended it since.
    pub(super) fn hook_timeout(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        key: InstanceKey,
        place: usize,
    ) {
        let Some(action) = self.instances[key].actions.get(place) else { return };
        if action.ended.is_some() || action.expires_at() > context.now {
            return;
        }
        let end = match action.global_end <= context.now {
            true => ActionEnd::GlobalTimeout,
            false => ActionEnd::HeartbeatTimeout,
        };
        self.end_action(context, ecs, key, place, end);
    }

    fn end_action(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        key: InstanceKey,
        place: usize,
        end: ActionEnd,
    ) {
        let now = context.now;
        let instance = &mut self.instances[key];
        let Some(action) = instance.actions.get_mut(place) else { return };
        action.ended = Some((now, end));
        if action.abandoned() {
            let others = instance.actions.iter_mut().skip(instance.first_action);
            for action in others.filter(|action| action.ended.is_none()) {
                action.ended = Some((now, ActionEnd::Skipped));
            }
        }
        self.proceed(context, ecs, key);
    }

    pub(super) fn skip_actions(&mut self, context: &Context, key: InstanceKey) {
        let now = context.now;
        for action in &mut self.instances[key].actions {
            action.ended.get_or_insert((now, ActionEnd::Skipped));
        }
    }

    /// The action in progress that a call names, by token or else by EC2 id.
    ///
    /// # Errors
    /// `ValidationError` in AWS's words when there is none.
    pub(super) fn action_of(
        &self,
        group: GroupKey,
        hook: &str,
        token: Option<&str>,
        ec2_id: Option<&str>,
    ) -> Result<(InstanceKey, usize), ApiError> {
        let by = match (token, ec2_id) {
            (Some(token), _) => format!("token {token}"),
            (None, Some(id)) => format!("instance ID {id}"),
            (None, None) => {
                return Err(validation("Either a LifecycleActionToken or an InstanceId is needed"));
            }
        };
        let found = self.groups[group].members.iter().find_map(|key| {
            let instance = &self.instances[*key];
            if ec2_id.is_some_and(|id| instance.id != id) {
                return None;
            }
            let place = instance.actions.iter().position(|action| {
                action.ended.is_none()
                    && action.hook == hook
                    && token.is_none_or(|token| action.token == token)
            });
            Some((*key, place?))
        });
        found.ok_or_else(|| validation(format!("No active Lifecycle Action found with {by}")))
    }
}
