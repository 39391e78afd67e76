//! Measures the time until all tasks run after a service scales out into a full cluster.

use std::collections::BTreeMap;
use std::time::Duration as Pause;

use region::client::Interceptor;
use region::faults::CallFaults;
use region::services::{CreateGroup, CreateService};
use time::Duration;

use scenarios::Error;
use scenarios::runs::Run;
use scenarios::scaling::{By, SERVICE, ScaledCluster, set_load};
use scenarios::stack::CLUSTER;

/// The number of tasks before. Eight fill the cluster.
const BEFORE: usize = 5;

/// The number of tasks after the scale-out, two of which do not fit.
const AFTER: usize = 10;

/// The load in busy tasks: 120% of the tasks before, 60% of those after.
const LOAD: f64 = 6.0;

/// Time for the alarms to evaluate the load before.
const SETTLE: Pause = Pause::from_secs(300);

/// The longest measurement.
const LIMIT: Duration = Duration::hours(1);

/// How both dimensions are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaled {
    /// Native step scaling.
    Native,
    /// alarm-scaling, each dimension by its own alarms only.
    Apart,
    /// alarm-scaling, both dimensions in one reconcile.
    Together,
}

impl Scaled {
    /// All variants.
    pub const ALL: [Self; 3] = [Self::Native, Self::Apart, Self::Together];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Apart => "alarm-scaling, dimensions apart",
            Self::Together => "alarm-scaling, dimensions together",
        }
    }
}

/// The result of a measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The time from the rise of the load until [`AFTER`] tasks run, or the limit of an hour if
    /// they do not.
    pub took: Duration,
    /// The finished runs of the functions.
    pub runs: Vec<Run>,
}

/// Raises the load and measures. The seed determines the second of the minute at which it rises.
///
/// # Errors
/// See [`Error`].
pub async fn fill(scaled: Scaled, seed: u64) -> Result<Filled, Error> {
    let by = if scaled == Scaled::Native { By::Native } else { By::AlarmScaling };
    let together = if scaled == Scaled::Together { "true" } else { "false" };
    let cluster = ScaledCluster {
        service_by: by,
        cluster_by: by,
        parameters: BTreeMap::from([("AddInstancesForTasks".to_owned(), together.to_owned())]),
        group: CreateGroup {
            desired: 2,
            min: 2,
            max: 6,
            cpu: 1024,
            memory: 2048,
            ..CreateGroup::default()
        },
        service: CreateService { desired: BEFORE, ..CreateService::default() },
        ..ScaledCluster::default()
    };
    let rehearsal = cluster.rehearse(seed, CallFaults::none(), Interceptor::none()).await?;
    set_load(&rehearsal, 2.5, 2.5)?;
    tokio::time::sleep(SETTLE + Pause::from_secs(seed * 23 % 60)).await;
    set_load(&rehearsal, LOAD, LOAD)?;
    let began = rehearsal.live.now();
    loop {
        tokio::time::sleep(Pause::from_secs(1)).await;
        let took = rehearsal.live.now() - began;
        let running = rehearsal.live.observe(|region, _| {
            region.services().truth().service(CLUSTER, SERVICE).map_or(0, |service| service.running)
        });
        if running >= AFTER || took >= LIMIT {
            return Ok(Filled { took, runs: rehearsal.runs() });
        }
    }
}
