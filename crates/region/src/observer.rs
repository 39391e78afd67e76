//! Observers of a simulated region: oracles, journals and digests.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use region_core::Time;
use region_core::api::{ApiError, Call, Effect};
use region_messaging::{FunctionError, Invocation, Messaging};
use region_services::{Control, Services};
use serde_json::Value;

/// Sees everything that happens in a region, and changes nothing.
pub trait Observer: fmt::Debug + Send {
    /// A call is about to be carried out.
    fn before_call(&mut self, _now: Time, _services: &Services, _call: &Call) {}

    /// A call was answered. Without [`Self::before_call`] an injected fault answered it, and the
    /// call had no effect.
    fn after_call(&mut self, _now: Time, _call: &Call, _answer: &Result<Value, ApiError>) {}

    /// The state after an event or a call.
    fn state(&mut self, _now: Time, _services: &Services, _messaging: &Messaging) {}

    /// A test is about to change the region from outside.
    fn control(&mut self, _now: Time, _services: &Services, _control: &Control) {}

    /// A fault was injected.
    fn fault(&mut self, _now: Time, _what: &str) {}

    /// A service sent an event or a notification.
    fn sent(&mut self, _now: Time, _effect: &Effect) {}

    /// A function is invoked.
    fn invoked(&mut self, _invocation: &Invocation) {}

    /// The run with this id has ended.
    fn finished(&mut self, _now: Time, _run: u64, _result: &Result<Value, FunctionError>) {}

    /// A test explains what it does.
    fn remark(&mut self, _now: Time, _text: &str) {}
}

/// An observer that a region and a test share.
#[derive(Debug, Default)]
pub struct Shared<O>(Arc<Mutex<O>>);

impl<O> Clone for Shared<O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<O> Shared<O> {
    pub fn new(observer: O) -> Self {
        Self(Arc::new(Mutex::new(observer)))
    }

    pub fn get(&self) -> MutexGuard<'_, O> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Observer> Observer for Shared<O> {
    fn before_call(&mut self, now: Time, services: &Services, call: &Call) {
        self.get().before_call(now, services, call);
    }

    fn after_call(&mut self, now: Time, call: &Call, answer: &Result<Value, ApiError>) {
        self.get().after_call(now, call, answer);
    }

    fn state(&mut self, now: Time, services: &Services, messaging: &Messaging) {
        self.get().state(now, services, messaging);
    }

    fn control(&mut self, now: Time, services: &Services, control: &Control) {
        self.get().control(now, services, control);
    }

    fn fault(&mut self, now: Time, what: &str) {
        self.get().fault(now, what);
    }

    fn sent(&mut self, now: Time, effect: &Effect) {
        self.get().sent(now, effect);
    }

    fn invoked(&mut self, invocation: &Invocation) {
        self.get().invoked(invocation);
    }

    fn finished(&mut self, now: Time, run: u64, result: &Result<Value, FunctionError>) {
        self.get().finished(now, run, result);
    }

    fn remark(&mut self, now: Time, text: &str) {
        self.get().remark(now, text);
    }
}
