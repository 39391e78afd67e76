//! The benchmark of a drain: instances leave a cluster whose service moves slowly, and ecs-tide or
//! a peer drains them.

use std::collections::BTreeSet;
use std::time::Duration as Pause;

use region::api::ApiError;
use region::live::Live;
use region::region::{Region, Settings};
use region::services::{Control, CreateService, Workload};
use time::Duration;

use super::bill::{Beside, Bill};
use crate::target::number;
use scenarios::draining::cluster::{group, scale_in};
use scenarios::report::Drain;
use scenarios::stack::CLUSTER;

/// The number of tasks on each instance.
const TASKS: usize = 4;

/// Seconds from the placement of a replacement until it runs. With the health checks, two passes of
/// the ECS scheduler and the batching window, ECS decides to stop the old tasks 300 s after the
/// termination began.
const START_SECONDS: u64 = 16;

/// Seconds from RUNNING until a replacement is healthy.
const HEALTH_SECONDS: u64 = 280;

/// The target group's deregistration delay, which ends 560 s after the termination began.
const DEREGISTRATION_SECONDS: u64 = 260;

/// The longest time that containers take to stop, in seconds. ECS reports STOPPED by 600 s after
/// the termination began.
const STOP_MOST_SECONDS: u64 = 38;

/// Time for the hook's test message to be handled and for the first run of the schedule, as in any
/// stack older than five minutes. The schedule runs again 295 s and 595 s after the termination
/// began.
const SETTLE: Pause = Pause::from_secs(305);

/// The longest duration of a departure: the template's default deadline.
const LIMIT: Duration = Duration::hours(2);

/// Time for the last requeue messages to be delivered: longer than any of them waits, and over
/// before the next run of the schedule.
const TAIL: Pause = Pause::from_secs(250);

/// Instances that leave one cluster at once, [`TASKS`] tasks behind a load balancer on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// The number of instances that leave.
    pub leaving: usize,
    /// Whether the simulated region throttles by AWS's token buckets.
    pub throttling: bool,
    /// The random seed.
    pub seed: u64,
}

/// ecs-tide or a peer, deployed in a simulated region.
#[derive(Debug)]
pub struct Drainer {
    /// The simulated region.
    pub live: Live,
    /// The lifecycle hook's name.
    pub hook: String,
    /// The functions' logical ids.
    pub functions: Vec<String>,
    /// Counts that the simulated region does not keep.
    pub beside: Beside,
}

/// The result of a departure.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// A drain for each instance that left.
    pub drains: Vec<Drain>,
    /// The time from the beginning until `runningTasksCount` and `pendingTasksCount` were 0 on all
    /// instances.
    pub counts_zero: Option<Duration>,
    /// The times from the beginning until the first and the last of their tasks were STOPPED,
    /// without tasks that were cut short.
    pub stopped: Option<(Duration, Duration)>,
    /// The costs until the last release.
    pub bill: Bill,
    /// The costs after the last release.
    pub tail: Bill,
}

impl Departure {
    /// The settings of the simulated region.
    pub fn settings(self) -> Settings {
        let mut settings = Settings::default();
        settings.services.throttling = self.throttling;
        settings
    }

    /// The number of instances that stay: enough to take every task, with an even total, so that
    /// zones and instances are loaded evenly.
    fn staying(self) -> usize {
        let staying = self.leaving.div_ceil(2).max(3);
        staying + (staying + self.leaving) % 2
    }

    /// Scales the drainer's cluster in, and waits until the last instance is released.
    ///
    /// # Errors
    /// The simulated region has a group already.
    pub async fn watch(self, drainer: &Drainer) -> Result<Outcome, ApiError> {
        self.set(&drainer.live)?;
        tokio::time::sleep(SETTLE).await;
        let before = drainer.bill();
        let leaving = scale_in(&drainer.live, self.staying())?;
        let began = drainer.live.now();
        let mut counts_zero = None;
        while drainer.live.now() - began < LIMIT {
            tokio::time::sleep(Pause::from_secs(1)).await;
            let (counted, over) = drainer.live.observe(|region, _| {
                (counted(region, &leaving), drainer.is_over(region, &leaving))
            });
            if counted == 0 {
                counts_zero.get_or_insert(drainer.live.now() - began);
            }
            if over {
                break;
            }
        }
        let bill = drainer.bill().since(&before);
        let drains = drainer.live.observe(|region, _| drainer.drains(region, &leaving));
        let stopped = drainer.live.observe(|region, _| {
            let truth = region.services().truth();
            let tasks = leaving.iter().filter_map(|id| truth.instance(id)).flat_map(|i| i.tasks());
            let stops = tasks.filter(|task| !task.cut_short).filter_map(|task| task.stopped_at);
            let stops: BTreeSet<_> = stops.collect();
            Some((*stops.first()? - began, *stops.last()? - began))
        });
        tokio::time::sleep(TAIL).await;
        let tail = drainer.bill().since(&before).since(&bill);
        Ok(Outcome { drains, counts_zero, stopped, bill, tail })
    }

    fn set(self, live: &Live) -> Result<(), ApiError> {
        let instances = self.leaving + self.staying();
        let service = CreateService {
            cluster: CLUSTER.to_owned(),
            desired: instances * TASKS,
            workload: Workload {
                start_seconds: START_SECONDS,
                health_seconds: HEALTH_SECONDS,
                deregistration_seconds: Some(DEREGISTRATION_SECONDS),
                stop_min_seconds: 0,
                stop_max_seconds: STOP_MOST_SECONDS,
                ..Workload::default()
            },
            ..CreateService::default()
        };
        live.with(|region, now| {
            region.control(now, Control::CreateGroup(group(instances)))?;
            region.put_hooks(now)?;
            region.control(now, Control::CreateService(service))?;
            Ok(())
        })
    }
}

/// The number of tasks that ECS counts on these instances.
fn counted(region: &Region, leaving: &BTreeSet<String>) -> usize {
    let truth = region.services().truth();
    let instances = leaving.iter().filter_map(|id| truth.instance(id));
    instances.flat_map(|i| i.containers()).map(|c| c.running + c.pending).sum()
}

impl Drainer {
    /// The costs so far.
    pub fn bill(&self) -> Bill {
        self.live.observe(|region, _| Bill::of(region, &self.functions, &self.beside))
    }

    fn drains(&self, region: &Region, leaving: &BTreeSet<String>) -> Vec<Drain> {
        let truth = region.services().truth();
        let instances = leaving.iter().filter_map(|id| truth.instance(id));
        instances.filter_map(|instance| Drain::of(&instance, &self.hook)).collect()
    }

    fn is_over(&self, region: &Region, leaving: &BTreeSet<String>) -> bool {
        region.messaging().running() == 0
            && self.drains(region, leaving).iter().all(|drain| drain.ended.is_some())
    }
}

impl Outcome {
    /// The times from the last container's stop to the release, in ascending order, without
    /// instances that were released too early.
    pub fn lags(&self) -> Vec<Duration> {
        let mut lags: Vec<Duration> = self.drains.iter().filter_map(Drain::lag).collect();
        lags.sort();
        lags
    }

    /// The number of instances that were released before their last container had stopped.
    pub fn too_early(&self) -> usize {
        self.drains.iter().filter(|drain| drain.ended.is_some() && drain.cut_short > 0).count()
    }

    /// The number of instances that were released by the hook's timeout.
    pub fn by_time_out(&self) -> usize {
        let timed_out = |drain: &&Drain| drain.ended.is_some() && !drain.is_completed();
        self.drains.iter().filter(timed_out).count()
    }

    /// The number of instances that were released too early, by a timeout or not at all.
    pub fn undrained(&self) -> usize {
        let drained = |drain: &&Drain| drain.is_completed() && drain.cut_short == 0;
        self.drains.len() - self.drains.iter().filter(drained).count()
    }

    /// The number of tasks that were cut short.
    pub fn cut_short(&self) -> usize {
        self.drains.iter().map(|drain| drain.cut_short).sum()
    }

    /// The number of calls, including those after the last release.
    pub fn calls(&self) -> u64 {
        self.bill.calls() + self.tail.calls()
    }

    /// The number of calls per instance.
    pub fn calls_each(&self) -> f64 {
        number(self.calls()) / number(u64::try_from(self.drains.len()).unwrap_or(u64::MAX))
    }
}
