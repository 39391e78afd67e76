//! Plays a load against the simulated region.

use std::collections::BTreeMap;
use std::time::Duration as Span;

use load_model::{Fleet, Interval, Sample, Serving};
use region::Time;
use region::client::Interceptor;
use region::faults::CallFaults;
use region::observer::Shared;
use region::services::{Control, CreateService, SetLoad, StateValue, TaskStatus, TaskTruth};
use scenarios::rehearsal::{EPOCH, Rehearsal};
use scenarios::scaling::{Names, SERVICE, ScaledCluster, shown};
use scenarios::stack::CLUSTER;

use crate::change::{Change, Reasons, Target, Watch};
use crate::course::{Course, Minute};
use crate::error::Error;
use crate::event::{self, Ahead};
use crate::policy::Policy;
use crate::setup::Setup;

/// Seconds of a minute of metrics.
const MINUTE: usize = 60;

/// When the load begins. hook-keeper has put the hooks by then, and a minute of metrics begins.
pub(crate) const BEGIN: Time = EPOCH.saturating_add(time::Duration::minutes(1));

/// By how much seconds of the load begin sooner than seconds of the region: what a minute has shown is
/// there when CloudWatch measures it.
const OFFSET: Span = Span::from_millis(500);

/// A rehearsal in progress.
pub(crate) struct Drive<'a> {
    setup: &'a Setup,
    rehearsal: Rehearsal,
    watch: Shared<Watch>,
    ahead: Ahead,
    fleet: Fleet,
    /// The tasks that the fleet has.
    known: Vec<(u64, Serving)>,
    /// The seconds of the minute so far.
    minute: Vec<Interval>,
    /// Seconds of a period of CPU and memory.
    period: usize,
    course: Course,
}

impl<'a> Drive<'a> {
    pub(crate) async fn play(
        setup: &'a Setup,
        policy: &Policy,
        seed: u64,
        fleet: Fleet,
    ) -> Result<Course, Error> {
        let cluster = cluster(setup, policy, &fleet);
        let rehearsal = cluster
            .rehearse(seed, CallFaults::none(), Interceptor::none())
            .await
            .map_err(|error| Error::Policy { policy: policy.to_string(), error })?;
        for control in policy.controls(setup) {
            rehearsal.control(control)?;
        }
        let watch = Shared::<Watch>::default();
        let alarms = rehearsal.live.with(|region, _| {
            region.observe(watch.clone());
            region.services().alarm_names().map(str::to_owned).collect()
        });
        let course = Course { alarms, ..Course::default() };
        let ahead = Ahead::new(&setup.events);
        let known = Vec::new();
        let minute = Vec::with_capacity(MINUTE);
        let period = if policy.is_high_resolution() { MINUTE / 3 } else { MINUTE };
        let mut drive =
            Self { setup, rehearsal, watch, ahead, fleet, known, minute, period, course };
        let begin = BEGIN - drive.rehearsal.live.now();
        tokio::time::sleep(begin.unsigned_abs() - OFFSET).await;
        drive.tasks(true);
        for second in 0..setup.load.seconds().ceil() as usize {
            drive.second(second).await?;
        }
        Ok(drive.end(policy))
    }

    /// Lets a second pass. After a minute, the region gets its metrics.
    async fn second(&mut self, second: usize) -> Result<(), Error> {
        tokio::time::sleep(Span::from_secs(1)).await;
        self.ahead.occur(second as f64, &self.rehearsal);
        self.tasks(false);
        let rate = self.setup.load.at(second as f64);
        let interval = self.fleet.pass(1.0, rate);
        let demand = self.fleet.least_tasks(rate);
        let sample = Sample { demand, supply: interval.taking };
        self.course.add(&interval, sample, self.known.len());
        self.minute.push(interval);
        if self.minute.len().is_multiple_of(self.period) {
            self.measure()?;
        }
        if self.minute.len() == MINUTE {
            self.remember();
            self.minute.clear();
        }
        Ok(())
    }

    /// The tasks that run now.
    fn tasks(&mut self, warm: bool) {
        let mut tasks = Vec::with_capacity(self.known.len());
        self.rehearsal.live.observe(|region, now| {
            for task in region.services().truth().service_tasks(CLUSTER, SERVICE) {
                let serving = match task.actual {
                    TaskStatus::Running if task.healthy_at.is_some_and(|at| at <= now) => {
                        Serving::Taking
                    }
                    TaskStatus::Deactivating | TaskStatus::Stopping => Serving::Finishing,
                    _ => continue,
                };
                tasks.push((task.number as u64, serving));
            }
        });
        if tasks != self.known {
            self.fleet.set(tasks.iter().copied(), warm);
            self.known = tasks;
        }
    }

    /// Sets the metrics of the period in the region. Those of the load balancer are of the minute.
    fn measure(&self) -> Result<(), Error> {
        let period = self.minute.rchunks(self.period).next().unwrap_or_default();
        let minute = &self.minute;
        let balanced = minute.iter().map(|second| second.arrived - second.failed.unserved).sum();
        let served: f64 = minute.iter().map(|second| second.served).sum();
        let times = minute.iter().filter_map(|second| Some(second.served * second.mean_seconds?));
        let response = if served > 0.0 { times.sum::<f64>() / served } else { 0.0 };
        let serving = minute.last().map_or(0, |second| second.taking);
        let running = self.rehearsal.live.observe(|region, _| {
            let running = |task: &TaskTruth<'_>| task.last == TaskStatus::Running;
            region.services().truth().service_tasks(CLUSTER, SERVICE).filter(running).count()
        });
        // The region divides by the tasks that run.
        let running = running as f64 / 100.0;
        self.rehearsal.control(Control::SetLoad(SetLoad {
            cluster: CLUSTER.to_owned(),
            service: SERVICE.to_owned(),
            cpu: mean(period, |second| second.cpu) * running,
            memory: mean(period, |second| second.memory) * running,
            metrics: shown::balanced(balanced, response, serving),
        }))?;
        Ok(())
    }

    /// Keeps what the minute was.
    fn remember(&mut self) {
        let minute = &self.minute;
        let (instances, desired, alarms) = self.rehearsal.live.observe(|region, _| {
            let services = region.services();
            let truth = services.truth();
            let instances = truth.instances().filter(|one| one.terminated_at.is_none()).count();
            let desired = truth.service(CLUSTER, SERVICE).map_or(0, |service| service.desired);
            let bit = |(place, name): (usize, &String)| {
                let in_alarm = services.alarm_state(name) == Some(StateValue::Alarm);
                u32::from(in_alarm) << place.min(31)
            };
            let alarms = self.course.alarms.iter().enumerate().map(bit);
            (instances, desired, alarms.fold(0, |all, bit| all | bit))
        });
        let samples = self.course.samples.iter().rev().take(MINUTE);
        self.course.minutes.push(Minute {
            demand: mean(minute, |second| second.arrived),
            needed: samples.map(|sample| sample.demand).max().unwrap_or_default(),
            serving: minute.last().map_or(0, |second| second.taking),
            desired,
            instances,
            cpu: mean(minute, |second| second.cpu),
            memory: mean(minute, |second| second.memory),
            latency: minute.iter().filter_map(|second| second.latency).reduce(f64::max),
            failed: mean(minute, |second| second.failed.all()),
            violated: minute.iter().filter(|second| !second.kept).count() as u32,
            alarms,
        });
    }

    /// The course, with the reasons of its changes.
    fn end(self, policy: &Policy) -> Course {
        let mut course = self.course;
        let end = self.rehearsal.live.now();
        course.instance_seconds = self.rehearsal.live.observe(|region, _| {
            let instances = region.services().truth().instances();
            let lived =
                instances.map(|one| one.terminated_at.unwrap_or(end) - one.launched_at.max(BEGIN));
            lived.map(|lived| lived.as_seconds_f64()).sum()
        });
        let mut reasons = match policy {
            Policy::AlarmScaling(_) => Reasons::of_records(&self.rehearsal.records()),
            _ => self.rehearsal.live.observe(|region, _| {
                Reasons::of_activities(region.services().scaling_activities())
            }),
        };
        let change = |(at, target, from, to): (Time, Target, usize, usize)| Change {
            second: (at - BEGIN).as_seconds_f64(),
            target,
            from,
            to,
            reason: reasons.take(target, to),
        };
        course.changes =
            std::mem::take(&mut self.watch.get().changes).into_iter().map(change).collect();
        course
    }
}

fn mean(seconds: &[Interval], of: fn(&Interval) -> f64) -> f64 {
    seconds.iter().map(of).sum::<f64>() / seconds.len() as f64
}

/// The cluster with what scales it, at the size that the beginning of the load needs.
fn cluster(setup: &Setup, policy: &Policy, fleet: &Fleet) -> ScaledCluster {
    let bounds = [("TasksMin", setup.tasks.min), ("TasksMax", setup.tasks.max)];
    let bounds = bounds.map(|(name, count)| (name.to_owned(), count.to_string()));
    let mut parameters = BTreeMap::from(bounds);
    parameters.extend(policy.parameters());
    let bound = |name: &str| parameters.get(name).and_then(|count| count.parse::<usize>().ok());
    let least = fleet.least_tasks(setup.load.at(0.0));
    let tasks = match policy {
        Policy::Fixed { tasks, .. } => *tasks,
        _ => least.min(bound("TasksMax").unwrap_or(least)).max(bound("TasksMin").unwrap_or(1)),
    };
    let (service_by, cluster_by) = policy.by();
    ScaledCluster {
        service_by,
        cluster_by,
        names: Names::default(),
        parameters,
        group: setup.group(policy.instances(), tasks),
        provider: policy.provider(),
        service: CreateService {
            high_resolution: policy.is_high_resolution(),
            ..setup.service(tasks)
        },
        settings: event::settings(&setup.events),
    }
}
