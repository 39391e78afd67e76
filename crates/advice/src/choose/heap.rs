//! What fills a heap: the requests that are in it at once, or those that have gone through it.

use crate::advice::{Assessment, Plateau};
use crate::assess::Scene;
use crate::load_test::Kind;
use crate::stats::least_squares;

type Candidate<'a> = Option<(usize, &'a Assessment)>;

/// Share of what concurrency leaves unexplained, below which throughput explains the heap.
const DECIDES: f64 = 0.5;

/// Of the two metrics the one that explains the heap better; concurrency if nothing tells, as it sees
/// both. `None` if neither is there.
pub(super) fn filled_by(
    scene: &Scene<'_>,
    assessed: &[Assessment],
    concurrency: Candidate<'_>,
    throughput: Candidate<'_>,
) -> Option<(usize, String)> {
    let heap = [Kind::Heap, Kind::Memory]
        .iter()
        .find_map(|kind| assessed.iter().position(|one| one.kind == *kind));
    let unexplained = |candidate: Candidate<'_>| rest(scene, heap?, candidate?);
    let (by_concurrency, by_throughput) = (unexplained(concurrency), unexplained(throughput));
    let throughput_tells = match (by_concurrency, by_throughput) {
        (Some(concurrency), Some(throughput)) => throughput < DECIDES * concurrency,
        _ => false,
    };
    let (index, one) =
        if throughput_tells { throughput } else { None }.or(concurrency).or(throughput)?;
    Some((index, format!("the heap says nothing of demand, and {} does", one.metric)))
}

/// The share of the heap's variance that a straight line over the candidate leaves.
fn rest(
    scene: &Scene<'_>,
    heap: usize,
    (candidate, assessed): (usize, &Assessment),
) -> Option<f64> {
    let value = |index: usize, level: &Plateau| Some(level.metrics.get(index).copied()??.value);
    let by = |level: &Plateau| if assessed.per_task { level.tasks } else { 1.0 };
    let pairs: Vec<(f64, f64)> = scene
        .plateaus
        .iter()
        .filter_map(|level| Some((value(candidate, level)? / by(level), value(heap, level)?)))
        .collect();
    let rows: Vec<Vec<f64>> = pairs.iter().map(|pair| vec![1.0, pair.0]).collect();
    let heaps: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    least_squares(&rows, &heaps, &vec![1.0; rows.len()]).map(|line| 1.0 - line.r_squared)
}
