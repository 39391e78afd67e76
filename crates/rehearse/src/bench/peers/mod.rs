//! Three peers' drains, after our own reading of their sources: what they call, when
//! they sleep and what they take for drained. The numbers beside ours in the benchmark.
//!
//! What is modelled: the wiring (hook, topic, queue, function with its time-out, its
//! retries and its concurrency) runs in the same region as ours, so delivery takes as
//! long, and a run is billed from its beginning to its end, sleeps included. A call takes
//! as long as one of ours and is counted by the region, each attempt of it.
//!
//! What is not: cold starts, interpreters' own time, log lines, and whatever else the
//! peers' templates hold.

mod cdk;
mod parts;
mod recursion;
mod sample_2018;
mod sdk;
mod widdix;

use std::time::Duration;

use region::api::ApiError;
use region::delivery::Wiring;
use region::live::Live;
use region::region::{Region, Settings};
use serde_json::Value;
use tokio::task::JoinHandle;

use self::recursion::Recursion;
use self::sdk::{Habits, Sdk};
use super::bill::Beside;
use super::departure::{Departure, Drainer, Outcome};
use crate::virtually::EPOCH;

/// The one function that each of them has.
const FUNCTION: &str = "Drain";

/// A peer, as its users deploy it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// aws-samples/ecs-cid-sample of 2018.
    Sample2018 {
        /// Lambda's recursive-loop detection is on, as it is by default.
        cut: bool,
    },
    /// The drain hook of the AWS CDK.
    Cdk {
        /// `drainTime` in seconds: 300 by default.
        drain_seconds: u32,
    },
    /// The ECS cluster of widdix/aws-cf-templates.
    Widdix,
}

impl Peer {
    /// Those that are measured, in the order of the tables.
    pub const ALL: [Self; 5] = [
        Self::Sample2018 { cut: true },
        Self::Sample2018 { cut: false },
        Self::Cdk { drain_seconds: 300 },
        Self::Cdk { drain_seconds: 900 },
        Self::Widdix,
    ];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sample2018 { cut: true } => "AWS sample 2018",
            Self::Sample2018 { cut: false } => "AWS sample 2018, loop allowed",
            Self::Cdk { drain_seconds: 300 } => "CDK hook, 5 minutes",
            Self::Cdk { .. } => "CDK hook, 15 minutes",
            Self::Widdix => "widdix",
        }
    }

    fn wiring(self) -> Wiring {
        match self {
            Self::Sample2018 { .. } => sample_2018::wiring(),
            Self::Cdk { drain_seconds } => cdk::wiring(drain_seconds),
            Self::Widdix => widdix::wiring(),
        }
    }

    fn habits(self) -> Habits {
        match self {
            Self::Sample2018 { .. } | Self::Cdk { .. } => Habits::BOTO3,
            Self::Widdix => Habits::JAVASCRIPT,
        }
    }

    async fn handle(self, sdk: &Sdk, event: &Value) -> Result<(), ApiError> {
        match self {
            Self::Sample2018 { .. } => sample_2018::handle(sdk, event).await,
            Self::Cdk { .. } => cdk::handle(sdk, event).await,
            Self::Widdix => widdix::handle(sdk, event).await,
        }
    }

    /// What a departure comes to with this peer.
    ///
    /// # Errors
    /// The region's.
    pub async fn drain(self, departure: Departure) -> Result<Outcome, ApiError> {
        let working = Working::begin(self, departure.settings(), departure.seed);
        departure.watch(&working.drainer).await
    }
}

/// A peer at work.
#[derive(Debug)]
struct Working {
    drainer: Drainer,
    running: JoinHandle<()>,
}

impl Working {
    fn begin(peer: Peer, settings: Settings, seed: u64) -> Self {
        let wiring = peer.wiring();
        let hook = wiring.hooks.first().map(|hook| hook.name.clone()).unwrap_or_default();
        let live = Live::new(Region::new(wiring, settings, seed, EPOCH), EPOCH);
        let beside = Beside::default();
        let sdk = Sdk::new(live.clone(), peer.habits(), beside.clone(), seed);
        let recursion = Recursion::new(peer == Peer::Sample2018 { cut: true }, beside.clone());
        let running = tokio::spawn(live.clone().run(move |invocation| {
            let (sdk, recursion) = (sdk.clone(), recursion.clone());
            async move {
                if recursion.drops(&invocation.payload) {
                    return Ok(Value::Null);
                }
                let handled = peer.handle(&sdk, &invocation.payload).await;
                handled.map(|()| Value::Null).map_err(|error| error.to_string())
            }
        }));
        let functions = vec![FUNCTION.to_owned()];
        Self { drainer: Drainer { live, hook, functions, beside }, running }
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

/// The notice in the first record of an SNS event; none of the peers reads a second.
fn notice(event: &Value) -> Value {
    serde_json::from_str(text(event, "/Records/0/Sns/Message")).unwrap_or_default()
}

/// Sleep in the function, which is billed.
async fn sleep(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
