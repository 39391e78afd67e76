//! What fills a heap: the concurrent requests, or all requests since the last collection.

use load_test::Kind;

use crate::advice::{Assessment, Plateau};
use crate::assess::Scene;
use crate::stats::least_squares;

type Candidate<'a> = (usize, &'a Assessment);

/// Throughput explains the heap if it leaves less than this share of what concurrency leaves
/// unexplained.
const DECIDES: f64 = 0.5;

/// The metric that explains the heap better. Concurrency if neither does, because it reflects both.
/// `None` if the test has neither.
pub(super) fn filled_by<'a>(
    scene: &Scene<'_>,
    assessed: &[Assessment],
    concurrency: Option<Candidate<'a>>,
    throughput: Option<Candidate<'a>>,
) -> Option<Candidate<'a>> {
    let heap = assessed.iter().position(|one| one.kind == Kind::Heap);
    let unexplained = |candidate: Option<Candidate<'_>>| rest(scene, heap?, candidate?);
    let decided = unexplained(concurrency)
        .zip(unexplained(throughput))
        .is_some_and(|(concurrency, throughput)| throughput < DECIDES * concurrency);
    if decided { throughput } else { concurrency.or(throughput) }
}

/// The share of the heap's variance that a straight line over the candidate leaves.
fn rest(scene: &Scene<'_>, heap: usize, (candidate, assessed): Candidate<'_>) -> Option<f64> {
    let value = |index: usize, level: &Plateau| Some(level.metric(index)?.value);
    let by = |level: &Plateau| if assessed.per_task { level.tasks } else { 1.0 };
    let pairs: Vec<(f64, f64)> = scene
        .plateaus
        .iter()
        // Beyond the knee, the heap is always full.
        .filter(|level| level.good)
        .filter_map(|level| Some((value(candidate, level)? / by(level), value(heap, level)?)))
        .collect();
    let rows: Vec<Vec<f64>> = pairs.iter().map(|pair| vec![1.0, pair.0]).collect();
    let heaps: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    least_squares(&rows, &heaps, &vec![1.0; rows.len()]).map(|line| 1.0 - line.r_squared)
}
