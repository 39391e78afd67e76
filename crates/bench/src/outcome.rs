//! The result of a departure.

use time::Duration;

use super::bill::Bill;
use crate::target::number;
use scenarios::report::Drain;

/// The result of a departure.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// A drain for each instance that left.
    pub drains: Vec<Drain>,
    /// The time from the beginning until `runningTasksCount` and `pendingTasksCount` were 0 on all
    /// instances.
    pub counts_zero: Option<Duration>,
    /// The times from the beginning until the first and the last of their tasks were STOPPED,
    /// without tasks that were cut short.
    pub stopped: Option<(Duration, Duration)>,
    /// The costs until the last release.
    pub bill: Bill,
    /// The costs after the last release.
    pub tail: Bill,
    /// The number of messages that went to a dead-letter queue.
    pub dead_letters: u64,
}

impl Outcome {
    /// The times from the last container's stop to the release, in ascending order, without
    /// instances that were released too early.
    pub fn lags(&self) -> Vec<Duration> {
        let mut lags: Vec<Duration> = self.drains.iter().filter_map(Drain::lag).collect();
        lags.sort();
        lags
    }

    /// The number of instances that were released before their last container had stopped.
    pub fn too_early(&self) -> usize {
        self.drains.iter().filter(|drain| drain.ended.is_some() && drain.cut_short > 0).count()
    }

    /// The number of instances that were released by the hook's timeout.
    pub fn by_time_out(&self) -> usize {
        let timed_out = |drain: &&Drain| drain.ended.is_some() && !drain.is_completed();
        self.drains.iter().filter(timed_out).count()
    }

    /// The number of instances that were released too early, by a timeout or not at all.
    pub fn undrained(&self) -> usize {
        let drained = |drain: &&Drain| drain.is_completed() && drain.cut_short == 0;
        self.drains.len() - self.drains.iter().filter(drained).count()
    }

    /// The number of tasks that were cut short.
    pub fn cut_short(&self) -> usize {
        self.drains.iter().map(|drain| drain.cut_short).sum()
    }

    /// The number of tasks that were on the instances.
    pub fn tasks(&self) -> usize {
        self.drains.iter().map(|drain| drain.tasks).sum()
    }

    /// The billed time, including that after the last release.
    pub fn billed_milliseconds(&self) -> u64 {
        self.bill.billed_milliseconds + self.tail.billed_milliseconds
    }

    /// The number of calls, including those after the last release.
    pub fn calls(&self) -> u64 {
        self.bill.calls() + self.tail.calls()
    }

    /// The number of calls per instance.
    pub fn calls_each(&self) -> f64 {
        number(self.calls()) / number(u64::try_from(self.drains.len()).unwrap_or(u64::MAX))
    }
}

/// The median of lags in ascending order.
pub(crate) fn median(sorted: &[Duration]) -> Option<Duration> {
    sorted.get(sorted.len() / 2).copied()
}
