//! Many random runs of scaling on all cores.

use std::io;

use region::client::Forger;

use super::play::{Outcome, Trouble, play, told};
use super::{History, tell};
use crate::draining::history::Kinds;
use crate::draining::history::soak::on_every_core;
use crate::scaling::oracle::Scalings;

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

/// The totals over all runs.
#[derive(Debug, Clone, Default)]
pub struct Total {
    /// Finished runs.
    pub histories: u64,
    /// The number of scalings.
    pub scalings: Scalings,
    /// Calls of the functions to AWS.
    pub calls: u64,
    /// The sum of the durations, in virtual seconds.
    pub seconds: u64,
    /// The seeds that violated an invariant, in ascending order.
    pub broken: Vec<u64>,
}

impl Total {
    fn take(&mut self, seed: u64, outcome: &Outcome) {
        let (sum, one) = (&mut self.scalings, outcome.scalings);
        sum.tasks_out += one.tasks_out;
        sum.tasks_in += one.tasks_in;
        sum.instances_out += one.instances_out;
        sum.instances_in += one.instances_in;
        self.histories += 1;
        self.calls += outcome.calls;
        self.seconds += outcome.seconds;
        if !outcome.violations.is_empty() {
            self.broken.push(seed);
        }
    }
}

impl Soak {
    /// Runs all seeds. `progress` is called after each run.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn run(&self, progress: impl Fn(&Total) + Sync) -> Result<Total, Trouble> {
        let work = |seed| play(&History::draw(seed, &self.kinds), Forger::honest());
        let mut total =
            on_every_core(self.from, self.seeds, work, |total: &mut Total, seed, one| {
                total.take(seed, &one);
                progress(total);
            })?;
        total.broken.sort_unstable();
        Ok(total)
    }

    /// The digest of the calls of each run, as lines in the order of the seeds.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn digests(&self) -> Result<Vec<String>, Trouble> {
        let work = |seed| told(&History::draw(seed, &self.kinds), Forger::honest());
        let mut lines =
            on_every_core(self.from, self.seeds, work, |lines: &mut Vec<_>, seed, one| {
                lines.push((seed, one.digest.unwrap_or_default()));
            })?;
        lines.sort_unstable();
        Ok(lines.into_iter().map(|(seed, digest)| format!("{seed} {digest}")).collect())
    }
}

/// Runs one seed and prints its trace. Returns whether all invariants held.
///
/// # Errors
/// See [`Trouble`], and those of `out`.
pub fn replay(seed: u64, kinds: &Kinds, out: &mut impl io::Write) -> Result<bool, Trouble> {
    let history = History::draw(seed, kinds);
    let outcome = told(&history, Forger::honest())?;
    writeln!(out, "{}", tell(&history, &outcome))?;
    Ok(outcome.violations.is_empty())
}
