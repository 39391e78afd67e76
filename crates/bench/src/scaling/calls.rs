//! The number of calls per reconcile of alarm-scaling.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use scenarios::runs::Run;
use scenarios::stack::{ALARM_SCALING, REINVOKE};

/// The properties of a reconcile that determine its calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// Whether an alarm caused it, and not a requeue message.
    pub by_alarm: bool,
    /// The number of targets that were scaled.
    pub scaled: usize,
    /// Whether the capacity of the cluster's instances was read, because tasks were unplaced or the
    /// group might have been scaled in.
    pub room: bool,
    /// Whether any alarm was in ALARM.
    pub alarmed: bool,
    /// Whether it requeued. An alarm's work item is enqueued together with a requeue message, so
    /// its reconcile requeues only after a failure.
    pub asks: bool,
}

impl Kind {
    /// The kind as a title in tables.
    pub fn words(self) -> String {
        let by = if self.by_alarm { "an alarm" } else { "a requeue" };
        let did = match (self.alarmed, self.scaled) {
            (false, _) => "no alarm in ALARM",
            (true, 0) => "scales nothing",
            (true, 1) => "scales one",
            (true, _) => "scales both",
        };
        let room = if self.room { ", reads the capacity" } else { "" };
        let asks = if self.asks { ", requeues" } else { "" };
        format!("{by}, {did}{room}{asks}")
    }
}

/// The reconciles of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciles {
    /// The number of reconciles.
    pub count: usize,
    /// The calls of the reconcile with the most calls, in order. For an alarm, they include the
    /// call that enqueued its work item. The calls of reinvoke for a requeue message are not
    /// included.
    pub dearest: Vec<String>,
}

/// The reconciles of these runs by kind.
pub fn reconciles(runs: &[Run]) -> BTreeMap<Kind, Reconciles> {
    let mut kinds: BTreeMap<Kind, Reconciles> = BTreeMap::new();
    let route = route(runs);
    for run in runs.iter().filter(|run| run.function == ALARM_SCALING) {
        let Some(kind) = reconcile(run) else { continue };
        let brought = route.iter().filter(|_| kind.by_alarm);
        let calls: Vec<String> = brought.chain(&run.calls).cloned().collect();
        let reconciles = kinds.entry(kind).or_default();
        reconciles.count += 1;
        if calls.len() > reconciles.dearest.len() {
            reconciles.dearest = calls;
        }
    }
    kinds
}

/// The largest number of calls of a run of reinvoke that delivered a requeue message.
pub fn hop(runs: &[Run]) -> usize {
    let hops = runs.iter().filter(|run| run.function == REINVOKE).map(|run| run.calls.len());
    hops.max().unwrap_or_default()
}

/// The calls that enqueue the work item of an alarm, from the run with the most calls that enqueued
/// one without a reconcile.
fn route(runs: &[Run]) -> Vec<String> {
    let asked = |run: &&Run| {
        let reconciles = run.answer.get("reconciles").and_then(Value::as_array);
        run.answer.pointer("/event/serialization_keys").is_some()
            && reconciles.is_some_and(Vec::is_empty)
    };
    let routes = runs.iter().filter(asked).map(|run| &run.calls);
    routes.max_by_key(|calls| calls.len()).cloned().unwrap_or_default()
}

/// The kind of the reconcile in a run, if the run reconciled exactly one serialization key.
fn reconcile(run: &Run) -> Option<Kind> {
    let reconciles = run.answer.get("reconciles")?.as_array()?;
    let serialization_keys: BTreeSet<Option<&str>> = reconciles
        .iter()
        .map(|reconcile| reconcile.get("serialization_key").and_then(Value::as_str))
        .collect();
    if serialization_keys.len() != 1 {
        return None;
    }
    let decisions: Vec<&Value> =
        reconciles.iter().filter(|reconcile| reconcile.get("decision").is_some()).collect();
    let scaled = decisions.iter().filter(|reconcile| {
        reconcile.get("applied").and_then(Value::as_bool) == Some(true)
            && (reconcile.pointer("/decision/outcome/scale").is_some()
                || reconcile.pointer("/decision/raise/outcome/scale").is_some())
    });
    let event = |reconcile: &&&Value| {
        reconcile.pointer("/decision/breach/event").is_some_and(Value::is_string)
    };
    let by_alarm = decisions.iter().any(|reconcile| event(&reconcile));
    let room = run.calls.iter().any(|call| call == "ListContainerInstances");
    let asks = run.calls.iter().any(|call| call == "Publish");
    Some(Kind { by_alarm, scaled: scaled.count(), room, alarmed: !decisions.is_empty(), asks })
}
