//! The benchmark of a drain: instances leave a cluster, and ecs-tide or a peer drains them.

use std::collections::BTreeSet;
use std::time::Duration as Pause;

use region::live::Live;
use region::region::{Region, Settings};
use scenarios::draining::cluster::DrainedCluster;
use scenarios::report::Drain;
use time::Duration;

use super::bill::{Beside, Bill};
use super::outcome::Outcome;
use crate::Error;

/// Time for the hook's test message to be handled and for the first run of the schedule, as in any
/// stack older than five minutes. The schedule runs again 295 s and 595 s after the termination
/// began.
const SETTLE: Pause = Pause::from_secs(305);

/// The longest duration of a departure: the template's default deadline.
const LIMIT: Duration = Duration::hours(2);

/// Time for the last requeue messages to be delivered: longer than any of them waits, and over
/// before the next run of the schedule.
const TAIL: Pause = Pause::from_secs(250);

/// Instances that leave one cluster at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    cluster: DrainedCluster,
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

    fn of(cluster: DrainedCluster, seed: u64) -> Self {
        let staying = staying(cluster.leaving);
        Self { cluster: DrainedCluster { staying, ..cluster }, throttling: false, seed }
    }

    /// The same under AWS's throttle buckets.
    pub fn throttled(self) -> Self {
        Self { throttling: true, ..self }
    }

    /// The number of instances that leave.
    pub fn leaving(self) -> usize {
        self.cluster.leaving
    }

    /// The settings of the simulated region.
    pub fn settings(self) -> Settings {
        let mut settings = Settings::default();
        settings.services.throttling = self.throttling;
        settings
    }

    /// Scales the drainer's cluster in, and waits until the last instance is released.
    ///
    /// # Errors
    /// The simulated region has a group already.
    pub async fn watch(self, drainer: &Drainer) -> Result<Outcome, Error> {
        self.cluster.create(&drainer.live)?;
        tokio::time::sleep(SETTLE).await;
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
    /// The costs so far.
    pub fn bill(&self) -> Bill {
        self.live.observe(|region, _| Bill::of(region, &self.functions, &self.beside))
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
