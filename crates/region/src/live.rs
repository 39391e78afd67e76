//! A simulated region on tokio's clock, which a test can pause to make time virtual.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::protocol::{Answer, Protocol, Request};
use crate::region::Region;
use crate::trace;
use region_core::Time;
use region_core::api::{Api, ApiError, Call};
use region_messaging::{FunctionError, Invocation};

/// A simulated region that runs on a clock. Clones share the region.
#[derive(Debug, Clone)]
pub struct Live {
    region: Arc<Mutex<Region>>,
    woken: Arc<Notify>,
    epoch: Time,
    began: Instant,
}

impl Live {
    /// Run `region`, whose time is `now`, on tokio's clock.
    pub fn new(region: Region, now: Time) -> Self {
        Self {
            region: Arc::new(Mutex::new(region)),
            woken: Arc::new(Notify::new()),
            epoch: now,
            began: Instant::now(),
        }
    }

    /// The time in the region.
    pub fn now(&self) -> Time {
        self.epoch + self.began.elapsed()
    }

    /// Advance the region to now and apply `act`. [`Live::run`] handles the consequences.
    pub fn with<T>(&self, act: impl FnOnce(&mut Region, Time) -> T) -> T {
        let mut region = self.region.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now();
        region.advance(now);
        let done = act(&mut region, now);
        drop(region);
        self.woken.notify_one();
        done
    }

    /// Call AWS; inside a run of a function, as that run.
    ///
    /// # Errors
    /// The error that AWS returns for this call.
    pub fn call(&self, api: Api, operation: &str, input: &Value) -> Result<Value, ApiError> {
        let call = Call { trace: trace::current(), ..Call::new(api, operation, input.clone()) };
        self.with(|region, now| region.answer(now, &call))
    }

    /// Decode a request, answer it by `act`, and encode the answer.
    pub fn answer(
        &self,
        request: &Request<'_>,
        act: impl FnOnce(&mut Region, Time, &Call) -> Result<Value, ApiError>,
    ) -> Answer {
        let protocol = Protocol::of(request);
        let read = protocol.read(request);
        let (id, answer) = self.with(|region, now| {
            let answer = match &read {
                Ok(call) => act(region, now, call),
                Err(unread) => Err(unread.error.clone()),
            };
            (region.next_request_id(), answer)
        });
        protocol.write(request, &id, &read, answer)
    }

    /// Read the region without advancing it.
    pub fn observe<T>(&self, view: impl FnOnce(&Region, Time) -> T) -> T {
        let region = self.region.lock().unwrap_or_else(PoisonError::into_inner);
        view(&region, self.now())
    }

    /// Process due events, and run each invocation by `function` until it answers or its
    /// timeout passes. The future never completes; drop it to stop.
    pub async fn run<F, Running, E>(self, function: F)
    where
        F: Fn(Invocation) -> Running,
        Running: Future<Output = Result<Value, E>> + Send + 'static,
        E: Into<FunctionError> + Send + 'static,
    {
        loop {
            let (due, invocations) = {
                let mut region = self.region.lock().unwrap_or_else(PoisonError::into_inner);
                region.advance(self.now());
                (region.next_due(), region.take_invocations())
            };
            for invocation in invocations {
                let live = self.clone();
                let (id, deadline) = (invocation.id, invocation.deadline);
                let left = live.until(deadline);
                let trace = invocation.trace.clone();
                let running = trace::within(trace, function(invocation));
                tokio::spawn(async move {
                    if let Ok(result) = tokio::time::timeout_at(left, running).await {
                        let result = result.map_err(Into::into);
                        live.with(|region, now| region.finish(now, id, result));
                    }
                });
            }
            let next = self.until(due.unwrap_or_else(|| self.now() + Duration::DAY));
            // Unbiased, `select!` would choose at random, and not by the seed.
            tokio::select! {
                biased;
                () = self.woken.notified() => {}
                () = tokio::time::sleep_until(next) => {}
            }
        }
    }

    /// `time` on tokio's clock.
    fn until(&self, time: Time) -> Instant {
        let span = std::time::Duration::try_from(time - self.epoch).unwrap_or_default();
        self.began + span
    }
}
