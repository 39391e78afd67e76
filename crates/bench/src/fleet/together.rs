//! Many clusters that each lose an instance at once, beside a single one.

use std::collections::BTreeSet;

use region::client::Interceptor;
use scenarios::Error;

use super::lags::Lags;
use super::{Fleet, SETTLE, shape};
use crate::product::wiring_of_drains;
use crate::target::{Target, number};

/// The most that the median lag may be of that of one alone.
const MEDIAN: f64 = 2.0;
/// Likewise the longest: a few of fifty wait for their turn at AWS's rates, and then for a requeue.
const LONGEST: f64 = 4.5;

/// Clusters that each lost an instance at once, with some seeds.
#[derive(Debug)]
pub(super) struct Together {
    pub(super) clusters: usize,
    pub(super) lags: Lags,
    /// The calls until the last release.
    calls: u64,
    /// The number of instances that left.
    left: u64,
}

/// Lets this number of clusters each lose an instance at once.
///
/// # Errors
/// The template or an environment is invalid.
pub(super) async fn leave(clusters: usize, seed: u64, seeds: u64) -> Result<Together, Error> {
    let shape = &shape(1);
    let mut together = Together { clusters, lags: Lags::default(), calls: 0, left: 0 };
    for seed in (0..seeds).map(|number| seed.wrapping_add(number)) {
        let fleet = Fleet::begin(wiring_of_drains()?, seed, Interceptor::none()).await?;
        let names = fleet.add_many(clusters, shape)?;
        tokio::time::sleep(SETTLE).await;
        let before = fleet.drainer.bill();
        let mut leaving = BTreeSet::new();
        for name in &names {
            leaving.extend(fleet.scale_in(name, shape)?);
        }
        together.lags.add(&fleet.await_release(&leaving).await);
        together.calls += fleet.drainer.bill().since(&before).calls();
        together.left += u64::try_from(leaving.len()).unwrap_or(u64::MAX);
    }
    Ok(together)
}

impl Together {
    pub(super) fn calls_each(&self) -> f64 {
        number(self.calls) / number(self.left)
    }
}

pub(super) fn targets(alone: &Together, many: &Together) -> Vec<Target> {
    let what = format!("{} clusters that each lose an instance at once", many.clusters);
    many.lags.at_most(&what, &alone.lags, MEDIAN, LONGEST)
}
