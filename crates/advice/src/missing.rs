//! What a load test lacks.

use crate::advice::{Missing, Plateau};
use crate::assess::MORE;
use crate::knee::Run;
use crate::load_test::LoadTest;

/// Samples of the shortest test that could have levels.
const SAMPLES: usize = 8;

/// Levels at one number of tasks, without which nothing can be said to follow demand.
const LEVELS: usize = 4;

/// What is missing before any level is looked for.
pub(crate) fn before_levels(test: &LoadTest, timed: bool) -> Vec<Missing> {
    let some = |series: &[f64]| series.iter().any(|value| value.is_finite());
    let told = |series: &Option<Vec<f64>>| series.as_deref().is_some_and(some);
    let samples = test.len() < SAMPLES || !some(&test.demand) || !some(&test.tasks);
    let objective = !timed && !told(&test.errors) && !told(&test.completed);
    let missing = [
        (samples, Missing::Samples),
        (objective, Missing::Objective),
        (test.metrics.is_empty(), Missing::Metrics),
    ];
    missing.into_iter().filter_map(|(is, what)| is.then_some(what)).collect()
}

/// What is missing among the levels.
pub(crate) fn among_levels(plateaus: &[Plateau], runs: &[Run<'_>]) -> Vec<Missing> {
    if plateaus.is_empty() {
        return vec![Missing::Plateaus];
    }
    let fewest = runs.first().map_or(f64::NAN, |run| run.tasks);
    let more = || runs.iter().filter(|run| run.tasks >= MORE * fewest);
    let highest = runs.first().and_then(|run| run.levels.last()).map_or(0.0, |level| level.demand);
    let lowest = runs.first().and_then(|run| run.levels.first()).map_or(0.0, |level| level.demand);
    let common = |run: &Run<'_>| {
        run.levels.iter().any(|level| (0.95 * lowest..=1.05 * highest).contains(&level.demand))
    };
    let missing = [
        (!runs.iter().any(|run| run.levels.len() >= LEVELS), Missing::Levels),
        (more().next().is_none(), Missing::Doubling),
        (more().next().is_some() && !more().any(common), Missing::SameDemand),
        (runs.iter().all(|run| run.good == run.levels.len()), Missing::Overload),
        (runs.iter().all(|run| run.good == 0), Missing::Underload),
    ];
    missing.into_iter().filter_map(|(is, what)| is.then_some(what)).collect()
}
