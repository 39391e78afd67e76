//! What every drain is measured by: a cluster that loses instances while its service
//! moves slowly, and who lets them go.

use std::collections::BTreeSet;
use std::time::Duration as Pause;

use region::api::ApiError;
use region::live::Live;
use region::region::{Region, Settings};
use region::world::{Control, CreateGroup, CreateService, Workload};
use time::Duration;

use super::bill::{Beside, Bill};
use crate::report::Drain;
use crate::scene::scale_in;
use crate::stack::{CLUSTER, GROUP};
use crate::target::number;

/// Tasks on each instance.
const TASKS: usize = 4;

/// From placement until a replacement runs; with the health checks, the scheduler's
/// two looks and the batching window, ECS decides to stop the old tasks 300 s after the
/// termination began.
const START_SECONDS: u64 = 16;

/// From RUNNING until a replacement is healthy.
const HEALTH_SECONDS: u64 = 280;

/// The target group's deregistration delay: until 560 s after the beginning.
const DEREGISTRATION_SECONDS: u64 = 260;

/// The longest that containers take to stop: with what ECS needs to say STOPPED, until
/// 600 s after the beginning.
const STOP_MOST_SECONDS: u64 = 38;

/// Time for the hook's test message to be out of the way and the schedule to have run
/// once, as it has in any stack older than five minutes. It runs again 295 and 595 s
/// after the beginning.
const SETTLE: Pause = Pause::from_secs(305);

/// The longest that a departure is watched: the template's deadline.
const LIMIT: Duration = Duration::hours(2);

/// For what was asked for during the drain to come round: longer than any tick waits,
/// and over before the next run of the schedule.
const TAIL: Pause = Pause::from_secs(250);

/// Instances that leave one cluster at once, [`TASKS`] tasks behind a load balancer on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// How many leave.
    pub leaving: usize,
    /// Whether the region throttles by AWS's token buckets.
    pub throttling: bool,
    /// The seed of all chance.
    pub seed: u64,
}

/// Who lets the instances go, at work in a region.
#[derive(Debug)]
pub struct Drainer {
    /// The region.
    pub live: Live,
    /// The lifecycle hook's name.
    pub hook: String,
    /// The functions' logical ids.
    pub functions: Vec<String>,
    /// What the region does not count.
    pub beside: Beside,
}

/// What a departure came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// A drain for each instance that left.
    pub drains: Vec<Drain>,
    /// How long after the beginning `runningTasksCount` and `pendingTasksCount` were 0
    /// on the last of them.
    pub counts_zero: Option<Duration>,
    /// How long after the beginning the first and the last of their tasks were STOPPED,
    /// tasks cut short aside.
    pub stopped: Option<(Duration, Duration)>,
    /// What it cost until the last was let go.
    pub bill: Bill,
    /// What came after.
    pub tail: Bill,
}

impl Departure {
    /// How a region for it behaves.
    pub fn settings(self) -> Settings {
        let mut settings = Settings::default();
        settings.world.throttling = self.throttling;
        settings
    }

    /// Enough to take every task, and an even number in all, so that two zones and
    /// every instance bear the same.
    fn staying(self) -> usize {
        let staying = self.leaving.div_ceil(2).max(3);
        staying + (staying + self.leaving) % 2
    }

    /// Scale the drainer's cluster in, and watch until the last instance was let go.
    ///
    /// # Errors
    /// The region's, where it holds a group already.
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
            let truth = region.world().truth();
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
        let group = CreateGroup {
            name: GROUP.to_owned(),
            cluster: CLUSTER.to_owned(),
            desired: instances,
            max: instances,
            ..CreateGroup::default()
        };
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
            region.control(now, Control::CreateGroup(group))?;
            region.put_hooks(now)?;
            region.control(now, Control::CreateService(service))?;
            Ok(())
        })
    }
}

/// Tasks that ECS counts on these instances.
fn counted(region: &Region, leaving: &BTreeSet<String>) -> usize {
    let truth = region.world().truth();
    let instances = leaving.iter().filter_map(|id| truth.instance(id));
    instances.flat_map(|i| i.containers()).map(|c| c.running + c.pending).sum()
}

impl Drainer {
    /// Everything that was paid for so far.
    pub fn bill(&self) -> Bill {
        self.live.observe(|region, _| Bill::of(region, &self.functions, &self.beside))
    }

    fn drains(&self, region: &Region, leaving: &BTreeSet<String>) -> Vec<Drain> {
        let truth = region.world().truth();
        let instances = leaving.iter().filter_map(|id| truth.instance(id));
        instances.filter_map(|instance| Drain::of(&instance, &self.hook)).collect()
    }

    fn is_over(&self, region: &Region, leaving: &BTreeSet<String>) -> bool {
        region.delivery().running() == 0
            && self.drains(region, leaving).iter().all(|drain| drain.ended.is_some())
    }
}

impl Outcome {
    /// From the last container's stop to the release, of every instance that was not
    /// let go too early; shortest first.
    pub fn lags(&self) -> Vec<Duration> {
        let mut lags: Vec<Duration> = self.drains.iter().filter_map(Drain::lag).collect();
        lags.sort();
        lags
    }

    /// Instances let go before their last container had stopped.
    pub fn too_early(&self) -> usize {
        self.drains.iter().filter(|drain| drain.ended.is_some() && drain.cut_short > 0).count()
    }

    /// Instances that nobody let go: the hook's time-out did.
    pub fn by_time_out(&self) -> usize {
        let timed_out = |drain: &&Drain| drain.ended.is_some() && !drain.is_completed();
        self.drains.iter().filter(timed_out).count()
    }

    /// Instances let go too early, by a time-out or not at all.
    pub fn undrained(&self) -> usize {
        let drained = |drain: &&Drain| drain.is_completed() && drain.cut_short == 0;
        self.drains.len() - self.drains.iter().filter(drained).count()
    }

    /// Tasks cut short.
    pub fn cut_short(&self) -> usize {
        self.drains.iter().map(|drain| drain.cut_short).sum()
    }

    /// Calls in all, what came after included.
    pub fn calls(&self) -> u64 {
        self.bill.calls() + self.tail.calls()
    }

    /// The same for each instance.
    pub fn calls_each(&self) -> f64 {
        number(self.calls()) / number(u64::try_from(self.drains.len()).unwrap_or(u64::MAX))
    }
}
