//! The AWS SDK of a peer: calls, their duration and their retries.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use region::api::{Api, ApiError};
use region::live::Live;
use region::messaging::Outgoing;
use serde_json::Value;

use super::super::bill::Beside;
use scenarios::rehearsal::CALL;

/// How an SDK retries throttled calls: it waits for a random time between `least` and `most`, which
/// double each time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    attempts: u32,
    least: Duration,
    most: Duration,
}

impl Habits {
    /// boto3's default, "legacy" mode:
    /// <https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html>
    pub(super) const BOTO3: Self =
        Self { attempts: 5, least: Duration::ZERO, most: Duration::from_secs(1) };

    /// The SDK for JavaScript, "standard" mode:
    /// <https://github.com/smithy-lang/smithy-typescript/blob/main/packages/util-retry/src/defaultRetryBackoffStrategy.ts>
    pub(super) const JAVASCRIPT: Self =
        Self { attempts: 3, least: Duration::ZERO, most: Duration::from_millis(500) };

    /// The SDK for Go, version 1:
    /// <https://github.com/aws/aws-sdk-go/blob/main/aws/client/default_retryer.go>
    pub(super) const GO: Self =
        Self { attempts: 4, least: Duration::from_millis(500), most: Duration::from_secs(1) };
}

/// The clients of a peer's function. Clones share the random number generator.
#[derive(Debug, Clone)]
pub(super) struct Sdk {
    live: Live,
    habits: Habits,
    beside: Beside,
    chance: Arc<Mutex<StdRng>>,
}

impl Sdk {
    pub(super) fn new(live: Live, habits: Habits, beside: Beside, seed: u64) -> Self {
        let chance = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
        Self { live, habits, beside, chance }
    }

    /// The time in the simulated region.
    pub(super) fn now(&self) -> region::Time {
        self.live.now()
    }

    /// Calls AWS. Half of the duration passes before the region acts, and half after.
    ///
    /// # Errors
    /// An error of AWS. Throttling only after the last attempt.
    pub(super) async fn call(
        &self,
        api: Api,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let Habits { attempts, mut least, mut most } = self.habits;
        for _ in 1..attempts {
            match self.attempt(api, operation, input).await {
                Err(error) if error.code.starts_with("Throttling") => {
                    tokio::time::sleep(self.between(least, most)).await;
                    least *= 2;
                    most *= 2;
                }
                answered => return answered,
            }
        }
        self.attempt(api, operation, input).await
    }

    async fn attempt(&self, api: Api, operation: &str, input: &Value) -> Result<Value, ApiError> {
        tokio::time::sleep(CALL / 2).await;
        let answer = self.live.call(api, operation, input);
        tokio::time::sleep(CALL / 2).await;
        answer
    }

    fn between(&self, least: Duration, most: Duration) -> Duration {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        least + (most - least).mul_f64(chance.random_range(0.0..1.0))
    }

    /// Calls an operation that the simulated region does not have, and never throttles.
    pub(super) async fn call_beside(&self, operation: &'static str) {
        self.beside.called(operation);
        tokio::time::sleep(CALL).await;
    }

    /// Calls `SendMessage`.
    ///
    /// # Errors
    /// The queue does not exist.
    pub(super) async fn send(
        &self,
        queue_arn: &str,
        body: &Value,
        delay_seconds: u32,
    ) -> Result<(), ApiError> {
        let message = Outgoing {
            body: body.to_string(),
            delay_seconds: Some(delay_seconds),
            trace: region::trace::current(),
            ..Outgoing::default()
        };
        tokio::time::sleep(CALL / 2).await;
        self.beside.called("SendMessage");
        let sent = self
            .live
            .with(|region, now| region.messaging_mut().send_message(now, queue_arn, message));
        tokio::time::sleep(CALL / 2).await;
        sent.map(|_| ())
    }
}
