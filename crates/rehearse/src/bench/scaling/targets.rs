//! What is promised of scaling, and whether it is kept.

use time::Duration;

use super::calls::{Kind, looks};
use super::full::Scaled;
use crate::runs::Run;
use crate::target::{Target, number};

/// Calls of a look that an alarm brings and that scales nothing, one target or both; those
/// that bring it its turn are among them. Whoever reads the room looks at both.
const NOTHING: f64 = 3.0;
const ONE: f64 = 6.0;
const BOTH: f64 = 12.0;

/// The targets for looks and for the full cluster.
pub fn all(runs: &[Run], took: &[(Scaled, Vec<Duration>)]) -> Vec<Target> {
    of_calls(runs).into_iter().chain(of_full(took)).collect()
}

/// The targets for what looks cost that an alarm brought.
pub fn of_calls(runs: &[Run]) -> Vec<Target> {
    let looks = looks(runs);
    let target = |what: &str, most: f64, of: fn(&Kind) -> bool| {
        let kinds = looks.iter().filter(|(kind, _)| kind.by_alarm && of(kind));
        let dearest = kinds.map(|(_, looks)| looks.dearest.len()).max().unwrap_or_default();
        let measured = number(u64::try_from(dearest).unwrap_or(u64::MAX));
        Target { what: format!("calls of an alarm that {what}"), measured, most }
    };
    vec![
        target("scales nothing", NOTHING, |kind| kind.scaled == 0 && !kind.room && !kind.asks),
        target("scales one dimension", ONE, |kind| kind.scaled == 1 && !kind.room),
        target("reads the room and scales one", BOTH, |kind| kind.scaled == 1 && kind.room),
        target("scales both", BOTH, |kind| kind.scaled == 2),
    ]
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
