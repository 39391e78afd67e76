//! The drains of four peers, modeled from their sources: what they call, when they sleep, and what
//! they take for drained. The benchmark compares them with ecs-tide.
//!
//! Modeled: the wiring (hook, topic, queue, and function with its timeout, retries and concurrency)
//! runs in the same simulated region as ecs-tide, so delivery takes as long. A run is billed from
//! its start to its end, with sleeps. A call takes as long as one of ecs-tide, and each attempt
//! counts.
//!
//! Not modeled: cold starts, the time of the interpreters, log lines, and the other resources of
//! the peers' templates.

mod cdk;
mod getsocial;
mod parts;
mod sample_2018;
mod sdk;
mod widdix;

use std::time::Duration;

use region::api::ApiError;
use region::live::Live;
use region::region::{Region, Settings};
use region::wiring::Wiring;
use serde_json::Value;
use tokio::task::JoinHandle;

use self::sdk::{Habits, Sdk};
use super::bill::Beside;
use super::departure::{Departure, Drainer};
use super::outcome::Outcome;
use crate::Error;
use scenarios::rehearsal::EPOCH;

/// The logical id of each peer's only function.
const FUNCTION: &str = "Drain";

/// A peer in a configuration that users deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// aws-samples/ecs-cid-sample of 2018.
    Sample2018 {
        /// Whether Lambda's recursive-loop detection is on, which is the default.
        cut: bool,
    },
    /// The drain hook of the AWS CDK.
    Cdk {
        /// `drainTime` in seconds. The default is 300.
        drain_seconds: u32,
    },
    /// The ECS cluster of widdix/aws-cf-templates.
    Widdix,
    /// getsocial-rnd/ecs-drain-lambda.
    GetSocial,
}

impl Peer {
    /// The peers that are measured, in the order of the tables.
    pub const ALL: [Self; 6] = [
        Self::Sample2018 { cut: true },
        Self::Sample2018 { cut: false },
        Self::Cdk { drain_seconds: 300 },
        Self::Cdk { drain_seconds: 900 },
        Self::Widdix,
        Self::GetSocial,
    ];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sample2018 { cut: true } => "AWS sample 2018",
            Self::Sample2018 { cut: false } => "AWS sample 2018, loop allowed",
            Self::Cdk { drain_seconds: 300 } => "CDK hook, 5 minutes",
            Self::Cdk { .. } => "CDK hook, 15 minutes",
            Self::Widdix => "widdix",
            Self::GetSocial => "getsocial",
        }
    }

    fn wiring(self) -> Wiring {
        match self {
            Self::Sample2018 { cut } => sample_2018::wiring(!cut),
            Self::Cdk { drain_seconds } => cdk::wiring(drain_seconds),
            Self::Widdix => widdix::wiring(),
            Self::GetSocial => getsocial::wiring(),
        }
    }

    fn habits(self) -> Habits {
        match self {
            Self::Sample2018 { .. } | Self::Cdk { .. } => Habits::BOTO3,
            Self::Widdix => Habits::JAVASCRIPT,
            Self::GetSocial => Habits::GO,
        }
    }

    async fn handle(self, sdk: &Sdk, event: &Value) -> Result<(), ApiError> {
        match self {
            Self::Sample2018 { .. } => sample_2018::handle(sdk, event).await,
            Self::Cdk { .. } => cdk::handle(sdk, event).await,
            Self::Widdix => widdix::handle(sdk, event).await,
            Self::GetSocial => getsocial::handle(sdk, event).await,
        }
    }

    /// Measures a departure with this peer.
    ///
    /// # Errors
    /// The region's.
    pub async fn drain(self, departure: Departure) -> Result<Outcome, Error> {
        let working = Working::begin(self, departure.settings(), departure.seed);
        departure.watch(&working.drainer).await
    }
}

/// A deployed peer.
#[derive(Debug)]
struct Working {
    drainer: Drainer,
    running: JoinHandle<()>,
}

impl Working {
    fn begin(peer: Peer, settings: Settings, seed: u64) -> Self {
        let wiring = peer.wiring();
        let hook = wiring.hooks.first().map(|hook| hook.name.clone()).unwrap_or_default();
        let queues = wiring.queues.iter().map(|queue| queue.logical_id.clone()).collect();
        let live = Live::new(Region::new(wiring, settings, seed, EPOCH), EPOCH);
        let beside = Beside::default();
        let sdk = Sdk::new(live.clone(), peer.habits(), beside.clone(), seed);
        let running = tokio::spawn(live.clone().run(move |invocation| {
            let sdk = sdk.clone();
            async move {
                let handled = peer.handle(&sdk, &invocation.payload).await;
                handled.map(|()| Value::Null).map_err(|error| error.to_string())
            }
        }));
        let functions = vec![FUNCTION.to_owned()];
        Self { drainer: Drainer { live, hook, functions, queues, beside }, running }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// The text at `pointer`, empty if there is none.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The number at `pointer`, 0 if there is none.
fn count(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_default()
}

/// The list at `pointer`, empty if there is none.
fn list(value: &Value, pointer: &str) -> Vec<Value> {
    value.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The notification in the first record of an SNS event; none of the peers reads a second.
fn notification(event: &Value) -> Value {
    serde_json::from_str(text(event, "/Records/0/Sns/Message")).unwrap_or_default()
}

/// Sleep in the function, which is billed.
async fn sleep(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
