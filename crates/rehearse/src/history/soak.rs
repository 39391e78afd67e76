//! Many histories on every core, with progress, and the first that breaks a promise made
//! shorter.

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
use crate::virtually::MadeBy;

/// Histories that are played, by their seeds.
#[derive(Debug, Clone)]
pub struct Soak {
    /// The first seed.
    pub from: u64,
    /// How many seeds from there on.
    pub seeds: u64,
    /// The kinds of faults.
    pub kinds: Kinds,
}

/// What all of them came to.
#[derive(Debug, Default)]
pub struct Total {
    /// Histories played.
    pub histories: u64,
    /// Instances that the hook held.
    pub drains: usize,
    /// Calls made.
    pub calls: u64,
    /// Of what kinds.
    pub made: MadeBy,
    /// Every lag, with the seed of its history.
    pub lags: Vec<(Duration, u64)>,
    /// The seeds whose histories broke a promise, in order.
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

    /// The median of the lags, and the longest with the seed of its history.
    pub fn lag(&mut self) -> Option<(Duration, (Duration, u64))> {
        self.lags.sort_unstable();
        Some((self.lags.get(self.lags.len() / 2)?.0, *self.lags.last()?))
    }
}

impl Soak {
    /// Play them all; `progress` hears of each that is over.
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
}

/// Do `work` for each of `seeds` seeds from `from` on, on every core, and let `take` have what
/// comes of it.
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

/// Play one history and tell it; if it breaks a promise, tell a shorter one too.
/// Returned is whether every promise was kept.
///
/// # Errors
/// See [`Trouble`], and those of `out`.
pub fn replay(seed: u64, kinds: &Kinds, out: &mut impl io::Write) -> Result<bool, Trouble> {
    let history = History::draw(seed, kinds);
    let outcome = told(&history, Forger::honest())?;
    writeln!(out, "{}", tell(&history, &outcome))?;
    let Some(broken) = outcome.violations.first() else { return Ok(true) };
    writeln!(out, "looking for a shorter history that breaks {:?}\n", broken.promise)?;
    let shorter = shorter(&history, broken.promise, &Forger::honest())?;
    let outcome = told(&shorter, Forger::honest())?;
    writeln!(out, "{}", tell(&shorter, &outcome))?;
    Ok(false)
}
