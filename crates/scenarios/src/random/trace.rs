//! The trace of a random run: everything that happened, in words.

use std::fmt;

use region::client::Interceptor;
use region::journal::Journal;
use region::observer::Shared;

use super::play::observed;
use super::{Outcome, Run, Scenario};
use crate::error::Error;

/// A random run, everything that happened in it, and its result. Displayed in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace<'a, S: Scenario> {
    pub run: &'a Run<S>,
    pub journal: Journal,
    pub outcome: Outcome<S>,
}

/// Executes `run`, with `interceptor` between the functions and the simulated region, and keeps a
/// journal.
///
/// # Errors
/// The run cannot be set up.
pub fn trace<'a, S: Scenario>(
    run: &'a Run<S>,
    interceptor: &Interceptor,
) -> Result<Trace<'a, S>, Error> {
    let journal = Shared::<Journal>::default();
    let outcome = observed(run, interceptor, &|region| region.observe(journal.clone()))?;
    let journal = std::mem::take(&mut *journal.get());
    Ok(Trace { run, journal, outcome })
}

impl<S: Scenario> fmt::Display for Trace<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Run { seed, setup, environment, steps } = self.run;
        writeln!(f, "seed {seed}")?;
        for line in S::describe(setup).into_iter().chain(environment.describe()) {
            writeln!(f, "{line}")?;
        }
        if steps.is_empty() {
            writeln!(f, "no faults")?;
        } else {
            writeln!(f, "faults, with seconds since second {}:", S::steps_begin(setup))?;
        }
        for step in steps {
            writeln!(f, "  {step}")?;
        }
        writeln!(f)?;
        let first = self.journal.lines().first().map(|(at, _)| *at);
        for (at, text) in self.journal.lines() {
            let since = first.map_or(0.0, |first| (*at - first).as_seconds_f64());
            writeln!(f, "{since:>9.3}  {text}")?;
        }
        let Outcome { violations, calls, figures } = &self.outcome;
        writeln!(f, "\n{calls} calls, {figures}")?;
        if violations.is_empty() {
            writeln!(f, "no invariant was violated")?;
        }
        violations.iter().try_for_each(|violation| writeln!(f, "VIOLATION at {violation}"))
    }
}
