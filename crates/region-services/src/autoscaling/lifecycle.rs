//! The termination of an instance: hooks hold it, heartbeats extend the wait, and results or
//! timeouts release it.

use super::activities::{CANCELLED, IN_PROGRESS, SUCCESSFUL, WAITING};
use super::capacity::validation;
use super::model::{Action, ActionEnd, Errand, Hook, HookResult, LifecycleState};
use crate::Services;
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Due;
use crate::control::LaunchIntoWarmPool;
use region_core::api::ApiError;

impl Services {
    /// Begin a transition: all terminating hooks of the group hold the instance at once.
    pub(crate) fn begin(&mut self, key: InstanceKey, errand: Errand, cause: &str) {
        let verb = match errand {
            Errand::Terminate | Errand::TerminateWarm | Errand::Warm => "Terminating",
            Errand::ReplaceRootVolume => "Replacing the root volume of",
        };
        self.begin_activity(key, verb, cause);
        let machine = &mut self.auto_scaling.instances[key];
        machine.errand = errand;
        machine.state = errand.wait();
        machine.run = machine.actions.len();
        let group = &self.auto_scaling.groups[machine.group];
        let hooks: Vec<_> = group.hooks.values().cloned().collect();
        if !hooks.is_empty() {
            self.mark_activity(key, WAITING);
        }
        for hook in &hooks {
            let token = self.context.uuid();
            let action = Action::new(hook, token.clone(), self.context.now);
            let expires_at = action.expires_at();
            let machine = &mut self.auto_scaling.instances[key];
            machine.actions.push(action);
            let place = machine.actions.len() - 1;
            self.context.agenda.at(expires_at, Due::HookTimeout(key, place));
            self.tell_of_action(key, hook, &token);
        }
        self.let_go(key);
    }

    /// Continue the transition if no hook holds the instance any more.
    fn let_go(&mut self, key: InstanceKey) {
        let machine = &mut self.auto_scaling.instances[key];
        let run = || machine.actions.iter().skip(machine.run);
        if run().any(|action| action.ended.is_none()) {
            return;
        }
        let abandoned = run().any(Action::abandoned);
        let group = machine.group;
        let retain = self.auto_scaling.groups[group].retain_on_abandon;
        let ends = matches!(machine.errand, Errand::Terminate | Errand::Warm);
        if abandoned && retain && ends {
            machine.state = LifecycleState::TerminatingRetained;
            self.mark_activity(key, CANCELLED);
            self.reconcile(group);
            return;
        }
        // The warm pool takes no instance whose hook was abandoned, nor a machine that is gone.
        if machine.errand == Errand::Warm && (abandoned || machine.terminated_at.is_some()) {
            machine.errand = Errand::Terminate;
        }
        let errand = machine.errand;
        machine.state = errand.proceed();
        let group = &self.auto_scaling.groups[group];
        let (boot, register) = (group.boot_seconds, group.registration_seconds);
        let shutdown = self.context.settings.shutdown_seconds;
        self.mark_activity(key, IN_PROGRESS);
        match errand {
            Errand::Terminate | Errand::TerminateWarm => {
                self.end(key);
                self.context.after(shutdown, Due::Terminated(key));
            }
            Errand::Warm => {
                self.halt(key);
                self.context.after(shutdown, Due::Warmed(key));
            }
            Errand::ReplaceRootVolume => {
                self.halt(key);
                self.auto_scaling.instances[key].on = true;
                self.context.after(boot, Due::InService(key));
                self.context.after(boot + register, Due::Agent(key));
            }
        }
    }

    /// Answer a lifecycle action of an instance.
    pub(super) fn complete(&mut self, (key, place): (InstanceKey, usize), result: HookResult) {
        self.end_action(key, place, ActionEnd::Completed(result));
    }

    /// Restart the timer of a lifecycle action: the heartbeat is not added to what is left.
    pub(super) fn heartbeat(&mut self, (key, place): (InstanceKey, usize)) {
        let now = self.context.now;
        let actions = &mut self.auto_scaling.instances[key].actions;
        let Some(action) = actions.get_mut(place) else { return };
        action.last_heartbeat = now;
        let expires_at = action.expires_at();
        self.context.agenda.at(expires_at, Due::HookTimeout(key, place));
    }

    /// Time out a lifecycle action, unless a heartbeat has extended it since.
    pub(crate) fn hook_timeout(&mut self, key: InstanceKey, place: usize) {
        let Some(action) = self.auto_scaling.instances[key].actions.get(place) else { return };
        if action.ended.is_some() || action.expires_at() > self.context.now {
            return;
        }
        let end = match action.global_end <= self.context.now {
            true => ActionEnd::GlobalTimeout,
            false => ActionEnd::HeartbeatTimeout,
        };
        self.end_action(key, place, end);
    }

    fn end_action(&mut self, key: InstanceKey, place: usize, end: ActionEnd) {
        let now = self.context.now;
        let machine = &mut self.auto_scaling.instances[key];
        let Some(action) = machine.actions.get_mut(place) else { return };
        action.ended = Some((now, end));
        if action.abandoned() {
            let others = machine.actions.iter_mut().skip(machine.run);
            for action in others.filter(|action| action.ended.is_none()) {
                action.ended = Some((now, ActionEnd::Skipped));
            }
        }
        self.let_go(key);
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
        let found = self.auto_scaling.groups[group].members.iter().find_map(|key| {
            let machine = &self.auto_scaling.instances[*key];
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
    pub(crate) fn in_service(&mut self, key: InstanceKey) {
        let now = self.context.now;
        let machine = &mut self.auto_scaling.instances[key];
        let booting = [LifecycleState::Pending, LifecycleState::ReplacingRootVolumeProceed];
        if machine.on && booting.contains(&machine.state) {
            machine.state = LifecycleState::InService;
            machine.warming_since = Some(now);
            self.mark_activity(key, SUCCESSFUL);
        }
    }

    /// Launch an instance that a foreign launch hook holds on its way into the warm pool, until
    /// that hook times out.
    ///
    /// # Errors
    /// When the group does not exist, or has no warm pool.
    pub(crate) fn launch_into_warm_pool(
        &mut self,
        order: &LaunchIntoWarmPool,
    ) -> Result<InstanceKey, ApiError> {
        let group = self.group_named(&order.group)?;
        if !self.auto_scaling.groups[group].reuse_on_scale_in {
            return Err(validation(format!("{} has no warm pool", order.group)));
        }
        let key = self.launch(group, false);
        let hook = Hook {
            name: "launch".to_owned(),
            heartbeat_seconds: order.held_seconds,
            default_result: HookResult::Continue,
            topic_arn: None,
            metadata: None,
        };
        let action = Action::new(&hook, self.context.uuid(), self.context.now);
        self.context.agenda.at(action.expires_at(), Due::HookTimeout(key, 0));
        let machine = &mut self.auto_scaling.instances[key];
        machine.state = LifecycleState::WarmedPendingWait;
        machine.errand = Errand::Warm;
        machine.actions.push(action);
        Ok(key)
    }

    /// A pooled instance has stopped.
    pub(crate) fn warmed(&mut self, key: InstanceKey) {
        let machine = &mut self.auto_scaling.instances[key];
        if machine.state == LifecycleState::WarmedPendingProceed {
            machine.state = LifecycleState::WarmedStopped;
            self.mark_activity(key, SUCCESSFUL);
        }
    }

    /// A stopped instance of the pool boots again.
    pub(crate) fn return_from_warm_pool(&mut self, key: InstanceKey) {
        let cause = "an instance was started from the warm pool to reach the desired capacity.";
        self.begin_activity(key, "Launching a new", cause);
        let machine = &mut self.auto_scaling.instances[key];
        machine.state = LifecycleState::Pending;
        machine.on = true;
        let group = &self.auto_scaling.groups[machine.group];
        let (boot, register) = (group.boot_seconds, group.registration_seconds);
        self.context.after(boot, Due::InService(key));
        self.context.after(boot + register, Due::Agent(key));
    }

    /// An ending instance is gone for its group too.
    pub(crate) fn terminated(&mut self, key: InstanceKey) {
        self.mark_activity(key, SUCCESSFUL);
        let machine = &mut self.auto_scaling.instances[key];
        machine.state = LifecycleState::Terminated;
        let group = machine.group;
        self.auto_scaling.groups[group].members.retain(|member| *member != key);
    }

    /// The group finds that an instance is gone and replaces it; the hooks run all the same.
    pub(crate) fn unhealthy(&mut self, key: InstanceKey) {
        let machine = &mut self.auto_scaling.instances[key];
        machine.healthy = false;
        let group = machine.group;
        let errand = match machine.state {
            LifecycleState::WarmedStopped | LifecycleState::WarmedPendingProceed => {
                Errand::TerminateWarm
            }
            state if state.counts() => Errand::Terminate,
            LifecycleState::TerminatingRetained => return self.terminated(key),
            _ => return,
        };
        let cause = "an instance was taken out of service in response to an EC2 health check.";
        self.skip_actions(key);
        self.begin(key, errand, cause);
        self.reconcile(group);
    }

    fn skip_actions(&mut self, key: InstanceKey) {
        let now = self.context.now;
        for action in &mut self.auto_scaling.instances[key].actions {
            action.ended.get_or_insert((now, ActionEnd::Skipped));
        }
    }

    /// Terminate an instance through its group (TerminateInstanceInAutoScalingGroup).
    ///
    /// # Errors
    /// `ValidationError` when it is ending already, or the decrement is not possible.
    pub(crate) fn terminate(&mut self, key: InstanceKey, decrement: bool) -> Result<(), ApiError> {
        let machine = &self.auto_scaling.instances[key];
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
            let group = &mut self.auto_scaling.groups[group];
            if group.desired <= group.min {
                return Err(validation(
                    "Currently, desiredSize equals minSize. Terminating instance without replacement \
                     will violate group's min size constraint.",
                ));
            }
            group.desired -= 1;
        }
        self.skip_actions(key);
        self.begin(
            key,
            errand,
            "an instance was taken out of service in response to a user request.",
        );
        self.reconcile(group);
        Ok(())
    }
}
