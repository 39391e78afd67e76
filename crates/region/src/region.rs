//! The simulated region as a whole: the services, the delivery of its messages, and a count
//! of every call.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::observer::Observer;
use region_core::Time;
use region_core::api::{Api, ApiError, Call};
use region_core::uuids::Uuids;
use region_messaging::{self as messaging, FunctionError, Invocation, Messaging};
use region_services::{
    self as services, Control, HookResult, HookTransition, PutLifecycleHook, Services,
};
use region_wiring::{LifecycleHookSpec, Wiring};

/// How the simulated region behaves.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Delays and limits of what AWS runs.
    pub services: services::Settings,
    /// Delays and duplicates of messages.
    pub messaging: messaging::Settings,
}

/// A simulated region.
#[derive(Debug)]
pub struct Region {
    services: Services,
    messaging: Messaging,
    hooks: Vec<LifecycleHookSpec>,
    calls: BTreeMap<String, u64>,
    request_ids: Uuids,
    observers: Vec<Box<dyn Observer>>,
    /// The time as of which the observers have seen the state, if nothing has changed since.
    settled: Option<Time>,
}

impl Region {
    /// A region with the given wiring that holds only the empty cluster `default`. The same
    /// seed and the same inputs give the same run.
    pub fn new(wiring: Wiring, settings: Settings, seed: u64, now: Time) -> Self {
        Self {
            services: Services::new(settings.services, seed, now),
            hooks: wiring.hooks.clone(),
            messaging: Messaging::new(wiring, settings.messaging, seed, now),
            calls: BTreeMap::new(),
            request_ids: Uuids::new(seed),
            observers: Vec::new(),
            settled: None,
        }
    }

    /// Have `observer` see everything from now on. Observers are called in the order in which they
    /// were added.
    pub fn observe(&mut self, observer: impl Observer + 'static) {
        self.observers.push(Box::new(observer));
        self.settled = None;
    }

    /// When the next scheduled event is due.
    pub fn next_due(&self) -> Option<Time> {
        [self.services.next_due(), self.messaging.next_due()].into_iter().flatten().min()
    }

    /// Run everything that is due at or before `now`, each at its own time.
    pub fn advance(&mut self, now: Time) {
        loop {
            match self.next_due() {
                Some(due) if due < now => self.step(due),
                Some(due) if due == now => return self.step(now),
                _ if self.settled == Some(now) => return,
                _ => return self.step(now),
            }
        }
    }

    fn step(&mut self, now: Time) {
        self.services.advance(now);
        self.send_out(now);
        self.messaging.advance(now);
        self.settle(now);
    }

    fn send_out(&mut self, now: Time) {
        for effect in self.services.take_effects() {
            self.observers.iter_mut().for_each(|observer| observer.sent(now, &effect));
            self.messaging.accept(now, effect);
        }
    }

    fn settle(&mut self, now: Time) {
        for what in self.messaging.take_injected() {
            self.inject(now, &what);
        }
        for observer in &mut self.observers {
            observer.state(now, &self.services, &self.messaging);
        }
        self.settled = Some(now);
    }

    /// Tell the observers of an injected fault.
    pub fn inject(&mut self, now: Time, what: &str) {
        self.observers.iter_mut().for_each(|observer| observer.fault(now, what));
    }

    /// Tell the observers what a test does.
    pub fn remark(&mut self, now: Time, text: &str) {
        self.observers.iter_mut().for_each(|observer| observer.remark(now, text));
    }

    /// Answer one API call, and count it.
    ///
    /// # Errors
    /// The error that AWS returns for this call.
    pub fn call(
        &mut self,
        now: Time,
        api: Api,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let call = Call::new(api, operation, input.clone());
        self.answer(now, &call)
    }

    /// Answer one decoded API call, and count it.
    ///
    /// # Errors
    /// The error that AWS returns for this call.
    pub fn answer(&mut self, now: Time, call: &Call) -> Result<Value, ApiError> {
        for observer in &mut self.observers {
            observer.before_call(now, &self.services, call);
        }
        let (operation, input) = (call.operation.as_str(), &call.input);
        let answer = match call.api {
            Api::Sns => self.messaging.call_sns(now, call),
            api => self.services.call(now, api, operation, input),
        };
        self.count(now, call, &answer);
        self.send_out(now);
        self.settle(now);
        answer
    }

    /// Forget the calls so far, for example those of a deployment.
    pub fn forget_calls(&mut self) {
        self.calls.clear();
    }

    /// Count an API call and answer `instead`, without carrying it out.
    ///
    /// # Errors
    /// `instead`, if that is an error.
    pub fn refuse(
        &mut self,
        now: Time,
        call: &Call,
        instead: Result<Value, ApiError>,
    ) -> Result<Value, ApiError> {
        self.count(now, call, &instead);
        instead
    }

    fn count(&mut self, now: Time, call: &Call, answer: &Result<Value, ApiError>) {
        *self.calls.entry(call.operation.clone()).or_default() += 1;
        self.observers.iter_mut().for_each(|observer| observer.after_call(now, call, answer));
    }

    /// Carry out an action of the test itself. It does not count as an API call.
    ///
    /// # Errors
    /// When the present state does not allow the action.
    pub fn control(&mut self, now: Time, control: Control) -> Result<Value, ApiError> {
        for observer in &mut self.observers {
            observer.control(now, &self.services, &control);
        }
        let done = self.services.control(now, control);
        self.send_out(now);
        self.settle(now);
        done
    }

    /// Create the lifecycle hooks of the template on their groups.
    ///
    /// # Errors
    /// A hook whose group does not exist.
    pub fn put_hooks(&mut self, now: Time) -> Result<(), ApiError> {
        for hook in self.hooks.clone() {
            let default_result = match hook.default_result.as_str() {
                "CONTINUE" => HookResult::Continue,
                _ => HookResult::Abandon,
            };
            let transition = match hook.transition.as_str() {
                "autoscaling:EC2_INSTANCE_LAUNCHING" => HookTransition::Launching,
                _ => HookTransition::Terminating,
            };
            let hook = PutLifecycleHook {
                group: hook.group,
                name: hook.name,
                transition,
                heartbeat_seconds: hook.heartbeat_seconds.into(),
                default_result,
                topic_arn: hook.topic_arn,
                role_arn: hook.role_arn,
                metadata: hook.metadata,
            };
            self.control(now, Control::PutLifecycleHook(hook))?;
        }
        Ok(())
    }

    /// Take the invocations that are due, in the order in which their runs began.
    pub fn take_invocations(&mut self) -> Vec<Invocation> {
        let invocations = self.messaging.take_invocations();
        for observer in &mut self.observers {
            invocations.iter().for_each(|invocation| observer.invoked(invocation));
        }
        invocations
    }

    /// End a run with the function's answer.
    pub fn finish(&mut self, now: Time, id: u64, result: Result<Value, FunctionError>) {
        self.observers.iter_mut().for_each(|observer| observer.finished(now, id, &result));
        self.messaging.finish(now, id, result);
        self.settled = None;
    }

    /// The id of the next request.
    pub(crate) fn next_request_id(&mut self) -> String {
        self.request_ids.draw()
    }

    /// The number of calls of each operation.
    pub fn calls(&self) -> &BTreeMap<String, u64> {
        &self.calls
    }

    /// What AWS runs.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// The delivery services.
    pub fn messaging(&self) -> &Messaging {
        &self.messaging
    }

    /// The delivery services, for tests that send messages of their own.
    pub fn messaging_mut(&mut self) -> &mut Messaging {
        self.settled = None;
        &mut self.messaging
    }
}
