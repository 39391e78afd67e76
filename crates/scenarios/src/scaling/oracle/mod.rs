//! The oracle of scaling checks every scaling against the invariants.
//!
//! It shares no code with the decisions, and does not use the answers that a reconcile reads. It
//! observes the true state of the simulated region after every event, and each capacity before and
//! after every call.

mod change;
mod documents;
mod invariant;
mod minutes;
mod rest;
mod rules;
mod seen;
mod series;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use region::Time;
use region::api::{ApiError, Call};
use region::messaging::Messaging;
use region::observer::Observer;
use region::services::{Control, Services};
use serde::Serialize;
use serde_json::Value;
use time::Duration;

use crate::scaling::Names;
use crate::stack::ALARM_SCALING;

use self::documents::Documents;
use self::seen::Seen;
use self::series::Series;

pub use self::invariant::Invariant;
pub use self::rules::{Adjustment, Direction, Policy, Rules, Target};

/// A violation of an invariant of scaling.
pub type Violation = crate::random::Violation<Invariant>;

/// The largest number of violations that are kept, because one cause often leads to many.
const ENOUGH: usize = 20;

/// Operations that only alarm-scaling calls. hook-keeper tags groups too.
const ITS_OWN: [&str; 5] =
    ["DescribeAlarms", "GetMetricData", "TagResource", "UpdateService", "SetDesiredCapacity"];

/// The children of the composite alarm. If one goes into ALARM as the other leaves it, the
/// composite alarm notifies, although it is in ALARM for no time.
const CHILDREN: [&str; 2] = ["tasks-cpu-low", "tasks-memory-low"];

/// The longest run of the function.
const RUN: Duration = Duration::seconds(61);

/// The latest reconcile after the last alarm: a requeue message takes four minutes.
const LAST_RECONCILE: Duration = Duration::minutes(5);

/// The latest reconcile after a fault: a message whose run crashed is delivered again after six
/// minutes, and duplicates or delayed messages may arrive two minutes later.
const LAST_RECONCILE_AFTER_FAULT: Duration = Duration::minutes(15);

/// The number of scalings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Scalings {
    /// Scale-outs of the service.
    pub tasks_out: u64,
    /// Scale-ins of the service.
    pub tasks_in: u64,
    /// Scale-outs of the group.
    pub instances_out: u64,
    /// Scale-ins of the group.
    pub instances_in: u64,
}

impl AddAssign for Scalings {
    fn add_assign(&mut self, other: Self) {
        self.tasks_out += other.tasks_out;
        self.tasks_in += other.tasks_in;
        self.instances_out += other.instances_out;
        self.instances_in += other.instances_in;
    }
}

/// The oracle of one cluster.
#[derive(Debug)]
pub(crate) struct Oracle {
    rules: Rules,
    seen: Seen,
    alarms: BTreeMap<String, Series<bool>>,
    last: BTreeMap<Target, change::Own>,
    /// The times at which the group was scaled in.
    scale_ins: Vec<Time>,
    /// The time of the last fault or external action.
    disturbed: Option<Time>,
    /// When each capacity was last changed from outside.
    interfered: BTreeMap<Target, Time>,
    switched_off: Option<Time>,
    scalings: Scalings,
    /// What users configured over time.
    documents: Documents,
    /// The capacities before the call that is carried out.
    before: Option<[(Target, i64); 2]>,
    /// The operation of a call that was just carried out.
    called: Option<Call>,
    violations: Vec<Violation>,
}

impl Oracle {
    /// An oracle that checks against `rules`.
    pub(crate) fn new(rules: Rules) -> Self {
        let of_policies = rules.policies.iter().map(|policy| policy.alarm.clone());
        let watched = of_policies.chain(CHILDREN.map(|child| rules.names.alarm(child)));
        Self {
            alarms: watched.map(|alarm| (alarm, Series::default())).collect(),
            rules,
            seen: Seen::default(),
            last: BTreeMap::new(),
            scale_ins: Vec::new(),
            disturbed: None,
            interfered: BTreeMap::new(),
            switched_off: None,
            scalings: Scalings::default(),
            documents: Documents::default(),
            before: None,
            called: None,
            violations: Vec::new(),
        }
    }

    /// Sets the load, in tasks, from `now` on.
    pub(crate) fn loaded(&mut self, now: Time, tasks: f64) {
        self.seen.load.set(now, tasks);
    }

    /// Reports an external action, on the capacity of `target` if given.
    pub(crate) fn interfered(&mut self, now: Time, target: Option<Target>) {
        self.disturbed = Some(now);
        if let Some(target) = target {
            self.interfered.insert(target, now);
            self.last.remove(&target);
            self.scale_ins.clear();
        }
    }

    /// Reports that scaling is switched off.
    pub(crate) fn switched_off(&mut self, now: Time) {
        self.switched_off = Some(now);
    }

    /// Reports that scaling never came to rest.
    pub(crate) fn restless(&mut self, now: Time, what: String) {
        self.violated(now, Invariant::ComesToRest, what);
    }

    /// The violations so far, in order of time.
    pub(crate) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The number of scalings so far.
    pub(crate) fn scalings(&self) -> Scalings {
        self.scalings
    }

    fn violated(&mut self, at: Time, invariant: Invariant, what: String) {
        if self.violations.len() < ENOUGH {
            self.violations.push(Violation { at, invariant, what });
        }
    }

    /// Checks a call of a function.
    fn called(
        &mut self,
        now: Time,
        call: &Call,
        [before, after]: [[(Target, i64); 2]; 2],
        messaging: &Messaging,
    ) {
        let operation = call.operation.as_str();
        if !ITS_OWN.contains(&operation) {
            return;
        }
        if self.switched_off.is_some_and(|off| now > off + RUN) {
            self.violated(now, Invariant::StopsWhenSwitchedOff, format!("{operation} is called"));
        }
        let names = &self.rules.names;
        let reconciles = messaging.runs().filter(|run| run.function == ALARM_SCALING);
        let begun: Vec<Time> = reconciles
            .filter(|run| is_reconcile(run.payload, names))
            .map(|run| run.started)
            .collect();
        if begun.len() > 1 {
            self.violated(
                now,
                Invariant::OneReconcileAtATime,
                format!("{} concurrent reconciles", begun.len()),
            );
        }
        let input = call.input.to_string();
        let is_ours = self.alarms.keys().any(|alarm| input.contains(&format!("\"{alarm}\"")));
        if operation == "DescribeAlarms" && is_ours {
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
        let asked = self.alarms.values().any(|alarm| alarm.ever(now - LAST_RECONCILE));
        let after_fault = |at: Time| now - at < LAST_RECONCILE_AFTER_FAULT;
        if !asked && !self.disturbed.is_some_and(after_fault) {
            self.violated(
                now,
                Invariant::LoopEnds,
                "a reconcile, long after every alarm".to_owned(),
            );
        }
    }
}

impl Observer for Oracle {
    fn before_call(&mut self, _: Time, services: &Services, _: &Call) {
        self.before = Some(capacities(services, &self.rules.names));
    }

    fn after_call(&mut self, _: Time, call: &Call, _: &Result<Value, ApiError>) {
        // A call that a fault answered has no effect to check.
        self.called = self.before.is_some().then(|| call.clone());
    }

    // A call is checked with the state that it leads to.
    fn state(&mut self, now: Time, services: &Services, messaging: &Messaging) {
        self.observe(now, services);
        if let (Some(before), Some(call)) = (self.before.take(), self.called.take()) {
            let after = capacities(services, &self.rules.names);
            self.called(now, &call, [before, after], messaging);
        }
    }

    fn control(&mut self, now: Time, _: &Services, control: &Control) {
        self.configured(now, control);
    }

    fn fault(&mut self, now: Time, _: &str) {
        self.disturbed = Some(now);
        self.documents.failed(now);
    }
}

/// The desired capacities of both targets.
fn capacities(services: &Services, names: &Names) -> [(Target, i64); 2] {
    let truth = services.truth();
    let tasks = truth.service(&names.cluster, &names.service).map_or(0, |service| service.desired);
    let instances = truth.group(&names.group).map_or(0, |group| group.desired);
    [(Target::Tasks, whole(tasks)), (Target::Instances, whole(instances))]
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Whether the messages of a run make it reconcile a serialization key of this cluster.
fn is_reconcile(payload: &Value, names: &Names) -> bool {
    let keys =
        [format!("service/{}/", names.cluster), format!("autoScalingGroup/{}\"", names.group)];
    let of_cluster = |body: &&str| keys.iter().any(|key| body.contains(key));
    // Until filters take effect, the work item queue also gets requeue messages that are not due.
    let due = |record: &&Value| {
        let delay_class = record.pointer("/messageAttributes/delay_class/stringValue");
        delay_class.is_none_or(|delay_class| delay_class == "now")
    };
    let records = payload.get("Records").and_then(Value::as_array).into_iter().flatten();
    let bodies = records.filter(due).filter_map(|record| record.get("body")?.as_str());
    bodies.filter(of_cluster).filter_map(|body| serde_json::from_str::<Value>(body).ok()).any(
        |body| {
            body.get("work_item").is_some() || body.pointer("/requeue/serialization_key").is_some()
        },
    )
}

#[cfg(test)]
mod tests {
    use region::api::Api;
    use region::observer::Shared;
    use region::region::{Region, Settings};
    use region::wiring::Wiring;
    use serde_json::json;

    use super::*;
    use crate::rehearsal::EPOCH;

    #[test]
    fn a_call_after_the_switch_is_reported() {
        let rules = Rules {
            names: Names::default(),
            lag: Duration::ZERO,
            tasks_min: 1,
            tasks_max: 2,
            raises: false,
            keeps_room: false,
            policies: Vec::new(),
        };
        let oracle = Shared::new(Oracle::new(rules));
        let mut region = Region::new(Wiring::default(), Settings::default(), 1, EPOCH);
        region.observe(oracle.clone());
        let mut call = |now| region.call(now, Api::CloudWatch, "DescribeAlarms", &json!({}));
        oracle.get().switched_off(EPOCH);
        oracle.get().interfered(EPOCH, None);
        call(EPOCH + RUN).unwrap();
        assert_eq!(oracle.get().violations(), []);
        call(EPOCH + RUN * 2).unwrap();
        assert_eq!(oracle.get().violations()[0].invariant, Invariant::StopsWhenSwitchedOff);
    }
}
