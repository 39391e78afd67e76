//! Executes a random run: the real handlers over the real SDK, in virtual time.

use std::time::Duration;

use region::client::Interceptor;
use region::observer::Shared;
use region::region::Region;

use super::faults::call_faults;
use super::{Execution, Run, Scenario, Step, Violation};
use crate::digest::Digest;
use crate::error::Error;
use crate::rehearsal::{EPOCH, Rehearsal, on_own_clock};
use crate::stack;

/// The result of a random run.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome<S: Scenario> {
    pub violations: Vec<Violation<S::Invariant>>,
    /// Calls of the functions to AWS.
    pub calls: u64,
    pub figures: S::Figures,
}

impl<S: Scenario> Outcome<S> {
    pub fn violates(&self, invariant: S::Invariant) -> bool {
        self.violations.iter().any(|violation| violation.invariant == invariant)
    }
}

/// Executes `run`, with `interceptor` between the functions and the simulated region.
///
/// # Errors
/// The run cannot be set up.
pub fn play<S: Scenario>(run: &Run<S>, interceptor: &Interceptor) -> Result<Outcome<S>, Error> {
    observed(run, interceptor, &|_| ())
}

/// The digest of all calls of `run`.
///
/// # Errors
/// The run cannot be set up.
pub fn digest<S: Scenario>(run: &Run<S>) -> Result<String, Error> {
    let digest = Shared::<Digest>::default();
    observed(run, &Interceptor::none(), &|region| region.observe(digest.clone()))?;
    let digest = digest.get().to_string();
    Ok(digest)
}

/// Like [`play`]. Calls `observe` before the cluster is created.
pub(super) fn observed<S: Scenario>(
    run: &Run<S>,
    interceptor: &Interceptor,
    observe: &dyn Fn(&mut Region),
) -> Result<Outcome<S>, Error> {
    on_own_clock(execute(run, interceptor.clone(), observe)).map_err(Error::Clock)?
}

async fn execute<S: Scenario>(
    run: &Run<S>,
    interceptor: Interceptor,
    observe: &dyn Fn(&mut Region),
) -> Result<Outcome<S>, Error> {
    let wiring = stack::wired(&S::parameters(&run.setup))?;
    let steps_begin = S::steps_begin(&run.setup);
    let faults = call_faults(&run.steps, EPOCH + Duration::from_secs(steps_begin));
    let rehearsal =
        Rehearsal::with_faults(wiring, S::settings(run), run.seed, faults.clone(), interceptor)
            .await?;
    rehearsal.live.with(|region, _| observe(region));
    let execution = S::Execution::begin(run, rehearsal).await?;
    let mut second = 0;
    for (due, what) in agenda(run, steps_begin) {
        tokio::time::sleep(Duration::from_secs(due - second)).await;
        second = due;
        match what {
            Due::Event(event) => execution.occur(event)?,
            Due::Action(action) => execution.act(action)?,
        }
    }
    let (violations, figures) = execution.finish(second).await;
    Ok(Outcome { violations, calls: faults.calls(), figures })
}

/// What is due at a second of a run.
enum Due<'a, S: Scenario> {
    Event(S::Event),
    Action(&'a S::Action),
}

/// All events and actions in order, each with its second since the start. Events come first in a
/// second.
fn agenda<S: Scenario>(run: &Run<S>, steps_begin: u64) -> Vec<(u64, Due<'_, S>)> {
    let events = S::events(&run.setup).into_iter();
    let events = events.map(|(second, event)| (second, Due::Event(event)));
    let actions = run.steps.iter().filter_map(|step| match step {
        Step::Action { second, action } => Some((steps_begin + second, Due::Action(action))),
        _ => None,
    });
    let mut agenda: Vec<_> = events.chain(actions).collect();
    agenda.sort_by_key(|(second, _)| *second);
    agenda
}
