//! The termination of an instance: hooks hold it, heartbeats extend the wait, and results or
//! timeouts release it.

use super::AutoScaling;
use super::action::Action;
use super::activities::{CANCELLED, IN_PROGRESS, SUCCESSFUL, WAITING};
use super::due::Due;
use super::error::validation;
use super::state::{LifecycleState, Transition};
use crate::arena::InstanceKey;
use crate::context::Context;
use crate::ecs::Ecs;
use crate::error::refused;
use region_core::api::ApiError;

impl AutoScaling {
    /// Begin a transition: all terminating hooks of the group hold the instance at once.
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
        };
        self.begin_activity(context, key, verb, cause);
        let machine = &mut self.instances[key];
        machine.transition = transition;
        machine.state = transition.wait();
        machine.first_action = machine.actions.len();
        let group = &self.groups[machine.group];
        let hooks: Vec<_> = group.hooks.values().cloned().collect();
        if !hooks.is_empty() {
            self.mark_activity(context, key, WAITING);
        }
        for hook in &hooks {
            let token = context.uuid();
            let action = Action::new(hook, token.clone(), context.now);
            let expires_at = action.expires_at();
            let machine = &mut self.instances[key];
            machine.actions.push(action);
            let place = machine.actions.len() - 1;
            context.at(expires_at, Due::HookTimeout(key, place));
            self.announce_action(context, key, hook, &token);
        }
        self.proceed(context, ecs, key);
    }

    /// Continue the transition if no hook holds the instance any more.
    pub(super) fn proceed(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        let machine = &mut self.instances[key];
        let run = || machine.actions.iter().skip(machine.first_action);
        if run().any(|action| action.ended.is_none()) {
            return;
        }
        let abandoned = run().any(Action::abandoned);
        let group = machine.group;
        let retain = self.groups[group].retain_on_abandon;
        let ends = matches!(machine.transition, Transition::Terminate | Transition::Warm);
        if abandoned && retain && ends {
            machine.state = LifecycleState::TerminatingRetained;
            self.mark_activity(context, key, CANCELLED);
            self.reconcile(context, ecs, group);
            return;
        }
        // The warm pool takes no instance whose hook was abandoned, nor a machine that is gone.
        if machine.transition == Transition::Warm && (abandoned || machine.terminated_at.is_some())
        {
            machine.transition = Transition::Terminate;
        }
        let transition = machine.transition;
        machine.state = transition.proceed();
        let group = &self.groups[group];
        let (boot, register) = (group.boot_seconds, group.registration_seconds);
        let shutdown = context.settings.shutdown_seconds;
        self.mark_activity(context, key, IN_PROGRESS);
        match transition {
            Transition::Terminate | Transition::TerminateWarm => {
                self.end_machine(context, ecs, key);
                context.after(shutdown, Due::Terminated(key));
            }
            Transition::Warm => {
                self.power_off(context, ecs, key);
                context.after(shutdown, Due::Warmed(key));
            }
            Transition::ReplaceRootVolume => {
                self.power_off(context, ecs, key);
                self.instances[key].on = true;
                context.after(boot, Due::InService(key));
                context.after(boot + register, Due::Agent(key));
            }
        }
    }

    /// A boot is over.
    pub(super) fn in_service(&mut self, context: &Context, key: InstanceKey) {
        let now = context.now;
        let machine = &mut self.instances[key];
        let booting = [LifecycleState::Pending, LifecycleState::ReplacingRootVolumeProceed];
        if machine.on && booting.contains(&machine.state) {
            machine.state = LifecycleState::InService;
            machine.warming_since = Some(now);
            self.mark_activity(context, key, SUCCESSFUL);
        }
    }

    /// Begin to replace the root volume of an instance in service.
    ///
    /// # Errors
    /// When there is no such instance, or it is in another state.
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

    /// An ending instance is gone for its group too.
    pub(super) fn terminated(&mut self, context: &Context, key: InstanceKey) {
        self.mark_activity(context, key, SUCCESSFUL);
        let machine = &mut self.instances[key];
        machine.state = LifecycleState::Terminated;
        let group = machine.group;
        self.groups[group].members.retain(|member| *member != key);
    }

    /// The group finds that an instance is gone and replaces it; the hooks run all the same.
    pub(super) fn unhealthy(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        let machine = &mut self.instances[key];
        machine.healthy = false;
        let group = machine.group;
        let transition = match machine.state {
            LifecycleState::WarmedStopped | LifecycleState::WarmedPendingProceed => {
                Transition::TerminateWarm
            }
            state if state.counts() => Transition::Terminate,
            LifecycleState::TerminatingRetained => return self.terminated(context, key),
            _ => return,
        };
        let cause = "an instance was taken out of service in response to an EC2 health check.";
        self.skip_actions(context, key);
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
        let machine = &self.instances[key];
        let (group, state) = (machine.group, machine.state);
        let transition = match state {
            LifecycleState::WarmedStopped => Transition::TerminateWarm,
            LifecycleState::TerminatingRetained if !decrement => Transition::Terminate,
            state if state.counts() => Transition::Terminate,
            state => {
                let id = &machine.id;
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
        self.skip_actions(context, key);
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
