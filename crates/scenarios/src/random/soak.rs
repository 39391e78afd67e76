//! Many random runs on all cores.

use std::fmt;

use region::client::Interceptor;
use serde::Serialize;

use super::kinds::Kinds;
use super::{Figures as _, Outcome, Run, Scenario, digest, play};
use crate::cores;
use crate::error::Error;

/// The seeds and faults of a soak.
#[derive(Debug, Clone)]
pub struct Soak {
    /// The first seed.
    pub from: u64,
    /// The number of consecutive seeds.
    pub seeds: u64,
    /// The kinds of faults that are injected.
    pub kinds: Kinds,
}

/// The totals over all runs of a soak.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary<F> {
    /// Finished runs.
    pub runs: u64,
    /// Calls of the functions to AWS.
    pub calls: u64,
    #[serde(flatten)]
    pub figures: F,
    /// The seeds that violated an invariant, in ascending order.
    pub violating_seeds: Vec<u64>,
}

impl<F: Default> Default for Summary<F> {
    fn default() -> Self {
        Self { runs: 0, calls: 0, figures: F::default(), violating_seeds: Vec::new() }
    }
}

impl<F: fmt::Display> fmt::Display for Summary<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, calls, figures, violating_seeds } = self;
        write!(f, "{runs} runs, {calls} calls\n{figures}\n")?;
        match violating_seeds.as_slice() {
            [] => f.write_str("no invariant was violated"),
            seeds => write!(f, "{} runs violated an invariant", seeds.len()),
        }
    }
}

impl Soak {
    /// Runs all seeds. `progress` is called after each run.
    ///
    /// # Errors
    /// A run cannot be set up.
    pub fn run<S: Scenario>(
        &self,
        progress: impl Fn(&Summary<S::Figures>) + Sync,
    ) -> Result<Summary<S::Figures>, Error> {
        let work = |seed| play(&Run::<S>::draw(seed, &self.kinds), &Interceptor::none());
        let take = |summary: &mut Summary<S::Figures>, seed, outcome: Outcome<S>| {
            summary.runs += 1;
            summary.calls += outcome.calls;
            summary.figures.add(outcome.figures);
            if !outcome.violations.is_empty() {
                summary.violating_seeds.push(seed);
            }
            progress(summary);
        };
        let mut summary = cores::each(self.from..self.from + self.seeds, work, take)?;
        summary.violating_seeds.sort_unstable();
        Ok(summary)
    }

    /// The digest of the calls of each run, as lines in the order of the seeds.
    ///
    /// # Errors
    /// A run cannot be set up.
    pub fn digests<S: Scenario>(&self) -> Result<Vec<String>, Error> {
        let work = |seed| digest(&Run::<S>::draw(seed, &self.kinds));
        let take = |lines: &mut Vec<_>, seed, digest| lines.push((seed, digest));
        let mut lines = cores::each(self.from..self.from + self.seeds, work, take)?;
        lines.sort_unstable();
        Ok(lines.into_iter().map(|(seed, digest)| format!("{seed} {digest}")).collect())
    }
}
