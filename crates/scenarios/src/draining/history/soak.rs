//! Many random drains on all cores. The first run that violates an invariant is minimized.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use region::client::Forger;
use time::Duration;

use super::play::{Outcome, Trouble, play, told};
use super::{History, Kinds, shorter, tell};
use crate::rehearsal::MadeBy;

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
#[derive(Debug, Default)]
pub struct Total {
    /// Finished runs.
    pub histories: u64,
    /// Instances that the hook held.
    pub drains: usize,
    /// Calls of the functions to AWS.
    pub calls: u64,
    /// The kinds of these calls, by function.
    pub made: MadeBy,
    /// Every lag, with the seed of its run.
    pub lags: Vec<(Duration, u64)>,
    /// The seeds that violated an invariant, in ascending order.
    pub broken: Vec<u64>,
}

impl Total {
    fn take(&mut self, seed: u64, outcome: Outcome) {
        self.histories += 1;
        self.drains += outcome.drains;
        self.calls += outcome.calls;
        for (function, made) in outcome.made {
            self.made.entry(function).or_default().extend(made);
        }
        self.lags.extend(outcome.lags.into_iter().map(|lag| (lag, seed)));
        if !outcome.violations.is_empty() {
            self.broken.push(seed);
        }
    }

    /// The median of the lags, and the longest with the seed of its run.
    pub fn lag(&mut self) -> Option<(Duration, (Duration, u64))> {
        self.lags.sort_unstable();
        Some((self.lags.get(self.lags.len() / 2)?.0, *self.lags.last()?))
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
                total.take(seed, one);
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

/// Calls `work` for each of `seeds` seeds from `from` on, on all cores, and passes each result to
/// `take`.
pub(crate) fn on_every_core<One, Total: Default + Send, Trouble: Send>(
    from: u64,
    seeds: u64,
    work: impl Fn(u64) -> Result<One, Trouble> + Sync,
    take: impl Fn(&mut Total, u64, One) + Sync,
) -> Result<Total, Trouble> {
    let next = AtomicU64::new(0);
    let total = Mutex::new(Total::default());
    let work = || -> Result<(), Trouble> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= seeds {
                return Ok(());
            }
            let seed = from + number;
            let one = work(seed)?;
            take(&mut total.lock().unwrap_or_else(PoisonError::into_inner), seed, one);
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Runs one seed and prints its trace. If it violates an invariant, also prints the trace of a
/// minimized case. Returns whether all invariants held.
///
/// # Errors
/// See [`Trouble`], and those of `out`.
pub fn replay(seed: u64, kinds: &Kinds, out: &mut impl io::Write) -> Result<bool, Trouble> {
    let history = History::draw(seed, kinds);
    let outcome = told(&history, Forger::honest())?;
    writeln!(out, "{}", tell(&history, &outcome))?;
    let Some(broken) = outcome.violations.first() else { return Ok(true) };
    writeln!(out, "minimizing the run that violates {:?}\n", broken.promise)?;
    let shorter = shorter(&history, broken.promise, &Forger::honest())?;
    let outcome = told(&shorter, Forger::honest())?;
    writeln!(out, "{}", tell(&shorter, &outcome))?;
    Ok(false)
}
