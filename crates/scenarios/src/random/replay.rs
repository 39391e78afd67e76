//! Replays the random run of a seed.

use std::io;

use region::client::Interceptor;

use super::kinds::Kinds;
use super::{Run, Scenario, minimize, trace};
use crate::error::Error;

/// Runs one seed and writes its trace. If it violates an invariant, also writes the trace of the
/// minimized run. Returns whether all invariants held.
///
/// # Errors
/// The run cannot be set up, or [`Error::Output`].
pub fn replay<S: Scenario>(
    seed: u64,
    kinds: &Kinds,
    out: &mut impl io::Write,
) -> Result<bool, Error> {
    let none = Interceptor::none();
    let run = Run::<S>::draw(seed, kinds);
    let replayed = trace(&run, &none)?;
    writeln!(out, "{replayed}").map_err(Error::Output)?;
    let Some(violation) = replayed.outcome.violations.first() else { return Ok(true) };
    writeln!(out, "minimizing the run that violates {:?}\n", violation.invariant)
        .map_err(Error::Output)?;
    let minimized = minimize(&run, violation.invariant, &none)?;
    writeln!(out, "{}", trace(&minimized, &none)?).map_err(Error::Output)?;
    Ok(false)
}
