//! All tasks of a service under a load. A load balancer draws the task of each request.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::curve::{Curve, Response};
use crate::error::BadInput;
use crate::interval::Interval;
use crate::service::Service;
use crate::station::Flow;

/// Two tasks that differ by fewer requests are alike.
const ALIKE: f64 = 1e-9;

/// Whether a task gets requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serving {
    /// It takes its share.
    Taking,
    /// It only finishes what it has.
    Finishing,
}

/// The tasks of a service, and the requests that they hold.
#[derive(Debug)]
pub struct Fleet {
    service: Service,
    curve: Arc<Curve>,
    /// Requests per second with which a task keeps to the objective.
    most: f64,
    tasks: BTreeMap<u64, Task>,
    second: f64,
    /// Requests that tasks held which ended since the last interval.
    cut: f64,
}

#[derive(Debug)]
struct Task {
    held: f64,
    since: f64,
    serving: Serving,
}

impl Fleet {
    /// Without tasks.
    ///
    /// # Errors
    /// A field of the service is out of range, or it keeps to its objective at no rate.
    pub fn new(service: Service) -> Result<Self, BadInput> {
        service.check()?;
        let curve = Arc::new(Curve::of(&service));
        let most = curve.most(&service.objective)?;
        Ok(Self { service, curve, most, tasks: BTreeMap::new(), second: 0.0, cut: 0.0 })
    }

    /// A fleet of the same service, without tasks. What the service does at each utilization is not
    /// computed again.
    #[must_use]
    pub fn another(&self) -> Self {
        let (service, curve) = (self.service.clone(), Arc::clone(&self.curve));
        Self { service, curve, most: self.most, tasks: BTreeMap::new(), second: 0.0, cut: 0.0 }
    }

    /// Requests per second with which a task keeps to the objective.
    pub const fn most(&self) -> f64 {
        self.most
    }

    /// The fewest tasks, at least one, that keep to the objective at a rate that stays.
    pub fn least_tasks(&self, rate: f64) -> usize {
        (rate / self.most).ceil().max(1.0) as usize
    }

    /// These tasks are there now. What others hold that were there is cut. A task that is new
    /// begins cold, or warm if `warm` says so.
    pub fn set(&mut self, tasks: impl IntoIterator<Item = (u64, Serving)>, warm: bool) {
        let since = if warm { f64::NEG_INFINITY } else { self.second };
        let mut before = std::mem::take(&mut self.tasks);
        for (id, serving) in tasks {
            let new = Task { held: 0.0, since, serving };
            let task = before.remove(&id).map_or(new, |task| Task { serving, ..task });
            self.tasks.insert(id, task);
        }
        self.cut += before.into_values().map(|task| task.held).sum::<f64>();
    }

    /// Lets `seconds` pass with so many requests per second.
    pub fn pass(&mut self, seconds: f64, rate: f64) -> Interval {
        self.second += seconds;
        let taking = self.tasks.values().filter(|task| task.serving == Serving::Taking).count();
        let arrived = rate * seconds;
        let mut interval = Interval { seconds, arrived, taking, ..Interval::default() };
        interval.failed.cut = std::mem::take(&mut self.cut);
        if taking == 0 {
            interval.failed.unserved = arrived;
        }
        let each = if taking == 0 { 0.0 } else { rate / taking as f64 };
        let mut responses = Responses::default();
        let mut known: Option<(f64, f64, f64, Flow)> = None;
        let (mut busy, mut busy_taking) = (0.0, 0.0);
        for task in self.tasks.values_mut() {
            let rate = if task.serving == Serving::Taking { each } else { 0.0 };
            let speed = self.service.warm_up.speed(self.second - task.since);
            let same =
                known.filter(|(held, of, with, _)| (*held, *of, *with) == (task.held, rate, speed));
            let mut flow = match same {
                Some((.., flow)) => flow,
                None => self.curve.flow(task.held, rate, seconds, speed),
            };
            if let Some((.., last)) = known
                && (flow.held - last.held).abs() < ALIKE
            {
                flow.held = last.held;
            }
            known = Some((task.held, rate, speed, flow));
            task.held = flow.held;
            busy += flow.busy;
            if task.serving == Serving::Taking {
                busy_taking += flow.busy;
            }
            interval.served += flow.served;
            interval.held += flow.held;
            if self.service.backlog < self.service.timeout_seconds * self.service.sustained {
                interval.failed.shed += flow.lost;
            } else {
                interval.failed.timed_out += flow.lost;
            }
            responses.add(flow.served, flow.response);
        }
        if taking > 0 {
            interval.busy = busy_taking / taking as f64;
        }
        if !self.tasks.is_empty() {
            let busy = busy / self.tasks.len() as f64;
            (interval.cpu, interval.memory) =
                (self.service.cpu.at(busy), self.service.memory.at(busy));
        }
        self.judge(&mut interval, &responses);
        interval
    }

    /// Whether the objective was kept, and what was slow.
    fn judge(&self, interval: &mut Interval, responses: &Responses) {
        let objective = &self.service.objective;
        let late = |seconds: f64| -> f64 {
            let all = responses.all.iter();
            all.map(|(served, response)| served * self.curve.survival(*response, seconds)).sum()
        };
        let beyond = late(objective.limit_seconds);
        let timed_out = late(self.service.timeout_seconds);
        interval.failed.timed_out += timed_out;
        interval.slow = (beyond - timed_out).max(0.0);
        if interval.served > ALIKE {
            let share = objective.statistic.share();
            interval.latency = Some(self.curve.quantile(&responses.all, share));
            interval.mean_seconds = Some(interval.held * interval.seconds / interval.served);
        }
        let allowed = (1.0 - objective.statistic.share()) * interval.served;
        let failed = objective.failed * interval.arrived;
        interval.kept = beyond <= allowed + ALIKE && interval.failed.all() <= failed + ALIKE;
    }
}

/// The responses of tasks, those that are alike together.
#[derive(Debug, Default)]
struct Responses {
    all: Vec<(f64, Response)>,
}

impl Responses {
    fn add(&mut self, served: f64, response: Response) {
        if served <= 0.0 {
            return;
        }
        match self.all.last_mut() {
            Some((weight, last)) if *last == response => *weight += served,
            _ => self.all.push((served, response)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::Objective;
    use crate::service::{Usage, WarmUp};

    fn fleet(tasks: u64) -> Fleet {
        let objective = Objective::read("p95<250ms").unwrap();
        let service = Service::new(40.0, 0.05, objective);
        let cpu = Usage { idle: 5.0, full: 95.0 };
        let mut fleet = Fleet::new(Service { cpu, timeout_seconds: 10.0, ..service }).unwrap();
        fleet.set(taking(0..tasks), true);
        fleet
    }

    fn taking(ids: impl IntoIterator<Item = u64>) -> Vec<(u64, Serving)> {
        ids.into_iter().map(|id| (id, Serving::Taking)).collect()
    }

    fn last(fleet: &mut Fleet, rate: f64, steps: usize) -> Interval {
        (0..steps).map(|_| fleet.pass(1.0, rate)).last().unwrap()
    }

    #[test]
    fn the_least_tasks_keep_the_objective_and_fewer_do_not() {
        let rate = 200.0;
        let least = fleet(0).least_tasks(rate) as u64;
        assert!(last(&mut fleet(least), rate, 100).kept);
        assert!(!last(&mut fleet(least - 1), rate, 100).kept);
        assert_eq!(fleet(0).least_tasks(0.0), 1);
    }

    #[test]
    fn usage_is_that_of_the_share_of_each_task() {
        let interval = last(&mut fleet(4), 80.0, 50);
        assert!((interval.busy - 0.5).abs() < 1e-3, "{interval:?}");
        assert!((interval.cpu - 50.0).abs() < 0.1, "{interval:?}");
        assert!((interval.memory - 40.0).abs() < 0.1, "{interval:?}");
    }

    #[test]
    fn without_tasks_every_request_fails() {
        let interval = fleet(0).pass(1.0, 30.0);
        assert_eq!((interval.failed.unserved, interval.kept), (30.0, false));
        assert_eq!((interval.latency, interval.mean_seconds), (None, None));
    }

    #[test]
    fn a_task_that_ends_cuts_what_it_holds() {
        let mut fleet = fleet(2);
        let held = last(&mut fleet, 60.0, 50).held;
        fleet.set(taking([0]), false);
        let interval = fleet.pass(1.0, 0.0);
        assert!((interval.failed.cut - held / 2.0).abs() < 1e-6 && held > 2.0, "{interval:?}");
    }

    #[test]
    fn a_task_that_finishes_first_cuts_nothing() {
        let mut fleet = fleet(2);
        last(&mut fleet, 40.0, 50);
        fleet.set([(0, Serving::Taking), (1, Serving::Finishing)], false);
        last(&mut fleet, 20.0, 10);
        fleet.set(taking([0]), false);
        assert!(fleet.pass(1.0, 20.0).failed.cut < 1e-3);
    }

    #[test]
    fn overload_times_out_and_a_new_task_does_not_help_those_that_wait() {
        let mut fleet = fleet(1);
        let full = last(&mut fleet, 60.0, 60);
        assert!((full.failed.timed_out - 60.0).abs() < 25.0 && !full.kept, "{full:?}");
        fleet.set(taking([0, 1]), true);
        let helped = fleet.pass(1.0, 60.0);
        assert!(helped.latency.unwrap() > 5.0, "{helped:?}");
        assert!(last(&mut fleet, 40.0, 60).kept);
    }

    #[test]
    fn cold_tasks_serve_less() {
        let objective = Objective::read("p95<250ms").unwrap();
        let warm_up = WarmUp { extra: 1.0, seconds: 30.0 };
        let mut fleet =
            Fleet::new(Service { warm_up, ..Service::new(40.0, 0.05, objective) }).unwrap();
        fleet.set(taking([0]), false);
        assert!(last(&mut fleet, 22.0, 5).busy > 0.9);
        assert!(last(&mut fleet, 22.0, 300).busy < 0.6);
    }
}
