//! The warm pool: instances that stop in it and return from it.

use super::AutoScaling;
use super::action::{Action, Hook, HookResult, HookTransition};
use super::activities::SUCCESSFUL;
use super::due::Due;
use super::error::validation;
use super::parameters::LaunchIntoWarmPool;
use super::state::{LifecycleState, Transition};
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use crate::ecs::Ecs;
use region_core::api::ApiError;

impl AutoScaling {
    /// Launch an instance that a foreign launch hook holds on its way into the warm pool, until
    /// that hook times out.
    ///
    /// # Errors
    /// When the group does not exist, or has no warm pool.
    pub(crate) fn launch_into_warm_pool(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        request: &LaunchIntoWarmPool,
    ) -> Result<String, ApiError> {
        let group = self.group_named(&request.group)?;
        if !self.groups[group].reuse_on_scale_in {
            return Err(validation(format!("{} has no warm pool", request.group)));
        }
        let mut hooks = self.groups[group].hooks.values();
        if hooks.any(|hook| hook.transition == HookTransition::Launching) {
            let text = "the simulated region launches into a warm pool only where the group has no \
                        launching hooks of its own";
            return Err(validation(text));
        }
        let key = self.launch(context, ecs, group, false);
        let hook = Hook {
            name: "launch".to_owned(),
            transition: HookTransition::Launching,
            heartbeat_seconds: request.held_seconds,
            default_result: HookResult::Continue,
            topic_arn: None,
            role_arn: None,
            metadata: None,
        };
        let action = Action::new(&hook, context.uuid(), context.now);
        context.at(action.expires_at(), Due::HookTimeout(key, 0));
        let instance = &mut self.instances[key];
        instance.state = LifecycleState::WarmedPendingWait;
        instance.transition = Transition::Warm;
        instance.actions.push(action);
        Ok(instance.id.clone())
    }

    /// Start a stopped instance of the warm pool.
    ///
    /// # Errors
    /// The instance does not exist, or is in another state.
    pub(crate) fn start_from_warm_pool(
        &mut self,
        context: &mut Context,
        id: &str,
    ) -> Result<(), ApiError> {
        let key = self.instance_in(id, LifecycleState::WarmedStopped)?;
        self.return_from_warm_pool(context, key);
        Ok(())
    }

    /// A pooled instance has stopped.
    pub(super) fn warmed(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        if self.instances[key].state == LifecycleState::WarmedPendingProceed {
            self.power_off(context, ecs, key);
            self.instances[key].state = LifecycleState::WarmedStopped;
            self.mark_activity(context, key, SUCCESSFUL);
        }
    }

    /// A stopped instance of the pool boots again.
    pub(super) fn return_from_warm_pool(&mut self, context: &mut Context, key: InstanceKey) {
        let cause = "an instance was started from the warm pool to reach the desired capacity.";
        self.begin_activity(context, key, "Launching a new", cause);
        self.instances[key].state = LifecycleState::Pending;
        self.boot(context, key);
        self.launch_held(context, key, Transition::LeavePool);
    }

    pub(super) fn stopped_warm_instance(&self, key: GroupKey) -> Option<InstanceKey> {
        let mut members = self.groups[key].members.iter().copied();
        members.find(|m| self.instances[*m].state == LifecycleState::WarmedStopped)
    }
}
