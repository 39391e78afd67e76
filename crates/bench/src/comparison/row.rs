//! The figures of one drain in a case. Where seeds differ, they are ranges.

use std::iter;

use time::Duration;

use crate::outcome::Outcome;
use crate::target::number;

/// The names of [`Row::figures`].
pub const FIGURES: [&str; 8] = [
    "calls each",
    "invocations",
    "billed",
    "lag",
    "median lag",
    "tasks cut short",
    "by time-out",
    "dead letters",
];

/// One drain in a case.
#[derive(Debug)]
pub struct Row {
    /// The name of the drain.
    pub name: &'static str,
    /// The outcome with the first seed.
    pub(crate) first: Outcome,
    /// The outcomes with the other seeds.
    pub(super) further: Vec<Outcome>,
}

impl Row {
    /// The figures in the order of [`FIGURES`].
    pub fn figures(&self) -> [String; 8] {
        let lags = self.lags();
        let median = lags.get(lags.len() / 2).copied();
        [
            self.calls(),
            self.counts(|outcome| outcome.bill.invocations + outcome.tail.invocations),
            self.billed(),
            self.lag(),
            seconds(&median.into_iter().collect::<Vec<_>>()),
            self.cut_short(),
            self.counts(|outcome| count(outcome.by_time_out())),
            self.counts(|outcome| outcome.dead_letters),
        ]
    }

    /// The calls per instance.
    pub fn calls(&self) -> String {
        let calls: Vec<f64> = self.outcomes().map(Outcome::calls_each).collect();
        let decimals = usize::from(calls.iter().any(|calls| calls.fract() != 0.0));
        range(&calls, decimals, "")
    }

    /// The billed time of all instances together.
    pub fn billed(&self) -> String {
        let billed = self.outcomes().map(|outcome| outcome.billed_milliseconds());
        seconds(&billed.map(|billed| number(billed) / 1e3).collect::<Vec<_>>())
    }

    /// The time from the last stop on an instance to its release, without instances that were
    /// released too early.
    pub fn lag(&self) -> String {
        seconds(&self.lags())
    }

    /// The tasks that were cut short, of all tasks.
    pub fn cut_short(&self) -> String {
        let cut_short = self.counts(|outcome| count(outcome.cut_short()));
        format!("{cut_short} of {}", self.counts(|outcome| count(outcome.tasks())))
    }

    /// Whether no task was cut short with any seed.
    pub fn is_clean(&self) -> bool {
        self.outcomes().all(|outcome| outcome.cut_short() == 0)
    }

    /// The outcomes, one for each seed.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        iter::once(&self.first).chain(&self.further)
    }

    /// In seconds, in ascending order.
    fn lags(&self) -> Vec<f64> {
        let lags = self.outcomes().flat_map(Outcome::lags);
        let mut lags: Vec<f64> = lags.map(Duration::as_seconds_f64).collect();
        lags.sort_by(f64::total_cmp);
        lags
    }

    fn counts(&self, figure: impl Fn(&Outcome) -> u64) -> String {
        range(&self.outcomes().map(|outcome| number(figure(outcome))).collect::<Vec<_>>(), 0, "")
    }
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

fn seconds(values: &[f64]) -> String {
    range(values, 1, " s")
}

/// The least and the greatest value, or one if they look the same. A dash if there is none.
fn range(values: &[f64], decimals: usize, unit: &str) -> String {
    let least = values.iter().copied().min_by(f64::total_cmp);
    let most = values.iter().copied().max_by(f64::total_cmp);
    let (Some(least), Some(most)) = (least, most) else { return "-".to_owned() };
    let [least, most] = [least, most].map(|value| format!("{value:.decimals$}"));
    if least == most { format!("{most}{unit}") } else { format!("{least} to {most}{unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_shows_both_ends_only_if_they_look_different() {
        assert_eq!(range(&[3.0, 1.0, 2.0], 0, ""), "1 to 3");
        assert_eq!(range(&[2.61, 2.64], 1, " s"), "2.6 s");
        assert_eq!(range(&[], 1, " s"), "-");
    }
}
