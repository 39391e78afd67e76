//! What is promised of scaling, and whether it is kept.

use time::Duration;

use super::calls::{Kind, looks};
use super::full::Scaled;
use crate::runs::Run;
use crate::target::{Target, number};

/// Calls of a look that scales nothing, one target or both; those that bring it its turn are
/// among them.
const CALLS: [f64; 3] = [3.0, 6.0, 12.0];

/// The targets for looks and for the full cluster.
pub fn all(runs: &[Run], took: &[(Scaled, Vec<Duration>)]) -> Vec<Target> {
    of_calls(runs).into_iter().chain(of_full(took)).collect()
}

/// The targets for what looks cost that an alarm brought.
pub fn of_calls(runs: &[Run]) -> Vec<Target> {
    let looks = looks(runs);
    let dearest = |scaled: usize| {
        let of_kind = |kind: &&Kind| kind.by_alarm && kind.scaled == scaled && !kind.room;
        let kinds = looks.keys().filter(of_kind);
        kinds.filter_map(|kind| looks.get(kind)).map(|looks| looks.dearest.len()).max()
    };
    let names = ["scales nothing", "scales one dimension", "scales both"];
    CALLS
        .into_iter()
        .zip(names)
        .enumerate()
        .map(|(scaled, (most, name))| Target {
            what: format!("calls of an alarm that {name}"),
            measured: count(dearest(scaled).unwrap_or_default()),
            most,
        })
        .collect()
}

/// Together is faster than apart.
pub fn of_full(took: &[(Scaled, Vec<Duration>)]) -> Vec<Target> {
    let median = |wanted: Scaled| {
        let spans = took.iter().find(|(scaled, _)| *scaled == wanted).map(|(_, spans)| spans);
        spans.and_then(|spans| spans.get(spans.len() / 2)).copied().unwrap_or_default()
    };
    vec![Target {
        what: "full cluster: seconds until all tasks run, dimensions together".to_owned(),
        measured: median(Scaled::Together).as_seconds_f64(),
        most: median(Scaled::Apart).as_seconds_f64(),
    }]
}

fn count(calls: usize) -> f64 {
    number(u64::try_from(calls).unwrap_or(u64::MAX))
}
