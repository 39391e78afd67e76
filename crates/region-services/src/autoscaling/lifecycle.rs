//! The transitions of instances: hooks hold one, and the instance proceeds when all have released
//! it.

use super::AutoScaling;
use super::action::{Action, HookTransition};
use super::activities::{CANCELLED, IN_PROGRESS, SUCCESSFUL, waiting};
use super::due::Due;
use super::error::validation;
use super::state::{LifecycleState, Transition};
use crate::arena::InstanceKey;
use crate::context::Context;
use crate::ecs::Ecs;
use crate::error::refused;
use region_core::api::ApiError;

impl AutoScaling {
    /// Begin a transition out of service: all terminating hooks of the group hold the instance at
    /// once. What it was doing before is over.
    pub(super) fn begin(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        key: InstanceKey,
        transition: Transition,
        cause: &str,
    ) {
        let verb = match transition {
            Transition::Terminate | Transition::TerminateWarm | Transition::Warm => "Terminating",
            Transition::ReplaceRootVolume => "Replacing the root volume of",
            Transition::Launch | Transition::LeavePool => "Launching a new",
        };
        self.skip_actions(context, key);
        self.mark_activity(context, key, CANCELLED);
        self.begin_activity(context, key, verb, cause);
        self.hold(context, key, transition);
        self.proceed(context, ecs, key);
    }

    /// An instance begins to boot into service: the launching hooks of its group hold it, if
    /// there are any (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html>).
    pub(super) fn launch_held(
        &mut self,
        context: &mut Context,
        key: InstanceKey,
        transition: Transition,
    ) {
        let group = &self.groups[self.instances[key].group];
        if group.hooks.values().any(|hook| hook.transition == transition.hooks()) {
            self.hold(context, key, transition);
        }
    }

    fn hold(&mut self, context: &mut Context, key: InstanceKey, transition: Transition) {
        let instance = &mut self.instances[key];
        instance.transition = transition;
        instance.state = transition.wait();
        instance.first_action = instance.actions.len();
        let hooks = self.groups[instance.group].hooks.values();
        let hooks: Vec<_> =
            hooks.filter(|hook| hook.transition == transition.hooks()).cloned().collect();
        if !hooks.is_empty() {
            self.mark_activity(context, key, waiting(transition.hooks()));
        }
        for hook in &hooks {
            let token = context.uuid();
            let action = Action::new(hook, token.clone(), context.now);
            let expires_at = action.expires_at();
            let instance = &mut self.instances[key];
            instance.actions.push(action);
            let place = instance.actions.len() - 1;
            context.at(expires_at, Due::HookTimeout(key, place));
            self.announce_action(context, key, hook, &token);
        }
    }

    /// Continue the transition if no hook holds the instance any more.
    pub(super) fn proceed(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        let instance = &mut self.instances[key];
        let actions = || instance.actions.iter().skip(instance.first_action);
        if actions().any(|action| action.ended.is_none()) {
            return;
        }
        let abandoned = actions().any(Action::abandoned);
        let group = instance.group;
        if instance.transition.hooks() == HookTransition::Launching {
            return self.launched(context, ecs, key, abandoned);
        }
        let retain = self.groups[group].retain_on_abandon;
        let ends = matches!(instance.transition, Transition::Terminate | Transition::Warm);
        if abandoned && retain && ends {
            instance.state = LifecycleState::TerminatingRetained;
            self.mark_activity(context, key, CANCELLED);
            self.reconcile(context, ecs, group);
            return;
        }
        // The warm pool takes no instance whose hook was abandoned, nor a machine that is gone.
        if instance.transition == Transition::Warm
            && (abandoned || instance.terminated_at.is_some())
        {
            instance.transition = Transition::Terminate;
        }
        let transition = instance.transition;
        instance.state = transition.proceed();
        let shutdown = context.settings.shutdown_seconds;
        self.mark_activity(context, key, IN_PROGRESS);
        match transition {
            Transition::Terminate | Transition::TerminateWarm => {
                ecs.release_machine(key);
                context.after(shutdown, Due::Terminated(key));
            }
            Transition::Warm => {
                ecs.release_machine(key);
                context.after(shutdown, Due::Warmed(key));
            }
            Transition::ReplaceRootVolume => {
                self.power_off(context, ecs, key);
                self.boot(context, key);
            }
            Transition::Launch | Transition::LeavePool => {}
        }
    }

    /// The launching hooks have released an instance: it comes into service once it has booted.
    /// Abandoned, it ends and is replaced (API_CompleteLifecycleAction).
    fn launched(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        key: InstanceKey,
        abandoned: bool,
    ) {
        let group = self.instances[key].group;
        if abandoned {
            let cause = "an instance failed to complete the lifecycle action of its launch.";
            self.begin(context, ecs, key, Transition::Terminate, cause);
            return self.reconcile(context, ecs, group);
        }
        let instance = &mut self.instances[key];
        instance.state = instance.transition.proceed();
        let booted = instance.booted;
        self.mark_activity(context, key, IN_PROGRESS);
        if booted {
            self.in_service(context, key);
        }
    }

    /// A boot is over.
    pub(super) fn booted(&mut self, context: &Context, key: InstanceKey) {
        self.instances[key].booted = true;
        self.in_service(context, key);
    }

    /// The instance comes into service, unless a launching hook holds it.
    pub(super) fn in_service(&mut self, context: &Context, key: InstanceKey) {
        let now = context.now;
        let instance = &mut self.instances[key];
        let booting = [
            LifecycleState::Pending,
            LifecycleState::PendingProceed,
            LifecycleState::ReplacingRootVolumeProceed,
        ];
        if instance.on && booting.contains(&instance.state) {
            instance.state = LifecycleState::InService;
            instance.warming_since = Some(now);
            self.mark_activity(context, key, SUCCESSFUL);
        }
    }

    /// Begin to replace the root volume of an instance in service.
    ///
    /// # Errors
    /// The instance does not exist, or is in another state.
    pub(crate) fn replace_root_volume(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        id: &str,
    ) -> Result<(), ApiError> {
        let key = self.instance_in(id, LifecycleState::InService)?;
        let cause = "an instance refresh replaced a root volume.";
        self.begin(context, ecs, key, Transition::ReplaceRootVolume, cause);
        Ok(())
    }

    pub(super) fn instance_in(
        &self,
        id: &str,
        state: LifecycleState,
    ) -> Result<InstanceKey, ApiError> {
        let key = self.instance_named(id)?;
        let actual = self.instances[key].state;
        if actual == state {
            return Ok(key);
        }
        Err(refused(&format!("the instance is {}, not {}", actual.as_str(), state.as_str())))
    }

    /// The instance has shut down, and is gone for its group too.
    pub(super) fn terminated(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        self.end_machine(context, ecs, key);
        self.mark_activity(context, key, SUCCESSFUL);
        let instance = &mut self.instances[key];
        instance.state = LifecycleState::Terminated;
        let group = instance.group;
        self.groups[group].members.retain(|member| *member != key);
        self.end_deletion(group);
    }

    /// The group finds that an instance is gone and replaces it; the hooks run all the same.
    pub(super) fn unhealthy(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        let instance = &mut self.instances[key];
        instance.healthy = false;
        let group = instance.group;
        let transition = match instance.state {
            LifecycleState::WarmedStopped | LifecycleState::WarmedPendingProceed => {
                Transition::TerminateWarm
            }
            state if state.counts() => Transition::Terminate,
            LifecycleState::TerminatingRetained => return self.terminated(context, ecs, key),
            _ => return,
        };
        let cause = "an instance was taken out of service in response to an EC2 health check.";
        self.begin(context, ecs, key, transition, cause);
        self.reconcile(context, ecs, group);
    }

    /// Terminate an instance through its group (TerminateInstanceInAutoScalingGroup).
    ///
    /// # Errors
    /// `ValidationError` when it is ending already, or the decrement is not possible.
    pub(crate) fn terminate(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        key: InstanceKey,
        decrement: bool,
    ) -> Result<(), ApiError> {
        let instance = &self.instances[key];
        let (group, state) = (instance.group, instance.state);
        let transition = match state {
            LifecycleState::WarmedStopped => Transition::TerminateWarm,
            LifecycleState::TerminatingRetained if !decrement => Transition::Terminate,
            state if state.counts() => Transition::Terminate,
            state => {
                let id = &instance.id;
                let text =
                    format!("The instance {id} is in {} and cannot be terminated.", state.as_str());
                return Err(validation(text));
            }
        };
        if decrement && state.counts() {
            let group = &mut self.groups[group];
            if group.desired <= group.min {
                return Err(validation(
                    "Currently, desiredSize equals minSize. Terminating instance without replacement \
                     will violate group's min size constraint.",
                ));
            }
            group.desired -= 1;
        }
        self.begin(
            context,
            ecs,
            key,
            transition,
            "an instance was taken out of service in response to a user request.",
        );
        self.reconcile(context, ecs, group);
        Ok(())
    }
}
