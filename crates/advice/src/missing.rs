//! What a load test lacks.

use load_test::LoadTest;

use crate::advice::Missing;
use crate::assess::MORE;
use crate::knee::Run;

/// The fewest samples in which levels can be found.
const SAMPLES: usize = 8;

/// The fewest levels at one number of tasks from which it can be judged whether a metric follows
/// demand.
const LEVELS: usize = 4;

/// The largest difference, as a share, between demands that count as the same.
const NEAR: f64 = 0.05;

/// What is missing before levels are searched for.
pub(crate) fn before_levels(test: &LoadTest, timed: bool) -> Vec<Missing> {
    let some = |series: &[f64]| series.iter().any(|value| value.is_finite());
    let known = |series: &Option<Vec<f64>>| series.as_deref().is_some_and(some);
    let samples = test.len() < SAMPLES || !some(&test.demand) || !some(&test.tasks);
    let objective = !timed && !known(&test.errors) && !known(&test.completed);
    let missing = [
        (samples, Missing::Samples),
        (objective, Missing::Objective),
        (test.metrics.is_empty(), Missing::Metrics),
    ];
    missing.into_iter().filter_map(|(is, what)| is.then_some(what)).collect()
}

/// What is missing among the levels.
pub(crate) fn among_levels(ramps: bool, runs: &[Run<'_>]) -> Vec<Missing> {
    let Some(base) = runs.first() else { return vec![Missing::Plateaus] };
    let few = !runs.iter().any(|run| run.levels.len() >= LEVELS);
    let more = || runs.iter().filter(|run| run.tasks >= MORE * base.tasks);
    let doubled = more().next().is_some();
    let missing = [
        (ramps, Missing::Plateaus),
        (few, Missing::Levels),
        (!doubled, Missing::Doubling),
        (doubled && !few && !more().any(|run| is_common(base, run)), Missing::SameDemand),
        (runs.iter().all(|run| run.good == run.levels.len()), Missing::Overload),
        (runs.iter().all(|run| run.good == 0), Missing::Underload),
    ];
    missing.into_iter().filter_map(|(is, what)| is.then_some(what)).collect()
}

/// Whether `more` has a level at a demand at which the objective holds with the tasks of `base`.
fn is_common(base: &Run<'_>, more: &Run<'_>) -> bool {
    let good = base.good_levels();
    let lowest = good.first().map_or(f64::INFINITY, |level| level.demand);
    let highest = good.last().map_or(0.0, |level| level.demand);
    let near = (1.0 - NEAR) * lowest..=(1.0 + NEAR) * highest;
    more.levels.iter().any(|level| near.contains(&level.demand))
}
