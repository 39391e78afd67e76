//! Where the objective breaks.

use crate::advice::{Broken, Interval, Knee, Plateau};
use crate::settings::Objective;
use crate::usl;

/// Levels of one number of tasks, in the order of demand.
#[derive(Debug, Clone)]
pub(crate) struct Run<'a> {
    /// Their number.
    pub tasks: f64,
    pub levels: Vec<&'a Plateau>,
    /// The number of levels, from the lowest, that keep the objective.
    pub good: usize,
}

/// The levels grouped by the number of tasks, the fewest tasks first.
pub(crate) fn runs(plateaus: &[Plateau]) -> Vec<Run<'_>> {
    let mut levels: Vec<&Plateau> = plateaus.iter().collect();
    levels.sort_by(|one, other| {
        one.tasks.total_cmp(&other.tasks).then(one.demand.total_cmp(&other.demand))
    });
    levels.chunk_by(|one, other| one.tasks == other.tasks).map(Run::of).collect()
}

impl<'a> Run<'a> {
    /// A level may be good or bad by chance. The knee is where the fewest levels are on the wrong
    /// side.
    fn of(levels: &[&'a Plateau]) -> Self {
        let wrong = |split: &usize| {
            levels.iter().enumerate().filter(|(at, level)| level.good != (at < split)).count()
        };
        Self {
            tasks: levels.first().map_or(f64::NAN, |level| level.tasks),
            levels: levels.to_vec(),
            good: (0..=levels.len()).rev().min_by_key(wrong).unwrap_or(0),
        }
    }

    /// The last level that keeps the objective and the first that does not.
    pub(crate) fn around(&self) -> Option<(&'a Plateau, &'a Plateau)> {
        let good = self.levels.get(self.good.checked_sub(1)?)?;
        Some((good, self.levels.get(self.good)?))
    }

    /// The levels that keep the objective.
    pub(crate) fn good_levels(&self) -> &[&'a Plateau] {
        self.levels.get(..self.good).unwrap_or_default()
    }

    /// Demand per task at which the objective breaks.
    pub(crate) fn breaks_at(
        &self,
        objective: &Objective,
        limit: Option<f64>,
    ) -> Option<(f64, Broken)> {
        let (good, bad) = self.around()?;
        let mut holding = self.good_levels().iter().filter(|level| level.good);
        let quiet = holding.find_map(|level| level.latency);
        let places = [
            slow_at(good, bad, quiet, limit).map(|at| (at, Broken::Latency)),
            failing_at(bad, objective).map(|at| (at, Broken::Errors)),
            behind_at(bad, objective).map(|at| (at, Broken::Completions)),
        ];
        places
            .into_iter()
            .flatten()
            .map(|(at, broken)| (at.clamp(good.per_task(), bad.per_task()), broken))
            .min_by(|one, other| one.0.total_cmp(&other.0))
    }
}

/// A level that completes less than this share of its demand is overloaded: its response times grow
/// for as long as it is held, and do not depend on its demand alone.
const OVERLOADED: f64 = 0.98;

/// Completions per second and task, if the level is overloaded.
fn capacity(level: &Plateau) -> Option<f64> {
    let failing = level.errors.filter(|errors| *errors > 1.0 - OVERLOADED);
    let served = failing.map(|errors| level.per_task() * (1.0 - errors));
    let done = level.behind(OVERLOADED).then(|| level.completed.map(|done| done / level.tasks));
    done.flatten().into_iter().chain(served).min_by(f64::total_cmp)
}

/// Waiting times grow as the reciprocal of the remaining capacity. Therefore the reciprocals of the
/// response time beyond the lowest one lie on a line.
fn slow_at(good: &Plateau, bad: &Plateau, quiet: Option<f64>, limit: Option<f64>) -> Option<f64> {
    let (limit, quiet) = (limit?, quiet?);
    let waits = |latency: f64| 1.0 / (latency - quiet).max(0.02 * limit);
    let slow = bad.latency.filter(|latency| *latency > limit)?;
    let below = (good.per_task(), waits(good.latency?));
    let above = match capacity(bad).filter(|capacity| *capacity > good.per_task()) {
        Some(capacity) => (capacity, 0.0),
        None => (bad.per_task(), waits(slow)),
    };
    let share = (below.1 - waits(limit)) / (below.1 - above.1);
    share.is_finite().then(|| below.0 + share.clamp(0.0, 1.0) * (above.0 - below.0))
}

/// Demand beyond the capacity fails.
fn failing_at(bad: &Plateau, objective: &Objective) -> Option<f64> {
    let errors = bad.errors.filter(|errors| *errors > objective.errors)?;
    Some(bad.per_task() * (1.0 - errors) / (1.0 - objective.errors))
}

/// Demand beyond the capacity is not completed.
fn behind_at(bad: &Plateau, objective: &Objective) -> Option<f64> {
    let done = bad.completed.filter(|_| bad.behind(objective.completed))?;
    Some(done / bad.tasks / objective.completed)
}

/// The knee of the series with the narrowest gap around it.
pub(crate) fn knee(runs: &[Run<'_>], objective: &Objective, limit: Option<f64>) -> Option<Knee> {
    let width = |run: &&Run<'_>| {
        run.around().map_or(f64::INFINITY, |(good, bad)| bad.per_task() / good.per_task())
    };
    let run = runs
        .iter()
        .filter(|run| run.around().is_some())
        .min_by(|one, other| width(one).total_cmp(&width(other)))?;
    let (value, breaks) = run.breaks_at(objective, limit)?;
    let (good, bad) = run.around()?;
    let per_task = Interval { value, low: good.per_task(), high: bad.per_task() };
    Some(Knee { per_task, law: usl::fit(&run.levels), breaks })
}

/// The demand that the service sustains with few and with more tasks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Growth {
    /// Demand of all tasks at which the objective breaks with the fewest tasks, or else the highest
    /// demand at which it held with them.
    pub before: f64,
    /// Demand of all tasks at which the objective breaks with the most tasks.
    pub after: f64,
    /// The increase as a share of the increase in tasks, at most: 1 is proportional, 0 is none.
    pub share: f64,
}

/// `None` with one number of tasks, or if the objective never breaks with the most tasks.
pub(crate) fn growth(
    runs: &[Run<'_>],
    objective: &Objective,
    limit: Option<f64>,
) -> Option<Growth> {
    let sustained = |run: &Run<'_>| run.breaks_at(objective, limit).map(|(at, _)| at * run.tasks);
    let (fewest, most) = (runs.first()?, runs.last()?);
    let before =
        sustained(fewest).or_else(|| fewest.good_levels().last().map(|level| level.demand))?;
    let after = sustained(most)?;
    let tasks = most.tasks / fewest.tasks;
    let share = (after / before - 1.0) / (tasks - 1.0);
    (tasks > 1.0).then_some(Growth { before, after, share })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A level of a service that answers as M/M/1 does, of capacity 100 a task.
    pub(crate) fn mm1(tasks: f64, demand: f64) -> Plateau {
        let load = demand / tasks / 100.0;
        let latency = if load < 1.0 { 0.01 / (1.0 - load) } else { 60.0 };
        Plateau {
            from: 0.0,
            steady_from: 0.0,
            to: 300.0,
            tasks,
            demand,
            latency: Some(latency),
            mean_latency: Some(latency),
            errors: Some(0.0),
            completed: Some(demand.min(100.0 * tasks)),
            shortfall: Some((1.0 - 100.0 * tasks / demand).max(0.0)),
            good: latency <= 0.1,
            metrics: Vec::new(),
        }
    }

    const OBJECTIVE: Objective = Objective { latency: None, errors: 0.01, completed: 0.95 };

    #[test]
    fn the_knee_of_mm1_is_found_between_coarse_levels() {
        let levels: Vec<Plateau> = [20.0, 60.0, 120.0, 165.0, 230.0].map(|d| mm1(2.0, d)).to_vec();
        let runs = runs(&levels);
        let knee = knee(&runs, &OBJECTIVE, Some(0.1)).unwrap();
        assert!((knee.per_task.value - 90.0).abs() < 2.0, "{knee:?}");
        assert_eq!(knee.breaks, Broken::Latency);
    }

    #[test]
    fn rejections_show_the_capacity() {
        let mut levels: Vec<Plateau> = [20.0, 60.0, 120.0].map(|d| mm1(1.0, d)).to_vec();
        levels[2].latency = Some(0.05);
        levels[2].errors = Some(1.0 - 100.0 / 120.0);
        levels[2].good = false;
        let runs = runs(&levels);
        let (at, broken) = runs[0].breaks_at(&OBJECTIVE, Some(0.1)).unwrap();
        assert!((at - 100.0 / 0.99).abs() < 1.5, "{at}");
        assert_eq!(broken, Broken::Errors);
    }

    #[test]
    fn a_lowest_level_without_answers_does_not_hide_the_knee() {
        let mut levels: Vec<Plateau> =
            [10.0, 20.0, 60.0, 120.0, 165.0, 230.0].map(|d| mm1(2.0, d)).to_vec();
        levels[0] = Plateau { latency: None, errors: Some(1.0), good: false, ..levels[0].clone() };
        let runs = runs(&levels);
        let knee = knee(&runs, &OBJECTIVE, Some(0.1)).unwrap();
        assert!((knee.per_task.value - 90.0).abs() < 2.0, "{knee:?}");
    }

    #[test]
    fn unknown_errors_do_not_show_the_capacity() {
        let mut level = mm1(1.0, 120.0);
        (level.errors, level.completed, level.shortfall) = (None, None, None);
        assert_eq!(capacity(&level), None);
        assert_eq!(failing_at(&level, &OBJECTIVE), None);
    }

    #[test]
    fn one_bad_level_among_good_ones_is_chance() {
        let mut levels: Vec<Plateau> =
            [20.0, 40.0, 60.0, 80.0, 95.0, 120.0].map(|d| mm1(1.0, d)).to_vec();
        levels[1].good = false;
        assert_eq!(runs(&levels)[0].good, 4);
    }

    #[test]
    fn a_shared_resource_sustains_no_more_with_twice_the_tasks() {
        let mut levels: Vec<Plateau> = [40.0, 80.0, 95.0].map(|d| mm1(1.0, d)).to_vec();
        levels.extend([40.0, 80.0, 95.0].map(|d| Plateau { tasks: 2.0, ..mm1(1.0, d) }));
        let growth = growth(&runs(&levels), &OBJECTIVE, Some(0.1)).unwrap();
        assert!(growth.share.abs() < 0.05, "{growth:?}");
    }
}
