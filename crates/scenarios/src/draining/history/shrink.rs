//! Minimizes a random run that violates an invariant.

use crate::draining::oracle::Promise;
use region::client::Forger;

use super::play::{Trouble, play};
use super::{Cast, History};

/// Whether `history` violates `promise`.
fn breaks(history: &History, promise: Promise, forger: &Forger) -> Result<bool, Trouble> {
    let outcome = play(history, forger.clone())?;
    Ok(outcome.violations.iter().any(|violation| violation.promise == promise))
}

/// Removes what is not needed to violate `promise`: half of the parts, a quarter, and so on down
/// to single parts, and then pieces of the setup.
///
/// # Errors
/// See [`Trouble`].
pub fn shorter(history: &History, promise: Promise, forger: &Forger) -> Result<History, Trouble> {
    let mut shortest = history.clone();
    let mut size = shortest.parts.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        while from < shortest.parts.len() {
            let mut shorter = shortest.clone();
            let to = shorter.parts.len().min(from + size);
            shorter.parts.drain(from..to);
            if breaks(&shorter, promise, forger)? {
                shortest = shorter;
            } else {
                from += size;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    for simplify in SIMPLER {
        let mut simpler = shortest.clone();
        simplify(&mut simpler.cast);
        if simpler != shortest && breaks(&simpler, promise, forger)? {
            shortest = simpler;
        }
    }
    Ok(shortest)
}

/// Simplifications of the setup, tried in order.
const SIMPLER: [fn(&mut Cast); 9] = [
    |cast| cast.warm_pool = None,
    |cast| cast.medium.read_lag_seconds = 0,
    |cast| cast.medium.throttling = false,
    |cast| cast.medium.doubled_percent = 0,
    |cast| cast.medium.filters_after_seconds = 0,
    |cast| cast.jobs.clear(),
    |cast| cast.services.truncate(1),
    |cast| cast.scale_ins.truncate(1),
    |cast| cast.warm_pool.iter_mut().for_each(|returns| returns.truncate(1)),
];
