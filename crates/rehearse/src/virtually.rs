//! A rehearsal in virtual time: the functions' real handlers over the real SDK, in
//! this process, on tokio's paused clock.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auto_drain::config::Config;
use aws_config::Region as RegionName;
use aws_credential_types::Credentials;
use function::clock::Clock;
use function::environment::BadEnvironment;
use region::Time;
use region::api::ApiError;
use region::client::{Client, Forger};
use region::delivery::Wiring;
use region::faults::CallFaults;
use region::ledger::{Ledger, Made};
use region::live::Live;
use region::region::{Region, Settings};
use region::world::Control;
use serde_json::Value;
use time::macros::datetime;
use tokio::runtime::Builder;
use tokio::task::JoinHandle;

use crate::functions::{Deployment, Functions};
use crate::runs::{self, Run};
use crate::stack;

/// How long a call to AWS takes.
pub(crate) const CALL: Duration = Duration::from_millis(40);

/// When every rehearsal begins.
pub const EPOCH: Time = datetime!(2026-11-22 09:00 UTC);

/// The kinds of calls that each function made, by the function's id in the template.
pub type MadeBy = BTreeMap<&'static str, BTreeSet<Made>>;

/// Do `work` on a paused clock of its own.
///
/// # Errors
/// The clock's, which cannot begin.
pub(crate) fn on_own_clock<Done>(work: impl Future<Output = Done>) -> io::Result<Done> {
    let clock = Builder::new_current_thread().enable_time().start_paused(true).build()?;
    Ok(clock.block_on(work))
}

/// A region with the product's functions in it.
#[derive(Debug)]
pub struct Rehearsal {
    /// The region.
    pub live: Live,
    functions: Arc<Functions>,
    ledgers: [Ledger; 3],
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
        Self::amiss(wiring, settings, seed, CallFaults::none(), Forger::honest()).await
    }

    /// The same, with `faults` in the functions' calls and `forger` between them and the
    /// region.
    ///
    /// # Errors
    /// An environment that a function does not start with.
    pub async fn amiss(
        wiring: Wiring,
        settings: Settings,
        seed: u64,
        faults: CallFaults,
        forger: Forger,
    ) -> Result<Self, BadEnvironment> {
        // The SDK draws the waits between its attempts from here.
        fastrand::seed(seed);
        let auto_drain = auto_drain(&wiring)?;
        let reinvoke = reinvoke::Config::read(&stack::environment(&wiring, stack::REINVOKE))?;
        let alarm_scaling = alarm_scaling(&wiring)?;
        let live = Live::new(Region::new(wiring, settings, seed, EPOCH), EPOCH);
        let sdk = aws::defaults()
            .region(RegionName::from_static(region::world::REGION))
            .credentials_provider(Credentials::new("local", "local", None, None, "rehearsal"))
            .load()
            .await;
        let clock = {
            let live = live.clone();
            Clock::new(move || live.now())
        };
        let noting = Forger::new(move |region, now, call| {
            runs::note(&call.operation);
            forger.answer(region, now, call)
        });
        let client = Client::new(live.clone(), CALL).faulty(faults).forged(noting);
        let ledgers = [Ledger::default(), Ledger::default(), Ledger::default()];
        let sdks = ledgers
            .clone()
            .map(|ledger| sdk.to_builder().http_client(client.clone().entered(ledger)).build());
        let deployed = Deployment { sdks, auto_drain, reinvoke, alarm_scaling, clock, version: 0 };
        let functions = Arc::new(Functions::new(deployed));
        let running = {
            let functions = Arc::clone(&functions);
            tokio::spawn(live.clone().run(move |invocation| {
                let functions = Arc::clone(&functions);
                async move { functions.run(invocation).await }
            }))
        };
        Ok(Self { live, functions, ledgers, running })
    }

    /// Deploy the stack anew, as `wiring` has it: the configurations of auto-drain and
    /// alarm-scaling change. Queues and rules stay as they are.
    ///
    /// # Errors
    /// An environment that one of them does not start with.
    pub fn update(&self, wiring: &Wiring) -> Result<(), BadEnvironment> {
        self.functions.deploy(auto_drain(wiring)?, alarm_scaling(wiring)?);
        Ok(())
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
        self.functions.invoke(function, event).await
    }

    /// Let so many seconds pass.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// The kinds of calls that each function made so far.
    pub fn made(&self) -> MadeBy {
        let functions = [stack::AUTO_DRAIN, stack::REINVOKE, stack::ALARM_SCALING].into_iter();
        functions.zip(&self.ledgers).map(|(function, ledger)| (function, ledger.read())).collect()
    }

    /// What each run of a function did, of those that ended so far and did not die; a call
    /// that a fault answered is not among its calls.
    pub fn runs(&self) -> Vec<Run> {
        self.functions.runs()
    }

    /// Every record that the functions wrote so far, a line each.
    pub fn records(&self) -> Vec<String> {
        self.functions.records()
    }
}

fn auto_drain(wiring: &Wiring) -> Result<Config, BadEnvironment> {
    Config::read(&stack::environment(wiring, stack::AUTO_DRAIN))
}

fn alarm_scaling(wiring: &Wiring) -> Result<Option<alarm_scaling::config::Config>, BadEnvironment> {
    let environment = stack::environment(wiring, stack::ALARM_SCALING);
    if environment.is_empty() {
        return Ok(None);
    }
    alarm_scaling::config::Config::read(&environment).map(Some)
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        self.running.abort();
    }
}
