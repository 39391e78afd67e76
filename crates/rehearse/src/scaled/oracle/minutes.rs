//! What the tasks were used to in each minute, as it truly was.
//!
//! CloudWatch measures a minute at its end. What arrives of it may be less, and late; a decision
//! is held against whole minutes.

use region::Time;
use time::Duration;

use super::Judge;

/// How long ago the minute that decides may have ended: in two minutes all its samples are in,
/// after a minute at most the next is evaluated, and as late as a minute after that a look comes.
const DECIDES: Duration = Duration::minutes(4);

/// How much longer where tasks were missing: a minute without tasks has no value.
const WITHOUT_TASKS: Duration = Duration::minutes(2);

/// How long the number of tasks counts that allows most: a minute and the two before it. A minute
/// passes for a complete one with as many samples as those before it, so it may lack those of
/// tasks that have started since.
const COUNTED: Duration = Duration::minutes(2);

impl Judge {
    /// The largest share of their capacity that the tasks used in a minute that may have decided
    /// what a look did between `then` and `now`, in percent.
    pub(super) fn most_used(&self, then: Time, now: Time) -> f64 {
        let of = |end: &Time| {
            let load = self.seen.load.at(*end).fold(0.0, f64::max);
            let running = self.counted(*end).filter(|running| *running > 0).min();
            100.0 * load / running.unwrap_or(1) as f64
        };
        self.minutes(then, now).iter().map(of).fold(0.0, f64::max)
    }

    /// The smallest such share.
    pub(super) fn least_used(&self, then: Time, now: Time) -> f64 {
        let of = |end: &Time| {
            let load = self.seen.load.at(*end).fold(f64::INFINITY, f64::min);
            let running = self.counted(*end).max().unwrap_or_default();
            100.0 * load / running.max(1) as f64
        };
        self.minutes(then, now).iter().map(of).fold(f64::INFINITY, f64::min)
    }

    /// The numbers of running tasks in a minute and the two before it.
    fn counted(&self, end: Time) -> impl Iterator<Item = i64> {
        self.seen.running.within(end - COUNTED, end)
    }

    /// The ends of these minutes.
    fn minutes(&self, then: Time, now: Time) -> Vec<Time> {
        let from = |back: Duration| ends(then - back, now);
        let all = from(DECIDES);
        let without_tasks = |end: &Time| self.seen.running.at(*end).any(|running| running == 0);
        match all.iter().any(without_tasks) {
            true => from(DECIDES + WITHOUT_TASKS),
            false => all,
        }
    }
}

/// The whole minutes from one time to another.
fn ends(from: Time, to: Time) -> Vec<Time> {
    let first = from - Duration::seconds(from.unix_timestamp().rem_euclid(60));
    let first = first.replace_nanosecond(0).unwrap_or(first);
    std::iter::successors(Some(first), |end| Some(*end + Duration::MINUTE))
        .take_while(|end| *end <= to)
        .filter(|end| *end >= from)
        .collect()
}
