//! The levels of a load test.

use std::time::Duration;

/// The levels of a test, and how long each is held.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// In the order of time.
    pub levels: Vec<Level>,
    /// How long each is held.
    pub hold: Duration,
}

/// A rate that is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// With so many tasks.
    pub tasks: u32,
    /// Requests a second.
    pub rate: f64,
}

/// What a ladder is made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rungs {
    /// The first rate.
    pub start: f64,
    /// The last rate, which the tasks cannot sustain.
    pub max: f64,
    /// The largest rise from one level to the next, as a share.
    pub step: f64,
    /// Tasks in the first series.
    pub tasks: u32,
    /// Factor of the number of tasks in the second series.
    pub doubling: f64,
}

/// The most steps. More would take days.
const MOST_LEVELS: usize = 200;

impl Ladder {
    /// Rates rise in equal relative steps. Then one lower level shows whether memory is released.
    /// Then every second rate is repeated with more tasks, for the doubling test.
    ///
    /// # Errors
    /// When the last rate is not above the first, there are too many steps, or the factor of the
    /// tasks is too small.
    pub fn new(rungs: Rungs, hold: Duration) -> Result<Self, String> {
        let Rungs { start, max, step, tasks, doubling } = rungs;
        if max <= start {
            return Err(format!("--max-rate {max} is not above --start-rate {start}"));
        }
        let steps = ((max / start).ln() / step.ln_1p()).ceil().max(1.0);
        if steps > MOST_LEVELS as f64 {
            return Err(format!(
                "there are {steps} steps from {start} to {max}, more than {MOST_LEVELS}: raise \
                 --step or --start-rate"
            ));
        }
        let more = (f64::from(tasks) * doubling).round();
        if more < 1.5 * f64::from(tasks) {
            return Err(format!(
                "--doubling {doubling} makes {more} of {tasks} tasks; at least 1.5 times the tasks \
                 are needed"
            ));
        }
        let ratio = (max / start).powf(steps.recip());
        let mut rates: Vec<f64> =
            (0..steps as u32).map(|number| round(start * ratio.powf(f64::from(number)))).collect();
        rates.push(max);
        rates.dedup();
        let down = rates.iter().rev().copied().find(|rate| *rate <= max / 2.0).unwrap_or(start);
        let mut doubled: Vec<f64> = rates.iter().rev().step_by(2).copied().collect();
        doubled.reverse();
        let at = |tasks| move |rate: &f64| Level { tasks, rate: *rate };
        let first = rates.iter().chain([&down]).map(at(tasks));
        let levels = first.chain(doubled.iter().map(at(more as u32))).collect();
        Ok(Self { levels, hold })
    }

    /// The duration of the test, without the time in which tasks start.
    pub fn length(&self) -> Duration {
        self.hold.saturating_mul(u32::try_from(self.levels.len()).unwrap_or(u32::MAX))
    }

    /// The levels of each number of tasks.
    pub fn runs(&self) -> impl Iterator<Item = &[Level]> {
        self.levels.chunk_by(|one, other| one.tasks == other.tasks)
    }
}

/// Three digits, because the names of files contain the rate.
fn round(rate: f64) -> f64 {
    let unit = 10_f64.powi(2 - rate.log10().floor() as i32);
    (rate * unit).round() / unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTES: Duration = Duration::from_secs(300);

    fn rates(ladder: &Ladder, tasks: u32) -> Vec<f64> {
        let of = ladder.levels.iter().filter(|level| level.tasks == tasks);
        of.map(|level| level.rate).collect()
    }

    #[test]
    fn rates_rise_then_fall_and_repeat_with_more_tasks() {
        let rungs = Rungs { start: 100.0, max: 200.0, step: 0.2, tasks: 2, doubling: 2.0 };
        let ladder = Ladder::new(rungs, MINUTES).unwrap();
        assert_eq!(rates(&ladder, 2), [100.0, 119.0, 141.0, 168.0, 200.0, 100.0]);
        assert_eq!(rates(&ladder, 4), [100.0, 141.0, 200.0]);
        assert_eq!(ladder.length(), 9 * MINUTES);
    }

    #[test]
    fn an_invalid_ladder_is_refused_with_the_option_to_change() {
        let rungs = Rungs { start: 10.0, max: 100.0, step: 0.2, tasks: 2, doubling: 2.0 };
        for (rungs, word) in [
            (Rungs { max: 10.0, ..rungs }, "--max-rate"),
            (Rungs { step: 0.001, ..rungs }, "--step"),
            (Rungs { doubling: 1.1, ..rungs }, "--doubling"),
        ] {
            let error = Ladder::new(rungs, MINUTES).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_step_is_larger_than_was_asked_but_for_rounding(
            start in 1.0..1000.0, times in 1.01..100.0, step in 0.05..1.0, tasks in 1_u32..20,
        ) {
            let rungs = Rungs { start, max: start * times, step, tasks, doubling: 2.0 };
            let ladder = Ladder::new(rungs, MINUTES).unwrap();
            let mut up = rates(&ladder, tasks);
            up.pop();
            for pair in up.windows(2) {
                prop_assert!(pair[1] > pair[0] && pair[1] <= pair[0] * (1.0 + step) * 1.02);
            }
            prop_assert_eq!(up.last().copied(), Some(rungs.max));
            prop_assert!(rates(&ladder, 2 * tasks).iter().all(|rate| up.contains(rate)));
        }
    }
}
