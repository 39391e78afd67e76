//! ecs-tide in the benchmark: the real handlers over the real SDK.

use region::region::Settings;

use super::bill::Beside;
use super::departure::{Departure, Drainer};
use super::outcome::Outcome;
use crate::Error;
use scenarios::rehearsal::Rehearsal;
use scenarios::stack::{self, AUTO_DRAIN, REINVOKE};

/// Deploys the stack with default parameters in a simulated region.
///
/// # Errors
/// The template or an environment is invalid.
pub async fn deploy(settings: Settings, seed: u64) -> Result<(Rehearsal, Drainer), Error> {
    let wiring = stack::wiring(&[])?;
    let hook = wiring.hooks.first().map(|hook| hook.name.clone()).unwrap_or_default();
    let queues = wiring.queues.iter().map(|queue| queue.logical_id.clone()).collect();
    let rehearsal = Rehearsal::begin(wiring, settings, seed).await?;
    let drainer = Drainer {
        live: rehearsal.live.clone(),
        hook,
        functions: [AUTO_DRAIN, REINVOKE].map(str::to_owned).to_vec(),
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
    let (rehearsal, drainer) = deploy(departure.settings(), departure.seed).await?;
    rehearsal.take_turns(processes);
    departure.watch(&drainer).await
}
