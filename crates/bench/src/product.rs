//! ecs-tide in the benchmark: the real handlers over the real SDK.

use region::client::Interceptor;
use region::faults::CallFaults;
use region::region::Settings;
use region::wiring::Wiring;

use super::bill::Beside;
use super::departure::{Departure, Drainer};
use super::outcome::Outcome;
use crate::Error;
use scenarios::rehearsal::Rehearsal;
use scenarios::stack::{self, AUTO_DRAIN, HOOK_KEEPER, REINVOKE};

/// The rule that runs hook-keeper.
const KEEP_HOOKS: &str = "KeepHooksRule";

/// Deploys the stack with default parameters in a simulated region.
///
/// # Errors
/// The template or an environment is invalid.
pub async fn deploy(settings: Settings, seed: u64) -> Result<(Rehearsal, Drainer), Error> {
    deploy_wiring(stack::wiring(&[])?, settings, seed, Interceptor::none()).await
}

/// The stack without hook-keeper. What that costs does not depend on drains: it is part of an idle
/// day.
///
/// # Errors
/// The template or an environment is invalid.
pub(crate) fn wiring_of_drains() -> Result<Wiring, Error> {
    let mut wiring = stack::wiring(&[])?;
    wiring.rules.retain(|rule| rule.logical_id != KEEP_HOOKS);
    Ok(wiring)
}

/// Deploys `wiring`, with `interceptor` between the functions and the region.
///
/// # Errors
/// An environment is invalid.
pub(crate) async fn deploy_wiring(
    wiring: Wiring,
    settings: Settings,
    seed: u64,
    interceptor: Interceptor,
) -> Result<(Rehearsal, Drainer), Error> {
    let queues = wiring.queues.iter().map(|queue| queue.logical_id.clone()).collect();
    let none = CallFaults::none();
    let rehearsal = Rehearsal::with_faults(wiring, settings, seed, none, interceptor).await?;
    let drainer = Drainer {
        live: rehearsal.live.clone(),
        hook: stack::HOOK.to_owned(),
        functions: [AUTO_DRAIN, REINVOKE, HOOK_KEEPER].map(str::to_owned).to_vec(),
        queues,
        beside: Beside::default(),
    };
    Ok((rehearsal, drainer))
}

/// Measures a departure with ecs-tide.
///
/// # Errors
/// See [`deploy`], and errors of the simulated region.
pub async fn drain(departure: Departure) -> Result<Outcome, Error> {
    drain_with(1, departure).await
}

/// Measures a departure with ecs-tide, whose messages go to this number of processes in turns.
///
/// # Errors
/// See [`drain`].
pub async fn drain_with(processes: usize, departure: Departure) -> Result<Outcome, Error> {
    let (wiring, settings) = (wiring_of_drains()?, departure.settings());
    let (rehearsal, drainer) =
        deploy_wiring(wiring, settings, departure.seed, Interceptor::none()).await?;
    rehearsal.take_turns(processes);
    departure.watch(&drainer).await
}
