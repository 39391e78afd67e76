//! The benchmark of a drain: instances leave a cluster, and ecs-tide or a peer drains them.

use std::collections::BTreeSet;
use std::time::Duration as Pause;

use region::api::ApiError;
use region::live::Live;
use region::region::{Region, Settings};
use region::services::{Control, CreateService, UpdateService, Workload};
use scenarios::draining::cluster::DrainedCluster;
use scenarios::hooks;
use scenarios::report::Drain;
use scenarios::stack::{self, CLUSTER, HOOK_KEEPER};
use serde_json::Value;
use time::Duration;

use super::bill::{Beside, Bill};
use super::outcome::Outcome;
use crate::Error;

/// Time for the hook's test message to be handled and for the first run of the schedule, as in any
/// stack older than five minutes. The schedule runs again 295 s and 595 s after the termination
/// began.
const SETTLE: Pause = Pause::from_secs(305);

/// From the scale-in of the service to that of the group, where a departure has both.
const EMPTIED_BEFORE: Pause = Pause::from_secs(10);

/// The longest duration of a departure: the template's default deadline.
const LIMIT: Duration = Duration::hours(2);

/// Time for the last requeue messages to be delivered: longer than any of them waits, and over
/// before the next run of the schedule.
const TAIL: Pause = Pause::from_secs(250);

/// Instances that leave one cluster at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    pub(super) cluster: DrainedCluster,
    /// Whether the service is scaled to 0 before, and a worker stays.
    emptied: bool,
    /// Whether the simulated region throttles by AWS's token buckets.
    throttling: bool,
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
    /// The queues' logical ids.
    pub queues: Vec<String>,
    /// Counts that the simulated region does not keep.
    pub beside: Beside,
}

impl Departure {
    /// Four tasks behind a load balancer on each instance, whose drain takes ten minutes. ECS
    /// decides to stop them 300 s after the termination began, for their replacements take so long
    /// to start and to pass their health checks, with two passes of the ECS scheduler and the
    /// batching window. Their deregistration ends after 560 s, and they are STOPPED by 600 s.
    pub fn slow(leaving: usize, seed: u64) -> Self {
        let cluster = DrainedCluster {
            tasks: 4,
            start_seconds: 16,
            health_seconds: 280,
            deregistration_seconds: 260,
            stop_min_seconds: 0,
            stop_max_seconds: 38,
            daemon: false,
            ..DrainedCluster::in_life(leaving)
        };
        Self::of(cluster, seed)
    }

    /// Four tasks behind a load balancer on each instance, which drain within 70 s.
    pub fn quick(leaving: usize, seed: u64) -> Self {
        let cluster = DrainedCluster {
            tasks: 4,
            deregistration_seconds: 60,
            daemon: false,
            ..DrainedCluster::short(leaving)
        };
        Self::of(cluster, seed)
    }

    /// One instance with three tasks behind a load balancer and the task of a daemon.
    pub fn with_daemon(seed: u64) -> Self {
        let departure = Self::quick(1, seed);
        let cluster = DrainedCluster { tasks: 3, daemon: true, ..departure.cluster };
        Self { cluster, ..departure }
    }

    /// One instance with two tasks behind a load balancer, which ECS is already stopping, and a
    /// task of a worker.
    pub fn emptied(seed: u64) -> Self {
        let departure = Self::quick(1, seed);
        let cluster = DrainedCluster { tasks: 2, ..departure.cluster };
        Self { cluster, emptied: true, ..departure }
    }

    fn of(cluster: DrainedCluster, seed: u64) -> Self {
        let staying = staying(cluster.leaving);
        let cluster = DrainedCluster { staying, ..cluster };
        Self { cluster, emptied: false, throttling: false, seed }
    }

    /// The same under AWS's throttle buckets.
    pub fn throttled(self) -> Self {
        Self { throttling: true, ..self }
    }

    /// The settings of the simulated region.
    pub fn settings(self) -> Settings {
        let mut settings = Settings::default();
        settings.services.throttling = self.throttling;
        settings
    }

    /// A service without a load balancer, with a task on each instance.
    fn worker(self) -> CreateService {
        let DrainedCluster { leaving, staying, start_seconds, .. } = self.cluster;
        CreateService {
            name: "worker".to_owned(),
            cluster: CLUSTER.to_owned(),
            desired: leaving + staying,
            workload: Workload {
                start_seconds,
                stop_min_seconds: self.cluster.stop_min_seconds,
                stop_max_seconds: self.cluster.stop_max_seconds,
                ..Workload::default()
            },
            ..CreateService::default()
        }
    }

    /// Scales the drainer's cluster in, and waits until the last instance is released.
    ///
    /// # Errors
    /// The simulated region has a group already.
    pub async fn watch(self, drainer: &Drainer) -> Result<Outcome, Error> {
        self.cluster.create(&drainer.live)?;
        drainer.keep_hooks().await?;
        if self.emptied {
            drainer.control(Control::CreateService(self.worker()))?;
        }
        tokio::time::sleep(SETTLE).await;
        if self.emptied {
            let empty = UpdateService {
                cluster: CLUSTER.to_owned(),
                desired: Some(0),
                ..UpdateService::default()
            };
            drainer.control(Control::UpdateService(empty))?;
            tokio::time::sleep(EMPTIED_BEFORE).await;
        }
        let before = drainer.bill();
        let leaving = self.cluster.scale_in(&drainer.live)?;
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
        let dead_letters = drainer.dead_letters();
        Ok(Outcome { drains, counts_zero, stopped, bill, tail, dead_letters })
    }
}

/// The number of instances that stay: enough to take every task, with an even total, so that zones
/// and instances are loaded evenly.
fn staying(leaving: usize) -> usize {
    let staying = leaving.div_ceil(2).max(3);
    staying + (staying + leaving) % 2
}

/// The number of tasks that ECS counts on these instances.
fn counted(region: &Region, leaving: &BTreeSet<String>) -> usize {
    let truth = region.services().truth();
    let instances = leaving.iter().filter_map(|id| truth.instance(id));
    instances.flat_map(|i| i.containers()).map(|c| c.running + c.pending).sum()
}

impl Drainer {
    /// Lets hook-keeper put the hook, if it is one of the functions.
    async fn keep_hooks(&self) -> Result<(), Error> {
        if self.functions.iter().any(|function| function == HOOK_KEEPER) {
            hooks::keep(&self.live, &stack::wiring(&[])?).await?;
        }
        Ok(())
    }

    /// The costs so far.
    pub fn bill(&self) -> Bill {
        self.live.observe(|region, _| Bill::of(region, &self.functions, &self.beside))
    }

    fn control(&self, control: Control) -> Result<Value, ApiError> {
        self.live.with(|region, now| region.control(now, control))
    }

    fn dead_letters(&self) -> u64 {
        self.live.observe(|region, _| {
            let queues = self.queues.iter().filter_map(|id| region.messaging().queue_truth(id));
            queues.map(|queue| queue.redriven).sum()
        })
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
