//! A region in time: tokio's own, which a test may pause and so make virtual.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::Time;
use crate::api::ApiError;
use crate::delivery::Invocation;
use crate::region::Region;
use crate::wire::{Answer, Call, Protocol, Request};

/// A region that lives; clones share it.
#[derive(Debug, Clone)]
pub struct Live {
    region: Arc<Mutex<Region>>,
    woken: Arc<Notify>,
    epoch: Time,
    began: Instant,
}

impl Live {
    /// Let `region`, whose time is `now`, live from here on.
    pub fn new(region: Region, now: Time) -> Self {
        Self {
            region: Arc::new(Mutex::new(region)),
            woken: Arc::new(Notify::new()),
            epoch: now,
            began: Instant::now(),
        }
    }

    /// The region's time.
    pub fn now(&self) -> Time {
        self.epoch + self.began.elapsed()
    }

    /// Do something with the region, brought up to now; what that sets off is seen to.
    pub fn with<T>(&self, act: impl FnOnce(&mut Region, Time) -> T) -> T {
        let mut region = self.region.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now();
        region.advance(now);
        let done = act(&mut region, now);
        drop(region);
        self.woken.notify_one();
        done
    }

    /// Answer a request as it comes off a wire, by `act` if it can be read.
    pub fn answer(
        &self,
        request: &Request<'_>,
        act: impl FnOnce(&mut Region, Time, &Call) -> Result<Value, ApiError>,
    ) -> Answer {
        let protocol = Protocol::of(request);
        match protocol.read(request) {
            Ok(call) => {
                let answer = self.with(|region, now| act(region, now, &call));
                protocol.write(call.api, &call.operation, answer)
            }
            Err(error) => protocol.write_unread(error),
        }
    }

    /// Look at the region as it is, setting nothing off.
    pub fn observe<T>(&self, look: impl FnOnce(&Region, Time) -> T) -> T {
        let region = self.region.lock().unwrap_or_else(PoisonError::into_inner);
        look(&region, self.now())
    }

    /// Let time run: what is due happens, and `function` runs each invocation until it
    /// answers or its time is up. It ends only by being dropped.
    pub async fn run<F, Running>(self, function: F)
    where
        F: Fn(Invocation) -> Running,
        Running: Future<Output = Result<Value, String>> + Send + 'static,
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
                let running = function(invocation);
                tokio::spawn(async move {
                    if let Ok(result) = tokio::time::timeout_at(left, running).await {
                        live.with(|region, now| region.finish(now, id, result));
                    }
                });
            }
            let next = self.until(due.unwrap_or_else(|| self.now() + Duration::DAY));
            // Biased, or chance would decide, and not the seed's.
            tokio::select! {
                biased;
                () = self.woken.notified() => {}
                () = tokio::time::sleep_until(next) => {}
            }
        }
    }

    /// When `time` comes, by tokio's clock.
    fn until(&self, time: Time) -> Instant {
        let span = std::time::Duration::try_from(time - self.epoch).unwrap_or_default();
        self.began + span
    }
}
