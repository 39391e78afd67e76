//! What looks of alarm-scaling cost in calls.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::runs::Run;
use crate::stack::{ALARM_SCALING, REINVOKE};

/// What a look came to, as far as its price goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// An alarm's transition brought it; a tick otherwise.
    pub by_alarm: bool,
    /// How many targets were scaled.
    pub scaled: usize,
    /// Whether the room on the cluster's instances was read: tasks had no place, or the
    /// group might have been scaled in.
    pub room: bool,
    /// Whether any alarm was in ALARM.
    pub alarmed: bool,
    /// Whether it asked for the next look. An alarm's turn was asked for together with one,
    /// and asks for another only where something failed.
    pub asks: bool,
}

impl Kind {
    /// In words.
    pub fn words(self) -> String {
        let by = if self.by_alarm { "an alarm" } else { "a tick" };
        let did = match (self.alarmed, self.scaled) {
            (false, _) => "no alarm is on",
            (true, 0) => "scales nothing",
            (true, 1) => "scales one",
            (true, _) => "scales both",
        };
        let room = if self.room { ", reads the room" } else { "" };
        let asks = if self.asks { ", asks for the next look" } else { "" };
        format!("{by}, {did}{room}{asks}")
    }
}

/// The looks of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// How many.
    pub count: usize,
    /// The calls of the dearest, in order: of whatever brought the alarm its turn, and of the
    /// look. What reinvoke calls for a tick is not among them.
    pub dearest: Vec<String>,
}

/// The looks of these runs by their kinds.
pub fn looks(runs: &[Run]) -> BTreeMap<Kind, Looks> {
    let mut kinds: BTreeMap<Kind, Looks> = BTreeMap::new();
    let route = route(runs);
    for run in runs.iter().filter(|run| run.function == ALARM_SCALING) {
        let Some(kind) = look(run) else { continue };
        let brought = route.iter().filter(|_| kind.by_alarm);
        let calls: Vec<String> = brought.chain(&run.calls).cloned().collect();
        let looks = kinds.entry(kind).or_default();
        looks.count += 1;
        if calls.len() > looks.dearest.len() {
            looks.dearest = calls;
        }
    }
    kinds
}

/// The calls by which reinvoke hands a tick on, of the dearest run that had one.
pub fn hop(runs: &[Run]) -> usize {
    let hops = runs.iter().filter(|run| run.function == REINVOKE).map(|run| run.calls.len());
    hops.max().unwrap_or_default()
}

/// The calls by which an alarm gets its turn, of the dearest run that asked for one and held
/// no look.
fn route(runs: &[Run]) -> Vec<String> {
    let asked = |run: &&Run| {
        let looks = run.answer.get("looks").and_then(Value::as_array);
        run.answer.pointer("/event/lanes").is_some() && looks.is_some_and(Vec::is_empty)
    };
    let routes = runs.iter().filter(asked).map(|run| &run.calls);
    routes.max_by_key(|calls| calls.len()).cloned().unwrap_or_default()
}

/// The look that a run held, if it held one of one lane.
fn look(run: &Run) -> Option<Kind> {
    let looks = run.answer.get("looks")?.as_array()?;
    let lanes: BTreeSet<Option<&str>> =
        looks.iter().map(|look| look.get("lane").and_then(Value::as_str)).collect();
    if lanes.len() != 1 {
        return None;
    }
    let decisions: Vec<&Value> =
        looks.iter().filter(|look| look.get("decision").is_some()).collect();
    let scaled = decisions.iter().filter(|look| {
        look.get("prevails").and_then(Value::as_bool) == Some(true)
            && (look.pointer("/decision/outcome/scale").is_some()
                || look.pointer("/decision/raise/outcome/scale").is_some())
    });
    let event =
        |look: &&&Value| look.pointer("/decision/breach/event").is_some_and(Value::is_string);
    let by_alarm = decisions.iter().any(|look| event(&look));
    let room = run.calls.iter().any(|call| call == "ListContainerInstances");
    let asks = run.calls.iter().any(|call| call == "Publish");
    Some(Kind { by_alarm, scaled: scaled.count(), room, alarmed: !decisions.is_empty(), asks })
}
