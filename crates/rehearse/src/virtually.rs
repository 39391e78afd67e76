//! A rehearsal in virtual time: the functions' real handlers over the real SDK, in
//! this process, on tokio's paused clock.

use std::sync::Arc;
use std::time::Duration;

use auto_drain::config::Config;
use aws::Aws;
use aws_config::Region as RegionName;
use aws_credential_types::Credentials;
use function::clock::{Clock, Remaining};
use function::environment::BadEnvironment;
use region::Time;
use region::api::ApiError;
use region::client::Client;
use region::crash::Crash;
use region::delivery::Wiring;
use region::live::Live;
use region::region::{Region, Settings};
use region::world::Control;
use serde_json::Value;
use time::macros::datetime;
use tokio::task::JoinHandle;

use crate::functions::{Deployment, Functions};
use crate::stack;

/// How long a call to AWS takes.
const CALL: Duration = Duration::from_millis(40);

/// When every rehearsal begins.
const EPOCH: Time = datetime!(2026-11-22 09:00 UTC);

/// A region with the product's functions in it.
#[derive(Debug)]
pub struct Rehearsal {
    /// The region.
    pub live: Live,
    functions: Arc<Functions>,
    running: JoinHandle<()>,
}

impl Rehearsal {
    /// Deploy `wiring` into a region of that seed, and let time run.
    ///
    /// # Errors
    /// An environment that a function does not start with.
    pub async fn begin(
        wiring: Wiring,
        settings: Settings,
        seed: u64,
    ) -> Result<Self, BadEnvironment> {
        Self::crashing(wiring, settings, seed, Crash::never()).await
    }

    /// The same, with a crash of whatever function makes the call that `crash` names.
    ///
    /// # Errors
    /// An environment that a function does not start with.
    pub async fn crashing(
        wiring: Wiring,
        settings: Settings,
        seed: u64,
        crash: Crash,
    ) -> Result<Self, BadEnvironment> {
        let auto_drain = Config::read(&stack::environment(&wiring, stack::AUTO_DRAIN))?;
        let reinvoke = reinvoke::Config::read(&stack::environment(&wiring, stack::REINVOKE))?;
        let live = Live::new(Region::new(wiring, settings, seed, EPOCH), EPOCH);
        let config = aws::defaults()
            .http_client(Client::new(live.clone(), CALL).crashing(crash.clone()))
            .region(RegionName::from_static(region::world::REGION))
            .credentials_provider(Credentials::new("local", "local", None, None, "rehearsal"))
            .load()
            .await;
        let clock = {
            let live = live.clone();
            Clock::new(move || live.now())
        };
        let deployed = Deployment { aws: Aws::new(&config), auto_drain, reinvoke, clock };
        let functions = Arc::new(Functions::new(deployed, crash));
        let running = {
            let functions = Arc::clone(&functions);
            tokio::spawn(live.clone().run(move |invocation| {
                let functions = Arc::clone(&functions);
                async move { functions.run(invocation).await }
            }))
        };
        Ok(Self { live, functions, running })
    }

    /// The experimenter's hand.
    ///
    /// # Errors
    /// What cannot be done as things are.
    pub fn control(&self, control: Control) -> Result<Value, ApiError> {
        self.live.with(|region, now| region.control(now, control))
    }

    /// Invoke a function by hand; the region counts its calls, not the invocation.
    ///
    /// # Errors
    /// The function's own.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        self.functions.warm().handle(function, event, Remaining::unknown()).await
    }

    /// Let so many seconds pass.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Every record that the functions wrote so far, a line each.
    pub fn records(&self) -> Vec<String> {
        self.functions.records()
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        self.running.abort();
    }
}
