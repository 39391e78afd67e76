//! ecs-tide in the benchmark: the real handlers over the real SDK.

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
    deploy_wiring(stack::wiring(&[])?, settings, seed).await
}

async fn deploy_wiring(
    wiring: Wiring,
    settings: Settings,
    seed: u64,
) -> Result<(Rehearsal, Drainer), Error> {
    let hook = wiring.hooks.first().map(|hook| hook.name.clone()).unwrap_or_default();
    let queues = wiring.queues.iter().map(|queue| queue.logical_id.clone()).collect();
    let rehearsal = Rehearsal::begin(wiring, settings, seed).await?;
    let drainer = Drainer {
        live: rehearsal.live.clone(),
        hook,
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
    let mut wiring = stack::wiring(&[])?;
    // What hook-keeper costs does not depend on drains: it is part of an idle day.
    wiring.rules.retain(|rule| rule.logical_id != KEEP_HOOKS);
    let (rehearsal, drainer) = deploy_wiring(wiring, departure.settings(), departure.seed).await?;
    rehearsal.take_turns(processes);
    departure.watch(&drainer).await
}
