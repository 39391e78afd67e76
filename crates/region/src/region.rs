//! The simulated region as a whole: the services, the delivery of its messages, and a count
//! of every call.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::digest::Digest;
use crate::journal::Journal;
use crate::oracle::Oracle;
use region_core::Time;
use region_core::api::{Api, ApiError, Call};
use region_messaging::{self as messaging, Invocation, Messaging};
use region_services::{self as services, Control, HookResult, PutLifecycleHook, Services};
use region_wiring::LifecycleHookSpec;
use region_wiring::Wiring;

/// How the simulated region behaves.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Delays and limits of what AWS runs.
    pub services: services::Settings,
    /// Delays and duplicates of messages.
    pub messaging: messaging::Settings,
}

/// A passive observer of a simulated region, such as a further oracle.
pub trait Witness: fmt::Debug + Send {
    /// Called after every event and every call.
    fn observe(&mut self, now: Time, services: &Services, messaging: &Messaging);
    /// Called after a fault was injected.
    fn struck(&mut self, now: Time);
}

/// A simulated region.
#[derive(Debug)]
pub struct Region {
    services: Services,
    messaging: Messaging,
    hooks: Vec<LifecycleHookSpec>,
    calls: BTreeMap<String, u64>,
    journal: Option<Journal>,
    digest: Option<Digest>,
    oracle: Option<Oracle>,
    witness: Option<Box<dyn Witness>>,
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
            journal: None,
            digest: None,
            oracle: None,
            witness: None,
        }
    }

    /// Start a journal.
    pub fn keep_journal(&mut self) {
        self.journal = Some(Journal::default());
    }

    /// The journal, if one is kept.
    pub fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Start a digest of all calls.
    pub fn keep_digest(&mut self) {
        self.digest = Some(Digest::default());
    }

    /// The digest of all calls, if one is kept.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Have `oracle` check every event and call from now on.
    pub fn watch(&mut self, oracle: Oracle) {
        self.oracle = Some(oracle);
    }

    /// Have `witness` observe every event and call from now on.
    pub fn attend(&mut self, witness: Box<dyn Witness>) {
        self.witness = Some(witness);
    }

    /// The oracle, if there is one.
    pub fn oracle(&self) -> Option<&Oracle> {
        self.oracle.as_ref()
    }

    /// The oracle, for tests that change its rules.
    pub fn oracle_mut(&mut self) -> Option<&mut Oracle> {
        self.oracle.as_mut()
    }

    /// When the next scheduled event is due.
    pub fn next_due(&self) -> Option<Time> {
        [self.services.next_due(), self.messaging.next_due()].into_iter().flatten().min()
    }

    /// Run everything that is due at or before `now`, each at its own time.
    pub fn advance(&mut self, now: Time) {
        while let Some(due) = self.next_due().filter(|due| *due < now) {
            self.step(due);
        }
        self.step(now);
    }

    fn step(&mut self, now: Time) {
        self.services.advance(now);
        self.send_out(now);
        self.messaging.advance(now);
        self.observe(now);
    }

    fn send_out(&mut self, now: Time) {
        for effect in self.services.take_effects() {
            if let Some(journal) = &mut self.journal {
                journal.effect(now, &effect);
            }
            self.messaging.accept(now, effect);
        }
    }

    fn observe(&mut self, now: Time) {
        for fault in self.messaging.take_struck() {
            self.struck(now, fault);
        }
        if let Some(oracle) = &mut self.oracle {
            oracle.check(now, &self.services, &self.messaging);
        }
        if let Some(witness) = &mut self.witness {
            witness.observe(now, &self.services, &self.messaging);
        }
    }

    /// Report an injected fault to the oracle, the witness and the journal.
    pub fn struck(&mut self, now: Time, what: String) {
        if let Some(oracle) = &mut self.oracle {
            oracle.struck(now);
        }
        if let Some(witness) = &mut self.witness {
            witness.struck(now);
        }
        if let Some(journal) = &mut self.journal {
            journal.record(now, format!("FAULT: {what}"));
        }
    }

    /// Add a line to the journal, if one is kept.
    pub fn remark(&mut self, now: Time, what: String) {
        if let Some(journal) = &mut self.journal {
            journal.record(now, what);
        }
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
        let call = Call { api, operation: operation.to_owned(), input: input.clone() };
        self.answer(now, &call)
    }

    /// Answer one decoded API call, and count it.
    ///
    /// # Errors
    /// The error that AWS returns for this call.
    pub fn answer(&mut self, now: Time, call: &Call) -> Result<Value, ApiError> {
        let before = self.oracle.as_ref().map(|oracle| oracle.before(&self.services, call));
        let (operation, input) = (call.operation.as_str(), &call.input);
        let answer = match call.api {
            Api::Sns => self.messaging.call_sns(now, operation, input),
            api => self.services.call(now, api, operation, input),
        };
        self.count(now, call, &answer);
        if let (Some(oracle), Some(before)) = (&mut self.oracle, before) {
            oracle.after(now, call, before, &answer);
        }
        self.send_out(now);
        self.observe(now);
        answer
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
        if let Some(digest) = &mut self.digest {
            digest.call(now, call, answer);
        }
        if let Some(journal) = &mut self.journal {
            journal.call(now, &call.operation, &call.input, answer);
        }
    }

    /// Carry out an action of the test itself. It does not count as an API call.
    ///
    /// # Errors
    /// When the present state does not allow the action.
    pub fn control(&mut self, now: Time, control: Control) -> Result<Value, ApiError> {
        if let Some(journal) = &mut self.journal {
            journal.record(now, format!("{control:?}"));
        }
        if let Some(oracle) = &mut self.oracle {
            oracle.control(now, &self.services, &control);
        }
        let done = self.services.control(now, control);
        self.send_out(now);
        self.observe(now);
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
            let hook = PutLifecycleHook {
                group: hook.group,
                name: hook.name,
                heartbeat_seconds: hook.heartbeat_seconds.into(),
                default_result,
                topic_arn: hook.topic_arn,
                metadata: hook.metadata,
            };
            self.control(now, Control::PutLifecycleHook(hook))?;
        }
        Ok(())
    }

    /// Take the invocations that are due, in the order in which their runs began.
    pub fn take_invocations(&mut self) -> Vec<Invocation> {
        let invocations = self.messaging.take_invocations();
        if let Some(journal) = &mut self.journal {
            invocations.iter().for_each(|invocation| journal.invocation(invocation));
        }
        invocations
    }

    /// End a run with the function's answer; `Err` is a function error.
    pub fn finish(&mut self, now: Time, id: u64, result: Result<Value, String>) {
        if let Some(journal) = &mut self.journal {
            journal.finished(now, id, &result);
        }
        self.messaging.finish(now, id, result);
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
        &mut self.messaging
    }
}
