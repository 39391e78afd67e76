//! The report on a rehearsal, from the true state of the simulated region.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use comfy_table::Table;
use region::Time;
use region::messaging::FunctionTruth;
use region::region::Region;
use region::services::{ActionEnd, HookResult, InstanceTruth, TaskTruth};
use region::wiring::Wiring;
use time::Duration;

use crate::stack::HOOK;
use crate::table::{billed, calls_table, seconds, table};

/// The number of drains that the table lists. The others are summarized.
const SHOWN: usize = 10;

/// The drain of one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drain {
    /// The EC2 instance id.
    pub instance: String,
    /// The number of tasks that were on it.
    pub tasks: usize,
    /// The number of tasks that had not stopped when it was released.
    pub cut_short: usize,
    /// When the hook began to hold it.
    pub began: Time,
    /// When the last of its containers that have stopped so far did.
    pub last_stop: Option<Time>,
    /// When and how the lifecycle action ended.
    pub ended: Option<(Time, ActionEnd)>,
}

impl Drain {
    /// The drain of `instance` by the hook of that name, if it was ever held.
    pub fn of(instance: &InstanceTruth<'_>, hook: &str) -> Option<Self> {
        let action = instance.actions.iter().find(|action| action.hook == hook)?;
        let released = action.ended.map(|(at, _)| at);
        let was_over = |task: &TaskTruth<'_>| {
            released.is_none_or(|released| task.stopped_at.is_some_and(|at| at <= released))
        };
        let cut_short = |task: &TaskTruth<'_>| task.cut_short || !was_over(task);
        Some(Self {
            instance: instance.id.to_owned(),
            tasks: instance.tasks().count(),
            cut_short: instance.tasks().filter(cut_short).count(),
            began: action.started_at,
            last_stop: instance.last_container_stop,
            ended: action.ended,
        })
    }

    /// The time from the hold to the release.
    pub fn took(&self) -> Option<Duration> {
        self.ended.map(|(ended, _)| ended - self.began)
    }

    /// The time from the last container's stop to the release, if a container stopped while the
    /// hook held the instance and no task was cut short.
    pub fn lag(&self) -> Option<Duration> {
        let last_stop = self.last_stop.filter(|stop| *stop >= self.began)?;
        Some(self.ended?.0 - last_stop).filter(|_| self.cut_short == 0)
    }

    /// Whether the action was completed, and did not time out.
    pub fn is_completed(&self) -> bool {
        matches!(self.ended, Some((_, ActionEnd::Completed(_))))
    }

    /// Why this drain failed, if it did.
    pub fn fault(&self) -> Option<String> {
        let id = &self.instance;
        match self.ended {
            None => Some(format!("{id} is still held")),
            Some((_, ActionEnd::Completed(HookResult::Continue))) if self.cut_short == 0 => None,
            Some((_, ActionEnd::Completed(HookResult::Continue))) => {
                Some(format!("{id} was released with {} tasks cut short", self.cut_short))
            }
            Some((_, end)) => Some(format!("{id} was not completed but ended by {end:?}")),
        }
    }
}

/// The report on a rehearsal.
#[derive(Debug, Clone)]
pub struct Report {
    /// The drains of all leaving instances, the longest lag first.
    pub drains: Vec<Drain>,
    /// The number of calls of each AWS operation.
    pub calls: BTreeMap<String, u64>,
    /// The functions with their counts, by name.
    pub functions: Vec<(String, FunctionTruth)>,
    running: usize,
}

impl Report {
    /// The report on the instances `leaving`, as of now.
    pub fn of(region: &Region, wiring: &Wiring, leaving: &BTreeSet<String>) -> Self {
        let truth = region.services().truth();
        let instances = leaving.iter().filter_map(|id| truth.instance(id));
        let mut drains: Vec<Drain> =
            instances.filter_map(|instance| Drain::of(&instance, HOOK)).collect();
        drains.sort_by_key(|drain| std::cmp::Reverse(drain.lag()));
        let delivery = region.messaging();
        let counts = |id: &str| delivery.function_truth(id).unwrap_or_default();
        let functions = wiring.functions.iter();
        Self {
            drains,
            calls: region.calls().clone(),
            functions: functions
                .map(|spec| (spec.logical_id.clone(), counts(&spec.logical_id)))
                .collect(),
            running: delivery.running(),
        }
    }

    /// Whether every instance was released and no function runs.
    pub fn is_over(&self) -> bool {
        self.running == 0 && self.drains.iter().all(|drain| drain.ended.is_some())
    }

    /// What went wrong. Empty after a successful drain.
    pub fn faults(&self) -> Vec<String> {
        let faults: Vec<String> = self.drains.iter().filter_map(Drain::fault).collect();
        if self.drains.is_empty() { vec!["no instance was terminated".to_owned()] } else { faults }
    }

    fn drains_table(&self) -> Table {
        let mut table = table(&["instance", "tasks", "drained in", "lag", "cut short"]);
        for drain in self.drains.iter().take(SHOWN) {
            table.add_row([
                drain.instance.clone(),
                drain.tasks.to_string(),
                seconds(drain.took()),
                seconds(drain.lag()),
                drain.cut_short.to_string(),
            ]);
        }
        table
    }

    fn functions_table(&self) -> Table {
        let mut table = table(&["function", "invocations", "errors", "billed"]);
        for (name, counts) in &self.functions {
            table.add_row([
                name.clone(),
                counts.invocations.to_string(),
                counts.errors.to_string(),
                billed(counts.billed_milliseconds),
            ]);
        }
        table
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.drains_table())?;
        if self.drains.len() > SHOWN {
            let lags: Vec<Duration> = self.drains.iter().filter_map(Drain::lag).collect();
            let median = lags.get(lags.len() / 2).copied();
            let more = self.drains.len() - SHOWN;
            writeln!(f, " and {more} with less lag; the median of all is {}", seconds(median))?;
        }
        writeln!(f, "\n{}\n\n{}\n", calls_table(&self.calls), self.functions_table())?;
        let drained = self.drains.iter().filter(|drain| drain.fault().is_none()).count();
        let cut_short: usize = self.drains.iter().map(|drain| drain.cut_short).sum();
        write!(
            f,
            "drained {drained} of {} instances, {cut_short} tasks cut short",
            self.drains.len()
        )?;
        let longest = self.drains.first().and_then(Drain::lag);
        longest.map_or(Ok(()), |lag| write!(f, ", longest lag {}", seconds(Some(lag))))
    }
}

#[cfg(test)]
mod tests {
    use region::api::Api;
    use region::live::Live;
    use region::region::Settings;
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::draining::cluster::DrainedCluster;
    use crate::hooks;
    use crate::stack::{self, GROUP};

    /// A cluster with an instance that waits to be drained, and without functions.
    async fn undrained() -> (Live, Wiring, BTreeSet<String>) {
        let wiring = stack::wiring(&[]).unwrap();
        let epoch = datetime!(2026-11-22 09:00 UTC);
        let region = Region::new(wiring.clone(), Settings::default(), 1, epoch);
        let live = Live::new(region, epoch);
        DrainedCluster::in_life(1).create(&live).unwrap();
        hooks::keep(&live, &wiring).await.unwrap();
        let leaving = DrainedCluster::in_life(1).scale_in(&live).unwrap();
        assert_eq!(leaving.len(), 1);
        (live, wiring, leaving)
    }

    fn report(live: &Live, wiring: &Wiring, leaving: &BTreeSet<String>) -> Report {
        live.with(|region, _| Report::of(region, wiring, leaving))
    }

    #[tokio::test(start_paused = true)]
    async fn an_instance_that_is_held_is_a_fault() {
        let (live, wiring, leaving) = undrained().await;
        let report = report(&live, &wiring, &leaving);
        assert!(!report.is_over());
        assert_eq!(report.faults(), [format!("{} is still held", report.drains[0].instance)]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_instance_that_only_time_let_go_is_a_fault() {
        let (live, wiring, leaving) = undrained().await;
        tokio::time::sleep(std::time::Duration::from_secs(1801)).await;
        let report = report(&live, &wiring, &leaving);
        assert!(report.faults()[0].ends_with("was not completed but ended by HeartbeatTimeout"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_instance_that_is_let_go_with_tasks_on_it_is_a_fault_at_once() {
        let (live, wiring, leaving) = undrained().await;
        let complete = json!({
            "AutoScalingGroupName": GROUP,
            "LifecycleHookName": HOOK,
            "LifecycleActionResult": "CONTINUE",
            "InstanceId": leaving.first().unwrap(),
        });
        let done = live.with(|region, now| {
            region.call(now, Api::AutoScaling, "CompleteLifecycleAction", &complete)
        });
        done.unwrap();
        let report = report(&live, &wiring, &leaving);
        assert!(report.faults()[0].ends_with("was released with 4 tasks cut short"));
        assert_eq!(report.drains[0].lag(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_drain_of_nothing_is_a_fault() {
        let (live, wiring, _) = undrained().await;
        let report = report(&live, &wiring, &BTreeSet::new());
        assert_eq!(report.faults(), ["no instance was terminated"]);
    }
}
