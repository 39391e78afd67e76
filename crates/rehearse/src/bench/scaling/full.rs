//! A service that scales out into a full cluster: how long until its tasks all run.

use std::collections::BTreeMap;
use std::time::Duration as Pause;

use region::client::Forger;
use region::faults::CallFaults;
use region::world::{CreateGroup, CreateService};
use time::Duration;

use crate::runs::Run;
use crate::scaled::{By, SERVICE, Stage, Trouble, set_load};
use crate::stack::CLUSTER;

/// Tasks before; eight fill the cluster.
const BEFORE: usize = 5;

/// Tasks that the load makes of them, and so two for which there is no room.
const AFTER: usize = 10;

/// The load in busy tasks: 120 % of those before, 60 % of those after.
const LOAD: f64 = 6.0;

/// Time for the alarms to have seen what was before.
const SETTLE: Pause = Pause::from_secs(300);

/// The longest that it is watched.
const LIMIT: Duration = Duration::hours(1);

/// Who scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaled {
    /// AWS, both dimensions.
    Native,
    /// alarm-scaling, each dimension by its own alarms alone.
    Apart,
    /// alarm-scaling, both dimensions in one look.
    Together,
}

impl Scaled {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Native, Self::Apart, Self::Together];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Apart => "adapter, dimensions apart",
            Self::Together => "adapter, dimensions together",
        }
    }
}

/// How it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// From the rise of the load until [`AFTER`] tasks run; the longest that is watched if
    /// they do not.
    pub took: Duration,
    /// What the functions' runs did.
    pub runs: Vec<Run>,
}

/// Raise the load and watch. When in its minute it rises, the seed says.
///
/// # Errors
/// See [`Trouble`].
pub async fn fill(scaled: Scaled, seed: u64) -> Result<Filled, Trouble> {
    let by = if scaled == Scaled::Native { By::Native } else { By::Adapter };
    let together = if scaled == Scaled::Together { "true" } else { "false" };
    let stage = Stage {
        service_by: by,
        cluster_by: by,
        parameters: BTreeMap::from([("RaiseForTasks".to_owned(), together.to_owned())]),
        group: CreateGroup {
            desired: 2,
            min: 2,
            max: 6,
            cpu: 1024,
            memory: 2048,
            ..CreateGroup::default()
        },
        service: CreateService { desired: BEFORE, ..CreateService::default() },
        ..Stage::default()
    };
    let rehearsal = stage.set(seed, CallFaults::none(), Forger::honest()).await?;
    set_load(&rehearsal, 2.5, 2.5)?;
    tokio::time::sleep(SETTLE + Pause::from_secs(seed * 23 % 60)).await;
    set_load(&rehearsal, LOAD, LOAD)?;
    let began = rehearsal.live.now();
    loop {
        tokio::time::sleep(Pause::from_secs(1)).await;
        let took = rehearsal.live.now() - began;
        let running = rehearsal.live.observe(|region, _| {
            region.world().truth().service(CLUSTER, SERVICE).map_or(0, |service| service.running)
        });
        if running >= AFTER || took >= LIMIT {
            return Ok(Filled { took, runs: rehearsal.runs() });
        }
    }
}
