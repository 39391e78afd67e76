//! A rehearsal in virtual time: the real handlers over the real SDK run in this process, on the
//! paused clock of tokio.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auto_drain::config::Config;
use aws::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::region::Region as RegionName;
use region::Time;
use region::api::ApiError;
use region::client::{Client, Interceptor};
use region::faults::CallFaults;
use region::ledger::{Ledger, Made};
use region::live::Live;
use region::region::{Region, Settings};
use region::services::Control;
use region::wiring::Wiring;
use serde_json::Value;
use time::macros::datetime;
use tokio::runtime::Builder;
use tokio::task::JoinHandle;

use crate::Error;
use crate::functions::{Deployment, Functions};
use crate::hooks;
use crate::runs::{self, Run};
use crate::stack;

/// The duration of a call to AWS.
pub const CALL: Duration = Duration::from_millis(40);

/// The start of every rehearsal in virtual time.
pub const EPOCH: Time = datetime!(2026-11-22 09:00 UTC);

/// The kinds of calls that each function made, by the function's id in the template.
pub type MadeBy = BTreeMap<&'static str, BTreeSet<Made>>;

/// The configuration of AWS clients in rehearsals, without an HTTP client.
pub(crate) fn sdk() -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "rehearsal");
    aws::defaults()
        .region(RegionName::from_static(region::names::REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// Runs `work` on its own paused clock.
///
/// # Errors
/// The runtime cannot be built.
pub(crate) fn on_own_clock<Done>(work: impl Future<Output = Done>) -> io::Result<Done> {
    let clock = Builder::new_current_thread().enable_time().start_paused(true).build()?;
    Ok(clock.block_on(work))
}

/// A simulated region with the functions deployed in it.
#[derive(Debug)]
pub struct Rehearsal {
    /// The simulated region.
    pub live: Live,
    sdk: SdkConfig,
    wiring: Wiring,
    functions: Arc<Functions>,
    ledgers: [Ledger; 4],
    running: JoinHandle<()>,
}

impl Rehearsal {
    /// Deploys `wiring` into a simulated region with this seed, and starts the clock.
    ///
    /// # Errors
    /// A function refuses its environment.
    pub async fn begin(wiring: Wiring, settings: Settings, seed: u64) -> Result<Self, Error> {
        Self::with_faults(wiring, settings, seed, CallFaults::none(), Interceptor::none()).await
    }

    /// Like [`Self::begin`], with `faults` in the calls of the functions, and with `interceptor`
    /// between the functions and the region.
    ///
    /// # Errors
    /// A function refuses its environment.
    pub async fn with_faults(
        wiring: Wiring,
        settings: Settings,
        seed: u64,
        faults: CallFaults,
        interceptor: Interceptor,
    ) -> Result<Self, Error> {
        // The SDK draws its retry delays from this generator.
        fastrand::seed(seed);
        let auto_drain = auto_drain(&wiring)?;
        let reinvoke = reinvoke::Config::read(&stack::environment(&wiring, stack::REINVOKE))?;
        let hook_keeper = hook_keeper(&wiring)?;
        let alarm_scaling = alarm_scaling(&wiring)?;
        let live = Live::new(Region::new(wiring.clone(), settings, seed, EPOCH), EPOCH);
        let sdk = sdk();
        let clock = hooks::clock(&live);
        let recording = Interceptor::new(move |region, now, call| {
            runs::record_call(&call.operation);
            interceptor.answer(region, now, call)
        });
        let client = Client::new(live.clone(), CALL).faulty(faults).intercepted(recording);
        let ledgers: [Ledger; 4] = Default::default();
        let sdks = ledgers
            .clone()
            .map(|ledger| sdk.to_builder().http_client(client.clone().entered(ledger)).build());
        let deployed = Deployment {
            sdks,
            auto_drain,
            reinvoke,
            hook_keeper,
            alarm_scaling,
            clock,
            version: 0,
        };
        let functions = Arc::new(Functions::new(deployed));
        let running = {
            let functions = Arc::clone(&functions);
            tokio::spawn(live.clone().run(move |invocation| {
                let functions = Arc::clone(&functions);
                async move { functions.run(invocation).await }
            }))
        };
        Ok(Self { live, sdk, wiring, functions, ledgers, running })
    }

    /// Lets hook-keeper put the hooks of the groups that have opted in, as at the end of a
    /// deployment. This takes seconds, in which no fault hits its calls.
    ///
    /// # Errors
    /// See [`hooks::keep`].
    pub async fn keep_hooks(&self) -> Result<(), Error> {
        hooks::keep_by(&self.sdk, &self.live, &self.wiring).await
    }

    /// Updates the configurations of auto-drain, hook-keeper and alarm-scaling to those of `wiring`.
    /// Queues and rules stay as they are.
    ///
    /// # Errors
    /// One of them refuses its environment.
    pub fn update(&self, wiring: &Wiring) -> Result<(), Error> {
        let (auto_drain, hook_keeper) = (auto_drain(wiring)?, hook_keeper(wiring)?);
        self.functions.deploy(auto_drain, hook_keeper, alarm_scaling(wiring)?);
        Ok(())
    }

    /// Lets this number of sandboxes take turns, each with its own memory, as Lambda does after a
    /// burst. Without this, the sandbox that was last used is used again.
    pub fn take_turns(&self, sandboxes: usize) {
        self.functions.take_turns(sandboxes);
    }

    /// Changes the simulated region from outside.
    ///
    /// # Errors
    /// The region refuses the change in its current state.
    pub fn control(&self, control: Control) -> Result<Value, ApiError> {
        self.live.with(|region, now| region.control(now, control))
    }

    /// Like [`Self::control`], for a change that may be impossible by now, for example to terminate
    /// an instance that has ended. A refusal is only remarked.
    pub fn try_control(&self, control: Control) {
        if let Err(error) = self.control(control) {
            self.live.with(|region, now| region.remark(now, &error.to_string()));
        }
    }

    /// Invokes a function directly. The region counts its calls, but not the invocation.
    ///
    /// # Errors
    /// The function's own error.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        self.functions.invoke(function, event).await
    }

    /// Waits for this many virtual seconds.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// The kinds of calls that each function has made.
    pub fn made(&self) -> MadeBy {
        let functions = stack::BINARIES.map(|(function, _)| function).into_iter();
        functions.zip(&self.ledgers).map(|(function, ledger)| (function, ledger.read())).collect()
    }

    /// The finished runs of the functions, without those that crashed. A call that an injected
    /// fault answered is not among the calls.
    pub fn runs(&self) -> Vec<Run> {
        self.functions.runs()
    }

    /// All log records of the functions, one per line.
    pub fn records(&self) -> Vec<String> {
        self.functions.records()
    }
}

fn auto_drain(wiring: &Wiring) -> Result<Config, Error> {
    Ok(Config::read(&stack::environment(wiring, stack::AUTO_DRAIN))?)
}

fn hook_keeper(wiring: &Wiring) -> Result<hook_keeper::config::Config, Error> {
    let environment = stack::environment(wiring, stack::HOOK_KEEPER);
    Ok(hook_keeper::config::Config::read(&environment)?)
}

fn alarm_scaling(wiring: &Wiring) -> Result<alarm_scaling::config::Config, Error> {
    let environment = stack::environment(wiring, stack::ALARM_SCALING);
    Ok(alarm_scaling::config::Config::read(&environment)?)
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        self.running.abort();
    }
}
