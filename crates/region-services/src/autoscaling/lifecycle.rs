//! The termination of an instance: hooks hold it, heartbeats extend the wait, and results or
//! timeouts release it.

use super::AutoScaling;
use super::activities::{CANCELLED, IN_PROGRESS, SUCCESSFUL, WAITING};
use super::capacity::validation;
use super::due::Due;
use super::model::{Action, ActionEnd, Errand, Hook, HookResult, LifecycleState};
use super::parameters::LaunchIntoWarmPool;
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use crate::ecs::Ecs;
use crate::error::refused;
use region_core::api::ApiError;

impl AutoScaling {
    /// Begin a transition: all terminating hooks of the group hold the instance at once.
    pub(crate) fn begin(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        key: InstanceKey,
        errand: Errand,
        cause: &str,
    ) {
        let verb = match errand {
            Errand::Terminate | Errand::TerminateWarm | Errand::Warm => "Terminating",
            Errand::ReplaceRootVolume => "Replacing the root volume of",
        };
        self.begin_activity(context, key, verb, cause);
        let machine = &mut self.instances[key];
        machine.errand = errand;
        machine.state = errand.wait();
        machine.run = machine.actions.len();
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
            self.tell_of_action(context, key, hook, &token);
        }
        self.let_go(context, ecs, key);
    }

    /// Continue the transition if no hook holds the instance any more.
    fn let_go(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        let machine = &mut self.instances[key];
        let run = || machine.actions.iter().skip(machine.run);
        if run().any(|action| action.ended.is_none()) {
            return;
        }
        let abandoned = run().any(Action::abandoned);
        let group = machine.group;
        let retain = self.groups[group].retain_on_abandon;
        let ends = matches!(machine.errand, Errand::Terminate | Errand::Warm);
        if abandoned && retain && ends {
            machine.state = LifecycleState::TerminatingRetained;
            self.mark_activity(context, key, CANCELLED);
            self.reconcile(context, ecs, group);
            return;
        }
        // The warm pool takes no instance whose hook was abandoned, nor a machine that is gone.
        if machine.errand == Errand::Warm && (abandoned || machine.terminated_at.is_some()) {
            machine.errand = Errand::Terminate;
        }
        let errand = machine.errand;
        machine.state = errand.proceed();
        let group = &self.groups[group];
        let (boot, register) = (group.boot_seconds, group.registration_seconds);
        let shutdown = context.settings.shutdown_seconds;
        self.mark_activity(context, key, IN_PROGRESS);
        match errand {
            Errand::Terminate | Errand::TerminateWarm => {
                self.end_machine(context, ecs, key);
                context.after(shutdown, Due::Terminated(key));
            }
            Errand::Warm => {
                self.power_off(context, ecs, key);
                context.after(shutdown, Due::Warmed(key));
            }
            Errand::ReplaceRootVolume => {
                self.power_off(context, ecs, key);
                self.instances[key].on = true;
                context.after(boot, Due::InService(key));
                context.after(boot + register, Due::Agent(key));
            }
        }
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
    pub(crate) fn hook_timeout(
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
        let machine = &mut self.instances[key];
        let Some(action) = machine.actions.get_mut(place) else { return };
        action.ended = Some((now, end));
        if action.abandoned() {
            let others = machine.actions.iter_mut().skip(machine.run);
            for action in others.filter(|action| action.ended.is_none()) {
                action.ended = Some((now, ActionEnd::Skipped));
            }
        }
        self.let_go(context, ecs, key);
    }

    /// The action under way in a group that a call means: by token, or else by instance.
    ///
    /// # Errors
    /// `ValidationError` in AWS's words when there is none.
    pub(super) fn action_of(
        &self,
        group: GroupKey,
        hook: &str,
        token: Option<&str>,
        instance: Option<&str>,
    ) -> Result<(InstanceKey, usize), ApiError> {
        let by = match (token, instance) {
            (Some(token), _) => format!("token {token}"),
            (None, Some(instance)) => format!("instance ID {instance}"),
            (None, None) => {
                return Err(validation("Either a LifecycleActionToken or an InstanceId is needed"));
            }
        };
        let found = self.groups[group].members.iter().find_map(|key| {
            let machine = &self.instances[*key];
            if instance.is_some_and(|id| machine.id != id) {
                return None;
            }
            let place = machine.actions.iter().position(|action| {
                action.ended.is_none()
                    && action.hook == hook
                    && token.is_none_or(|token| action.token == token)
            });
            Some((*key, place?))
        });
        found.ok_or_else(|| validation(format!("No active Lifecycle Action found with {by}")))
    }

    /// A boot is over.
    pub(crate) fn in_service(&mut self, context: &Context, key: InstanceKey) {
        let now = context.now;
        let machine = &mut self.instances[key];
        let booting = [LifecycleState::Pending, LifecycleState::ReplacingRootVolumeProceed];
        if machine.on && booting.contains(&machine.state) {
            machine.state = LifecycleState::InService;
            machine.warming_since = Some(now);
            self.mark_activity(context, key, SUCCESSFUL);
        }
    }

    /// Launch an instance that a foreign launch hook holds on its way into the warm pool, until
    /// that hook times out.
    ///
    /// # Errors
    /// When the group does not exist, or has no warm pool.
    pub(crate) fn launch_into_warm_pool(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        order: &LaunchIntoWarmPool,
    ) -> Result<String, ApiError> {
        let group = self.group_named(&order.group)?;
        if !self.groups[group].reuse_on_scale_in {
            return Err(validation(format!("{} has no warm pool", order.group)));
        }
        let key = self.launch(context, ecs, group, false);
        let hook = Hook {
            name: "launch".to_owned(),
            heartbeat_seconds: order.held_seconds,
            default_result: HookResult::Continue,
            topic_arn: None,
            metadata: None,
        };
        let action = Action::new(&hook, context.uuid(), context.now);
        context.at(action.expires_at(), Due::HookTimeout(key, 0));
        let machine = &mut self.instances[key];
        machine.state = LifecycleState::WarmedPendingWait;
        machine.errand = Errand::Warm;
        machine.actions.push(action);
        Ok(machine.id.clone())
    }

    /// Start a stopped instance of the warm pool.
    ///
    /// # Errors
    /// When there is no such instance, or it is in another state.
    pub(crate) fn start_from_warm_pool(
        &mut self,
        context: &mut Context,
        id: &str,
    ) -> Result<(), ApiError> {
        let key = self.instance_in(id, LifecycleState::WarmedStopped)?;
        self.return_from_warm_pool(context, key);
        Ok(())
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
        self.begin(context, ecs, key, Errand::ReplaceRootVolume, cause);
        Ok(())
    }

    fn instance_in(&self, id: &str, state: LifecycleState) -> Result<InstanceKey, ApiError> {
        let key = self.instance_named(id)?;
        let actual = self.instances[key].state;
        if actual == state {
            return Ok(key);
        }
        Err(refused(&format!("the instance is {}, not {}", actual.as_str(), state.as_str())))
    }

    /// A pooled instance has stopped.
    pub(crate) fn warmed(&mut self, context: &Context, key: InstanceKey) {
        let machine = &mut self.instances[key];
        if machine.state == LifecycleState::WarmedPendingProceed {
            machine.state = LifecycleState::WarmedStopped;
            self.mark_activity(context, key, SUCCESSFUL);
        }
    }

    /// A stopped instance of the pool boots again.
    pub(crate) fn return_from_warm_pool(&mut self, context: &mut Context, key: InstanceKey) {
        let cause = "an instance was started from the warm pool to reach the desired capacity.";
        self.begin_activity(context, key, "Launching a new", cause);
        let machine = &mut self.instances[key];
        machine.state = LifecycleState::Pending;
        machine.on = true;
        let group = &self.groups[machine.group];
        let (boot, register) = (group.boot_seconds, group.registration_seconds);
        context.after(boot, Due::InService(key));
        context.after(boot + register, Due::Agent(key));
    }

    /// An ending instance is gone for its group too.
    pub(crate) fn terminated(&mut self, context: &Context, key: InstanceKey) {
        self.mark_activity(context, key, SUCCESSFUL);
        let machine = &mut self.instances[key];
        machine.state = LifecycleState::Terminated;
        let group = machine.group;
        self.groups[group].members.retain(|member| *member != key);
    }

    /// The group finds that an instance is gone and replaces it; the hooks run all the same.
    pub(crate) fn unhealthy(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        let machine = &mut self.instances[key];
        machine.healthy = false;
        let group = machine.group;
        let errand = match machine.state {
            LifecycleState::WarmedStopped | LifecycleState::WarmedPendingProceed => {
                Errand::TerminateWarm
            }
            state if state.counts() => Errand::Terminate,
            LifecycleState::TerminatingRetained => return self.terminated(context, key),
            _ => return,
        };
        let cause = "an instance was taken out of service in response to an EC2 health check.";
        self.skip_actions(context, key);
        self.begin(context, ecs, key, errand, cause);
        self.reconcile(context, ecs, group);
    }

    fn skip_actions(&mut self, context: &Context, key: InstanceKey) {
        let now = context.now;
        for action in &mut self.instances[key].actions {
            action.ended.get_or_insert((now, ActionEnd::Skipped));
        }
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
        let errand = match state {
            LifecycleState::WarmedStopped => Errand::TerminateWarm,
            LifecycleState::TerminatingRetained if !decrement => Errand::Terminate,
            state if state.counts() => Errand::Terminate,
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
            errand,
            "an instance was taken out of service in response to a user request.",
        );
        self.reconcile(context, ecs, group);
        Ok(())
    }
}
