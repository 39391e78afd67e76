//! The true utilization of the tasks in each minute.
//!
//! CloudWatch measures a minute at its end, and samples may arrive late or not at all. Decisions
//! are checked against complete minutes.

use region::Time;
use time::Duration;

use super::Oracle;

/// How long ago the minute that a decision uses may have ended: its samples take two minutes, the
/// next evaluation up to one, and the reconcile up to one more.
const DECIDES: Duration = Duration::minutes(4);

/// How much longer ago if there were no tasks, because a minute without tasks has no value.
const WITHOUT_TASKS: Duration = Duration::minutes(2);

/// How long before a minute a number of tasks counts for it. A minute is taken as complete if it
/// has as many samples as the minutes before it, so it may lack the samples of newly started tasks.
const COUNTED: Duration = Duration::minutes(2);

impl Oracle {
    /// The highest utilization, in percent, of the minutes that a reconcile between `then` and
    /// `now` may have used.
    pub(super) fn most_used(&self, then: Time, now: Time) -> f64 {
        let of = |end: &Time| {
            let load = self.seen.load.at(*end).fold(0.0, f64::max);
            let running = self.counted(*end).filter(|running| *running > 0).min();
            100.0 * load / running.unwrap_or(1) as f64
        };
        self.minutes(then, now).iter().map(of).fold(0.0, f64::max)
    }

    /// The lowest such utilization.
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

    /// The ends of the minutes that a reconcile between `then` and `now` may have used.
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

/// The ends of the full minutes between two times.
fn ends(from: Time, to: Time) -> Vec<Time> {
    let first = from - Duration::seconds(from.unix_timestamp().rem_euclid(60));
    let first = first.replace_nanosecond(0).unwrap_or(first);
    std::iter::successors(Some(first), |end| Some(*end + Duration::MINUTE))
        .take_while(|end| *end <= to)
        .filter(|end| *end >= from)
        .collect()
}
