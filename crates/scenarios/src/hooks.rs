//! Runs hook-keeper once, as `make deploy` does at its end.

use aws::SdkConfig;
use function::clock::{Clock, Remaining};
use function::process::Process;
use hook_keeper::config::Config;
use hook_keeper::handler::HookKeeper;
use region::client::Client;
use region::live::Live;
use region::wiring::Wiring;
use serde_json::json;

use crate::error::Error;
use crate::rehearsal::{CALL, sdk};
use crate::stack::{self, HOOK_KEEPER};

/// Lets hook-keeper put the hooks of the groups that have opted in. The region does not count its
/// calls, and no fault hits them.
///
/// # Errors
/// hook-keeper refuses its environment, or a hook could not be put.
pub async fn keep(live: &Live, wiring: &Wiring) -> Result<(), Error> {
    keep_by(&sdk(), live, wiring).await
}

pub(crate) async fn keep_by(sdk: &SdkConfig, live: &Live, wiring: &Wiring) -> Result<(), Error> {
    let config = Config::read(&stack::environment(wiring, HOOK_KEEPER))?;
    let sdk = sdk.to_builder().http_client(Client::new(live.clone(), CALL)).build();
    let process = Process::new::<HookKeeper>(&sdk, config, clock(live), |_| ());
    let kept = process.handle(&json!({}), Remaining::unknown()).await;
    let kept = kept.map_err(|failure| Error::Hooks(failure.error_message))?;
    let mut errors = ["/hooks/error", "/hooks/errors"].into_iter();
    if let Some(error) = errors.find_map(|field| kept.pointer(field)) {
        return Err(Error::Hooks(error.to_string()));
    }
    live.with(|region, _| region.forget_calls());
    Ok(())
}

pub(crate) fn clock(live: &Live) -> Clock {
    let live = live.clone();
    Clock::new(move || live.now())
}
