//! Targets for the costs and the speed of scaling.

use time::Duration;

use super::calls::{Kind, reconciles};
use super::full::Scaled;
use crate::target::{Target, number};
use scenarios::runs::Run;

/// Upper bounds for the calls of a reconcile that an alarm causes, with the call that enqueues its
/// work item, by what it scales. A reconcile that reads the capacity reads both targets. Three of
/// the calls read the tag of the alarm and the documents.
const NOTHING: f64 = 6.0;
const ONE: f64 = 9.0;
const BOTH: f64 = 15.0;

/// The targets for calls and for the full cluster.
pub fn all(runs: &[Run], took: &[(Scaled, Vec<Duration>)]) -> Vec<Target> {
    of_calls(runs).into_iter().chain(of_full(took)).collect()
}

/// The targets for the calls of reconciles that an alarm caused.
pub fn of_calls(runs: &[Run]) -> Vec<Target> {
    let reconciles = reconciles(runs);
    let target = |what: &str, most: f64, of: fn(&Kind) -> bool| {
        let kinds = reconciles.iter().filter(|(kind, _)| kind.by_alarm && of(kind));
        let dearest =
            kinds.map(|(_, reconciles)| reconciles.dearest.len()).max().unwrap_or_default();
        let measured = number(u64::try_from(dearest).unwrap_or(u64::MAX));
        Target { what: format!("calls of an alarm that {what}"), measured, most }
    };
    vec![
        target("scales nothing", NOTHING, |kind| kind.scaled == 0 && !kind.room && !kind.asks),
        target("scales one dimension", ONE, |kind| kind.scaled == 1 && !kind.room),
        target("reads the capacity and scales one", BOTH, |kind| kind.scaled == 1 && kind.room),
        target("scales both", BOTH, |kind| kind.scaled == 2),
    ]
}

/// The target for a full cluster: with both dimensions together, tasks run sooner than apart.
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
