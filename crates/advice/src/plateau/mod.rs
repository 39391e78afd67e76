//! The steady levels of a load test: demand and tasks are constant, and the service is warm.

mod changes;
mod warm_up;

use std::ops::Range;

use load_test::{LoadTest, Metric};

use crate::stats::{average, median, t_probability};

/// Seconds for which a level has to be held.
const LEAST_HOLD: f64 = 110.0;

/// Samples that a level has to keep once its warm-up is cut off.
const LEAST_STEADY: usize = 2;

/// A share of demand by which a level may rise or fall from its begin to its end.
const LEVEL: f64 = 0.05;

/// A series is a ramp if the share of its time that no level fills, plus the share of its rise within
/// levels, exceeds this. Pieces of a ramp may also look like levels.
const RAMP: f64 = 0.55;

/// Levels rise if the probability of such a rise by chance is below this.
const CHANCE: f64 = 0.005;

/// A stretch of samples in which demand and tasks are steady.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stretch {
    /// Seconds since the first sample.
    pub from: f64,
    /// When the service was warm.
    pub steady_from: f64,
    /// The time of the last sample.
    pub to: f64,
    /// Running tasks.
    pub tasks: f64,
    /// The samples from which the service was warm.
    pub samples: Range<usize>,
    /// Of each metric, its rise as a share of its level in each hour.
    pub climbs: Vec<Option<f64>>,
}

/// The levels of a load test.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Steady {
    /// All of them, in the order of time.
    pub stretches: Vec<Stretch>,
    /// Whether demand rises without them while some number of tasks runs.
    pub ramps: bool,
}

/// The levels of `test`, which has no outliers.
pub(crate) fn steady(test: &LoadTest) -> Steady {
    let tasks = bridged(&test.tasks);
    let mut steady = Steady::default();
    for run in same(&tasks).into_iter().filter_map(|run| tested(test, run)) {
        let demand = test.demand.get(run.clone()).unwrap_or_default();
        let shifted = |level: Range<usize>| run.start + level.start..run.start + level.end;
        let levels: Vec<Range<usize>> =
            changes::segments(demand).into_iter().map(shifted).collect();
        let lasting: Vec<Range<usize>> =
            levels.iter().filter(|level| held(test, level) >= LEAST_HOLD).cloned().collect();
        let (held_for, stretches): (Vec<f64>, Vec<Stretch>) = levels
            .into_iter()
            .filter_map(|level| Some((held(test, &level), stretch(test, &tasks, level)?)))
            .unzip();
        let filled: f64 = held_for.iter().sum();
        if rise_within(test, &lasting) + 1.0 - filled / held(test, &run) > RAMP {
            steady.ramps = true;
        } else {
            steady.stretches.extend(stretches);
        }
    }
    steady
}

/// The part of a run from the first demand to the last: metrics may be recorded for longer.
fn tested(test: &LoadTest, run: Range<usize>) -> Option<Range<usize>> {
    let known = |at: &usize| test.demand.get(*at).is_some_and(|demand| demand.is_finite());
    let (first, last) = (run.clone().find(known)?, run.rev().find(known)?);
    Some(first..last + 1)
}

/// Seconds of samples, the last one's own among them: the first of a level that is averaged over a minute
/// may hold some of the level before.
fn held(test: &LoadTest, samples: &Range<usize>) -> f64 {
    let times = test.times.get(samples.clone()).unwrap_or_default();
    let spacing = median(times.iter().zip(times.iter().skip(1)).map(|(one, next)| next - one));
    let span = times.first().zip(times.last()).map_or(0.0, |(first, last)| last - first);
    span + spacing.unwrap_or(0.0)
}

/// What demand rises by within `segments`, as a share of the usual step to the next; nothing, if that may
/// be chance. Pieces of a ramp go on rising.
fn rise_within(test: &LoadTest, segments: &[Range<usize>]) -> f64 {
    let trends: Vec<Trend> =
        segments.iter().filter_map(|segment| demand_trend(test, segment)).collect();
    let steps = trends.iter().zip(trends.iter().skip(1)).map(|(one, next)| next.mean - one.mean);
    let between = median(steps.filter(|step| *step > 0.0));
    let changes: Vec<f64> = trends.iter().map(|trend| trend.change).collect();
    let within = average(&changes).filter(|within| {
        within.value > 0.0
            && t_probability(within.value / within.error, changes.len() as f64 - 1.0) < CHANCE
    });
    within.zip(between).map_or(0.0, |(within, between)| within.value / between)
}

/// A gap between equal numbers of tasks is not a change.
fn bridged(tasks: &[f64]) -> Vec<f64> {
    let mut bridged = tasks.to_vec();
    let mut last: Option<(usize, f64)> = None;
    for (at, &now) in tasks.iter().enumerate().filter(|(_, tasks)| tasks.is_finite()) {
        if let Some((before, tasks)) = last
            && tasks == now
            && let Some(gap) = bridged.get_mut(before..at)
        {
            gap.fill(tasks);
        }
        last = Some((at, now));
    }
    bridged
}

/// Runs of equal finite values.
fn same(values: &[f64]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut before = f64::NAN;
    for (at, &value) in values.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if value == before => run.end = at + 1,
            _ if value.is_finite() => runs.push(at..at + 1),
            _ => {}
        }
        before = value;
    }
    runs
}

fn stretch(test: &LoadTest, tasks: &[f64], segment: Range<usize>) -> Option<Stretch> {
    let times = test.times.get(segment.clone())?;
    let steady = warm_up::end(test, &segment)..segment.end;
    if held(test, &segment) < LEAST_HOLD || steady.len() < LEAST_STEADY || slopes(test, &steady) {
        return None;
    }
    Some(Stretch {
        from: *times.first()?,
        steady_from: *test.times.get(steady.start)?,
        to: *times.last()?,
        tasks: *tasks.get(segment.start)?,
        climbs: test.metrics.iter().map(|metric| climb(test, &steady, metric)).collect(),
        samples: steady,
    })
}

/// Whether demand goes on rising or falling.
fn slopes(test: &LoadTest, samples: &Range<usize>) -> bool {
    demand_trend(test, samples)
        .is_some_and(|trend| trend.change.abs() > LEVEL * trend.mean && trend.p < 0.01)
}

fn demand_trend(test: &LoadTest, samples: &Range<usize>) -> Option<Trend> {
    Trend::of(&points(test, samples, &test.demand))
}

/// The effect of a change of demand takes time and is not a rise, so only the second half counts.
fn climb(test: &LoadTest, samples: &Range<usize>, metric: &Metric) -> Option<f64> {
    let settled = samples.start.midpoint(samples.end)..samples.end;
    let points = points(test, &settled, &metric.values);
    let trend = Trend::of(&points)?;
    let hours = (points.last()?.0 - points.first()?.0) / 3600.0;
    let rate = trend.change / trend.mean / hours;
    rate.is_finite().then_some(rate)
}

/// Times and values, without gaps.
fn points(test: &LoadTest, samples: &Range<usize>, series: &[f64]) -> Vec<(f64, f64)> {
    let times = test.times.get(samples.clone()).unwrap_or_default();
    let values = series.get(samples.clone()).unwrap_or_default();
    let points = times.iter().zip(values).map(|(&time, &value)| (time, value));
    points.filter(|point| point.1.is_finite()).collect()
}

/// A straight line through values over time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trend {
    /// The average.
    mean: f64,
    /// By how much the line rises from the first time to the last.
    change: f64,
    /// The probability of such a line where there is none.
    p: f64,
}

impl Trend {
    /// `None` for fewer than two points.
    fn of(points: &[(f64, f64)]) -> Option<Self> {
        let count = points.len() as f64;
        if count < 2.0 {
            return None;
        }
        let time = points.iter().map(|point| point.0).sum::<f64>() / count;
        let mean = points.iter().map(|point| point.1).sum::<f64>() / count;
        let spread: f64 = points.iter().map(|point| (point.0 - time).powi(2)).sum();
        let slope = points.iter().map(|p| (p.0 - time) * (p.1 - mean)).sum::<f64>() / spread;
        let rest: f64 = points.iter().map(|p| (p.1 - mean - slope * (p.0 - time)).powi(2)).sum();
        let span = points.last()?.0 - points.first()?.0;
        let change = slope * span;
        let freedom = count - 2.0;
        let p = if freedom > 0.0 {
            let error = (rest / freedom / spread).sqrt() * span;
            t_probability(change / error.max(f64::MIN_POSITIVE), freedom)
        } else {
            1.0
        };
        (spread > 0.0).then_some(Self { mean, change, p })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(demand: Vec<f64>, tasks: Vec<f64>) -> LoadTest {
        let times = (0..demand.len()).map(|at| 10.0 * at as f64).collect();
        LoadTest { times, tasks, demand, ..LoadTest::default() }
    }

    fn ladder(levels: &[f64], each: usize) -> Vec<f64> {
        let noise = |at: usize| 1.0 + 0.02 * ((at * 7919 % 13) as f64 / 6.0 - 1.0);
        levels
            .iter()
            .flat_map(|level| std::iter::repeat_n(*level, each))
            .enumerate()
            .map(|(at, level)| level * noise(at))
            .collect()
    }

    #[test]
    fn each_level_of_a_ladder_is_a_stretch() {
        let demand = ladder(&[10.0, 20.0, 30.0, 40.0, 44.0], 24);
        let tasks = vec![2.0; demand.len()];
        let found = steady(&test(demand, tasks)).stretches;
        assert_eq!(
            found.iter().map(|one| one.from).collect::<Vec<_>>(),
            [0.0, 240.0, 480.0, 720.0, 960.0]
        );
    }

    #[test]
    fn what_is_recorded_before_and_after_the_load_belongs_to_no_level() {
        let quiet = || std::iter::repeat_n(f64::NAN, 20);
        let demand: Vec<f64> = quiet().chain(ladder(&[10.0, 20.0], 24)).chain(quiet()).collect();
        let tasks = vec![2.0; demand.len()];
        let found = steady(&test(demand, tasks)).stretches;
        assert_eq!(
            found.iter().map(|one| (one.from, one.to)).collect::<Vec<_>>(),
            [(200.0, 430.0), (440.0, 670.0)]
        );
    }

    #[test]
    fn another_number_of_tasks_is_another_stretch() {
        let demand = ladder(&[10.0], 60);
        let mut tasks = vec![2.0; 60];
        tasks[30..].fill(4.0);
        tasks[10] = f64::NAN;
        let found = steady(&test(demand, tasks)).stretches;
        assert_eq!(found.iter().map(|one| one.tasks).collect::<Vec<_>>(), [2.0, 4.0]);
    }

    #[test]
    fn a_ramp_has_no_stretch() {
        let demand: Vec<f64> = (0..90).map(|at| 10.0 + f64::from(at)).collect();
        let steady = steady(&test(demand, vec![2.0; 90]));
        assert_eq!((steady.stretches, steady.ramps), (Vec::new(), true));
    }

    #[test]
    fn levels_that_are_too_short_are_none() {
        let demand = ladder(&[10.0, 20.0, 40.0, 80.0], 6);
        let tasks = vec![2.0; demand.len()];
        assert_eq!(steady(&test(demand, tasks)).stretches, []);
    }
}
