//! Many clusters that share one installation.

pub(crate) mod document;
mod idle;
mod lags;
mod neighbor;
pub(crate) mod show;
mod stops;
#[cfg(test)]
mod tests;
mod together;

use std::collections::BTreeSet;
use std::time::Duration as Pause;

use region::client::Interceptor;
use region::region::Settings;
use region::services::{Control, CreateGroup, HookResult, LifecycleState, PutLifecycleHook};
use region::wiring::Wiring;
use scenarios::Error;
use scenarios::draining::cluster::DrainedCluster;
use scenarios::rehearsal::Rehearsal;
use scenarios::report::Drain;
use scenarios::stack;
use serde_json::json;
use time::Duration;

use self::idle::Idle;
use self::neighbor::{Beside, Neighbor};
use self::together::Together;
use crate::cost::Usage;
use crate::departure::{Departure, Drainer};
use crate::product;
use crate::target::Target;

/// Time for the first run of the schedule, as in any installation older than five minutes.
const SETTLE: Pause = Pause::from_secs(305);

/// The longest duration of a drain.
const LIMIT: Duration = Duration::hours(2);

/// The number of clusters that each lose an instance at once.
const MANY: usize = 50;

/// The number of seeds of a single cluster, and of the many that it is compared with.
const SEEDS_ALONE: u64 = 16;
const SEEDS_TOGETHER: u64 = 4;

/// The number of seeds with and without a neighbor.
const SEEDS_BESIDE: u64 = 4;

/// The number of instances of the large neighbor that leave at once.
const LEAVING: usize = 1000;

/// The number of clusters of an idle day.
const CLUSTERS: usize = 200;

/// The measurements of many clusters.
#[derive(Debug)]
pub(crate) struct Measurements {
    /// An idle day of one cluster and of many.
    idle: [Idle; 2],
    stops: Usage,
    /// One cluster that loses an instance, and many at once.
    together: [Together; 2],
    /// Clusters without a neighbor, beside a failing one, and beside a large one.
    beside: [Beside; 3],
}

/// Runs all of them. `step` is called with the name of each before it begins.
///
/// # Errors
/// The template or an environment is invalid.
pub(crate) async fn run(seed: u64, step: &dyn Fn(&str)) -> Result<Measurements, Error> {
    step("an idle day, one cluster and many");
    let idle = [idle::day(1, seed).await?, idle::day(CLUSTERS, seed).await?];
    step("a million task stops a day in clusters that have not opted in");
    let stops = stops::a_day(seed).await?;
    step("one cluster that loses an instance, and many at once");
    let together = [
        together::leave(1, seed, SEEDS_ALONE).await?,
        together::leave(MANY, seed, SEEDS_TOGETHER).await?,
    ];
    step("clusters without a neighbor, beside a failing one, and beside a large one");
    let beside = [
        neighbor::beside(Neighbor::Absent, seed, SEEDS_BESIDE).await?,
        neighbor::beside(Neighbor::Failing, seed, SEEDS_BESIDE).await?,
        neighbor::beside(Neighbor::Large(LEAVING), seed, SEEDS_BESIDE).await?,
    ];
    Ok(Measurements { idle, stops, together, beside })
}

/// Clusters whose instances ecs-tide drains, under AWS's throttle buckets.
struct Fleet {
    rehearsal: Rehearsal,
    drainer: Drainer,
    hook: PutLifecycleHook,
}

impl Fleet {
    /// Deploys `wiring` in a simulated region without clusters, with `interceptor` between the
    /// functions and the region.
    ///
    /// # Errors
    /// The template or an environment is invalid.
    async fn begin(wiring: Wiring, seed: u64, interceptor: Interceptor) -> Result<Self, Error> {
        let mut settings = Settings::default();
        settings.services.throttling = true;
        let hook = wiring.hooks.first().map(|hook| PutLifecycleHook {
            name: hook.name.clone(),
            heartbeat_seconds: hook.heartbeat_seconds.into(),
            default_result: HookResult::Continue,
            topic_arn: hook.topic_arn.clone(),
            role_arn: hook.role_arn.clone(),
            ..PutLifecycleHook::default()
        });
        let hook = hook.unwrap_or_default();
        let (rehearsal, drainer) =
            product::deploy_wiring(wiring, settings, seed, interceptor).await?;
        Ok(Self { rehearsal, drainer, hook })
    }

    /// Creates a cluster that has opted in, with a group and a service behind a load balancer.
    ///
    /// # Errors
    /// The simulated region has the cluster already.
    fn add(&self, name: &str, shape: &DrainedCluster) -> Result<(), Error> {
        let instances = shape.leaving + shape.staying;
        self.rehearsal.control(Control::CreateGroup(CreateGroup {
            name: group_of(name),
            cluster: name.to_owned(),
            desired: instances,
            max: instances,
            tags: stack::opted_in(name),
            ..CreateGroup::default()
        }))?;
        self.rehearsal.control(Control::PutLifecycleHook(PutLifecycleHook {
            group: group_of(name),
            metadata: Some(json!({ "cluster": name }).to_string()),
            ..self.hook.clone()
        }))?;
        self.rehearsal.control(Control::CreateService(shape.web(name)))?;
        Ok(())
    }

    /// Creates this number of clusters of one shape. Returns their names.
    ///
    /// # Errors
    /// See [`Self::add`].
    fn add_many(&self, clusters: usize, shape: &DrainedCluster) -> Result<Vec<String>, Error> {
        let names = (0..clusters).map(|number| format!("c{number}"));
        names.map(|name| self.add(&name, shape).map(|()| name)).collect()
    }

    /// Scales the group of a cluster in. Returns the instances that leave.
    ///
    /// # Errors
    /// The cluster does not exist.
    fn scale_in(&self, name: &str, shape: &DrainedCluster) -> Result<BTreeSet<String>, Error> {
        let group = group_of(name);
        self.rehearsal.control(Control::SetDesiredCapacity(group.clone(), shape.staying))?;
        Ok(self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth();
            let leaving = truth.instances().filter(|seen| {
                seen.group == group && seen.state == LifecycleState::TerminatingWait
            });
            leaving.map(|seen| seen.id.to_owned()).collect()
        }))
    }

    /// Waits until these instances are released, and returns their drains.
    async fn await_release(&self, leaving: &BTreeSet<String>) -> Vec<Drain> {
        let began = self.rehearsal.live.now();
        loop {
            let drains = self.rehearsal.live.observe(|region, _| {
                let truth = region.services().truth();
                let instances = leaving.iter().filter_map(|id| truth.instance(id));
                let drains = instances.filter_map(|one| Drain::of(&one, &self.hook.name));
                drains.collect::<Vec<_>>()
            });
            let over = drains.iter().all(|drain| drain.ended.is_some());
            if over || self.rehearsal.live.now() - began > LIMIT {
                return drains;
            }
            tokio::time::sleep(Pause::from_secs(1)).await;
        }
    }
}

/// A cluster in which this number of instances leave, each with four tasks behind a load balancer
/// whose drain takes ten minutes.
fn shape(leaving: usize) -> DrainedCluster {
    Departure::slow(leaving, 0).cluster
}

fn group_of(cluster: &str) -> String {
    format!("{cluster}-group")
}

impl Measurements {
    /// The bounds of many clusters, as ratios of values of the same run.
    pub(crate) fn targets(&self) -> Vec<Target> {
        let ([one, many], [alone, together]) = (&self.idle, &self.together);
        let [absent, failing, large] = &self.beside;
        [
            idle::targets(one, many),
            together::targets(alone, together),
            neighbor::targets(absent, failing),
            neighbor::targets(absent, large),
        ]
        .concat()
    }
}
