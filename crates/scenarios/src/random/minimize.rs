//! Minimizes a random run that violates an invariant.

use region::client::Interceptor;

use super::{Environment, Run, Scenario, play};
use crate::error::Error;

/// Removes what is not needed to violate `invariant`: half of the steps, a quarter, and so on down
/// to single steps, and then parts of the setup and of the environment.
///
/// # Errors
/// A simpler run cannot be set up.
pub fn minimize<S: Scenario>(
    run: &Run<S>,
    invariant: S::Invariant,
    interceptor: &Interceptor,
) -> Result<Run<S>, Error> {
    let mut case = Case { smallest: run.clone(), invariant, interceptor };
    case.remove_steps()?;
    for simplify in S::SIMPLIFICATIONS {
        case.try_change(|run| simplify(&mut run.setup))?;
    }
    for simplify in Environment::SIMPLIFICATIONS {
        case.try_change(|run| simplify(&mut run.environment))?;
    }
    Ok(case.smallest)
}

/// The smallest run so far that violates the invariant.
struct Case<'a, S: Scenario> {
    smallest: Run<S>,
    invariant: S::Invariant,
    interceptor: &'a Interceptor,
}

impl<S: Scenario> Case<'_, S> {
    fn remove_steps(&mut self) -> Result<(), Error> {
        let mut size = self.smallest.steps.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < self.smallest.steps.len() {
                let to = self.smallest.steps.len().min(from + size);
                let removed = self.try_change(|run| {
                    run.steps.drain(from..to);
                })?;
                if !removed {
                    from += size;
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
        Ok(())
    }

    /// Keeps a change of the run if the run still violates the invariant. Returns whether it does.
    fn try_change(&mut self, change: impl FnOnce(&mut Run<S>)) -> Result<bool, Error> {
        let mut changed = self.smallest.clone();
        change(&mut changed);
        let keeps =
            changed != self.smallest && play(&changed, self.interceptor)?.violates(self.invariant);
        if keeps {
            self.smallest = changed;
        }
        Ok(keeps)
    }
}
