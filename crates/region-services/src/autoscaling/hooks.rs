//! Lifecycle hooks: made, removed, and answered for the instances that they hold.

use super::AutoScaling;
use super::action::{ActionEnd, Hook, HookResult};
use super::due::Due;
use super::error::validation;
use super::parameters::PutLifecycleHook;
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use crate::ecs::Ecs;
use region_core::api::ApiError;

impl AutoScaling {
    /// Make or change a hook.
    ///
    /// # Errors
    /// If the group does not exist, or the heartbeat is not 30 to 7,200 seconds
    /// (API_PutLifecycleHook).
    pub(crate) fn put_hook(
        &mut self,
        context: &mut Context,
        request: PutLifecycleHook,
    ) -> Result<(), ApiError> {
        let group = self.group_named(&request.group)?;
        if !(30..=7200).contains(&request.heartbeat_seconds) {
            return Err(validation("Heartbeat timeout must be between 30 and 7200 seconds"));
        }
        let hook = Hook {
            name: request.name.clone(),
            transition: request.transition,
            heartbeat_seconds: request.heartbeat_seconds,
            default_result: request.default_result,
            topic_arn: request.topic_arn,
            metadata: request.metadata,
        };
        self.announce_hook(context, group, &hook);
        self.groups[group].hooks.insert(request.name, hook);
        Ok(())
    }

    /// Remove a hook; what it holds goes on, as after a CONTINUE (API_DeleteLifecycleHook).
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
        if group.hooks.remove(name).is_none() {
            return Err(validation(format!("Lifecycle Hook {name} not found")));
        }
        for member in group.members.clone() {
            let actions = &self.instances[member].actions;
            let held = actions.iter().position(|a| a.ended.is_none() && a.hook == name);
            if let Some(place) = held {
                self.complete(context, ecs, (member, place), HookResult::Continue);
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
