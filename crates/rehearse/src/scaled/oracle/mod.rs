//! The oracle of scaling: it knows what is true, and holds every scaling against what was
//! promised.
//!
//! It shares no code with what decides, and reads nothing that a look reads: it sees the
//! region's truth after all that happens, and each capacity before and after each call.

mod change;
mod minutes;
mod rest;
mod rules;
mod series;
mod violation;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use region::Time;
use region::client::Forger;
use region::delivery::Delivery;
use region::region::Witness;
use region::wire::Call;
use region::world::{ContainerStatus, LifecycleState, StateValue, World};
use serde_json::Value;
use time::Duration;

use crate::scaled::SERVICE;
use crate::stack::{ALARM_SCALING, CLUSTER, GROUP};

use self::series::Series;

pub use self::rules::{Direction, Policy, Rules, Step, Target};
pub use self::violation::{Promise, Violation};

/// Violations after which nothing more is noted: one cause often has many.
const ENOUGH: usize = 20;

/// The calls that only alarm-scaling makes.
const ITS_OWN: [&str; 6] = [
    "DescribeAlarms",
    "GetMetricData",
    "TagResource",
    "UpdateService",
    "CreateOrUpdateTags",
    "SetDesiredCapacity",
];

/// What the composite alarm is made of. Where one goes into ALARM as the other leaves it, the
/// composite is in ALARM for no time at all, and says so.
const CHILDREN: [&str; 2] = ["ecs-tide-tasks-cpu-low", "ecs-tide-tasks-memory-low"];

/// How long a run may last.
const RUN: Duration = Duration::seconds(61);

/// After the last alarm, the last look: a tick is four minutes on its way.
const LAST_LOOK: Duration = Duration::minutes(5);

/// After what goes wrong, likewise: a message whose run died is delivered again after six
/// minutes, and a copy or what is late may come two minutes after that.
const LAST_LOOK_ON_TROUBLE: Duration = Duration::minutes(15);

/// The oracle of one region; clones share it.
#[derive(Debug, Clone)]
pub struct Oracle(Arc<Mutex<Judge>>);

/// How often something was scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scalings {
    /// Scale-outs of the service.
    pub tasks_out: u64,
    /// Its scale-ins.
    pub tasks_in: u64,
    /// Scale-outs of the group.
    pub instances_out: u64,
    /// Its scale-ins.
    pub instances_in: u64,
}

#[derive(Debug)]
struct Judge {
    rules: Rules,
    seen: Seen,
    alarms: BTreeMap<String, Series<bool>>,
    last: BTreeMap<Target, change::Own>,
    /// When the group was scaled in.
    scale_ins: Vec<Time>,
    /// The last fault, or what somebody else did.
    disturbed: Option<Time>,
    /// When somebody else last changed a capacity.
    interfered: BTreeMap<Target, Time>,
    switched_off: Option<Time>,
    scalings: Scalings,
    violations: Vec<Violation>,
}

/// What was true when.
#[derive(Debug, Default)]
struct Seen {
    desired: BTreeMap<Target, Series<i64>>,
    /// Running tasks.
    running: Series<i64>,
    deploying: Series<bool>,
    /// Whether tasks have no place, or none but on what drains.
    homeless: Series<bool>,
    /// Instances in service.
    serving: Series<i64>,
    /// Since when each of them is registered as well.
    registered: BTreeMap<String, Time>,
    /// Those, and those that are on their way out.
    members: Series<i64>,
    /// CPU and memory that there is work for, in tasks.
    load: Series<f64>,
}

impl Oracle {
    /// An oracle that judges by `rules`.
    pub fn new(rules: Rules) -> Self {
        let of_policies = rules.policies.iter().map(|policy| policy.alarm.clone());
        let watched = of_policies.chain(CHILDREN.map(str::to_owned));
        Self(Arc::new(Mutex::new(Judge {
            alarms: watched.map(|alarm| (alarm, Series::default())).collect(),
            rules,
            seen: Seen::default(),
            last: BTreeMap::new(),
            scale_ins: Vec::new(),
            disturbed: None,
            interfered: BTreeMap::new(),
            switched_off: None,
            scalings: Scalings::default(),
            violations: Vec::new(),
        })))
    }

    fn judge(&self) -> MutexGuard<'_, Judge> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `forger`, watched: each call is judged by what it changed.
    pub fn watching(&self, forger: Forger) -> Forger {
        let oracle = self.clone();
        Forger::new(move |region, now, call| {
            let before = capacities(region.world());
            let answer = forger.answer(region, now, call);
            let after = capacities(region.world());
            oracle.judge().called(now, call, [before, after], region.delivery());
            answer
        })
    }

    /// There is work for so many tasks from now on.
    pub fn loaded(&self, now: Time, tasks: f64) {
        self.judge().seen.load.note(now, tasks);
    }

    /// Somebody else has done something: to the capacity of `target`, or else.
    pub fn interfered(&self, now: Time, target: Option<Target>) {
        let mut judge = self.judge();
        judge.disturbed = Some(now);
        if let Some(target) = target {
            judge.interfered.insert(target, now);
            judge.last.remove(&target);
            judge.scale_ins.clear();
        }
    }

    /// Scaling is switched off.
    pub fn switched_off(&self, now: Time) {
        self.judge().switched_off = Some(now);
    }

    /// Whether no alarm in ALARM could change anything: where scaling comes to rest.
    pub fn rests(&self, world: &World) -> bool {
        self.judge().rests(world)
    }

    /// It never came to rest.
    pub fn restless(&self, now: Time, what: String) {
        self.judge().broken(now, Promise::ComesToRest, what);
    }

    /// What was broken so far, in the order of time.
    pub fn violations(&self) -> Vec<Violation> {
        self.judge().violations.clone()
    }

    /// How often something was scaled.
    pub fn scalings(&self) -> Scalings {
        self.judge().scalings
    }
}

impl Witness for Oracle {
    fn look(&mut self, now: Time, world: &World, _: &Delivery) {
        self.judge().look(now, world);
    }

    fn struck(&mut self, now: Time) {
        self.judge().disturbed = Some(now);
    }
}

/// The desired capacities of both.
fn capacities(world: &World) -> [(Target, i64); 2] {
    let truth = world.truth();
    let tasks = truth.service(CLUSTER, SERVICE).map_or(0, |service| service.desired);
    let instances = truth.group(GROUP).map_or(0, |group| group.desired);
    [(Target::Tasks, whole(tasks)), (Target::Instances, whole(instances))]
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Whether a run is a look at a lane: by its messages.
fn is_look(payload: &Value) -> bool {
    // As long as no filter is in force, the queue of turns gets ticks that are not due.
    let due = |record: &&Value| {
        let pace = record.pointer("/messageAttributes/pace/stringValue");
        pace.is_none_or(|pace| pace == "now")
    };
    let records = payload.get("Records").and_then(Value::as_array).into_iter().flatten();
    let bodies = records.filter(due).filter_map(|record| record.get("body")?.as_str());
    bodies
        .filter_map(|body| serde_json::from_str::<Value>(body).ok())
        .any(|body| body.get("turn").is_some() || body.pointer("/tick/lane").is_some())
}

impl Judge {
    fn broken(&mut self, at: Time, promise: Promise, what: String) {
        if self.violations.len() < ENOUGH {
            self.violations.push(Violation { at, promise, what });
        }
    }

    fn look(&mut self, now: Time, world: &World) {
        for (name, series) in &mut self.alarms {
            series.note(now, world.alarm_state(name) == Some(StateValue::Alarm));
        }
        for (target, desired) in capacities(world) {
            self.seen.desired.entry(target).or_default().note(now, desired);
        }
        let truth = world.truth();
        let (mut serving, mut members, mut settled) = (0, 0, 0);
        let mut registered = BTreeMap::new();
        // The first instances serve long since.
        let first = self.seen.serving.last().is_none();
        let since = if first { now - Duration::HOUR } else { now };
        for instance in truth.instances().filter(|instance| instance.group == GROUP) {
            match instance.state {
                LifecycleState::InService => {
                    serving += 1;
                    members += 1;
                    if instance.containers().next().is_some() {
                        let known = self.seen.registered.get(instance.id).copied();
                        registered.insert(instance.id.to_owned(), known.unwrap_or(since));
                    }
                }
                LifecycleState::TerminatingWait | LifecycleState::TerminatingProceed => {
                    members += 1;
                }
                _ => continue,
            }
            let active = instance.containers().filter(|c| c.status == ContainerStatus::Active);
            settled += active.map(|container| container.running + container.pending).sum::<usize>();
        }
        if let Some(service) = truth.service(CLUSTER, SERVICE) {
            self.seen.running.note(now, whole(service.running));
            self.seen.deploying.note(now, service.deploying);
            let homeless = settled < service.desired && !service.deploying;
            self.seen.homeless.note(now, homeless);
        }
        self.seen.serving.note(now, serving);
        self.seen.registered = registered;
        self.seen.members.note(now, members);
        self.look_for_room(now, world);
    }

    /// A function has made a call.
    fn called(
        &mut self,
        now: Time,
        call: &Call,
        [before, after]: [[(Target, i64); 2]; 2],
        delivery: &Delivery,
    ) {
        let operation = call.operation.as_str();
        if !ITS_OWN.contains(&operation) {
            return;
        }
        if self.switched_off.is_some_and(|off| now > off + RUN) {
            self.broken(now, Promise::StopsWhenSwitchedOff, format!("{operation} is called"));
        }
        let looks = delivery.runs().filter(|run| run.function == ALARM_SCALING);
        let begun: Vec<Time> =
            looks.filter(|run| is_look(run.payload)).map(|run| run.started).collect();
        if begun.len() > 1 {
            self.broken(now, Promise::OneLookAtATime, format!("{} looks at once", begun.len()));
        }
        if operation == "DescribeAlarms" {
            self.loop_ends(now);
        }
        let begun = begun.into_iter().min().unwrap_or(now);
        for ((target, from), (_, to)) in before.into_iter().zip(after) {
            if from != to {
                self.changed(now, begun, target, from, to);
            }
        }
    }

    fn loop_ends(&mut self, now: Time) {
        let asked = self.alarms.values().any(|alarm| alarm.ever(now - LAST_LOOK));
        let troubled = |at: Time| now - at < LAST_LOOK_ON_TROUBLE;
        if !asked && !self.disturbed.is_some_and(troubled) {
            self.broken(now, Promise::TheLoopEnds, "a look, long after every alarm".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use region::delivery::Wiring;
    use region::region::{Api, Region, Settings};
    use serde_json::json;

    use super::*;
    use crate::virtually::EPOCH;

    #[test]
    fn a_call_after_the_switch_is_told() {
        let rules = Rules {
            lag: Duration::ZERO,
            tasks_min: 1,
            tasks_max: 2,
            raises: false,
            keeps_room: false,
            policies: Vec::new(),
        };
        let oracle = Oracle::new(rules);
        let forger = oracle.watching(Forger::honest());
        let mut region = Region::new(Wiring::default(), Settings::default(), 1, EPOCH);
        let call =
            Call { api: Api::CloudWatch, operation: "DescribeAlarms".to_owned(), input: json!({}) };
        oracle.switched_off(EPOCH);
        oracle.interfered(EPOCH, None);
        forger.answer(&mut region, EPOCH + RUN, &call).unwrap();
        assert_eq!(oracle.violations(), []);
        forger.answer(&mut region, EPOCH + RUN * 2, &call).unwrap();
        assert_eq!(oracle.violations()[0].promise, Promise::StopsWhenSwitchedOff);
    }
}
