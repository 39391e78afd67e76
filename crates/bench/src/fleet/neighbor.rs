//! Clusters that drain one instance each, beside a cluster that does not behave.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration as Pause;

use region::api::ApiError;
use region::client::Interceptor;
use scenarios::Error;
use serde_json::Value;

use super::lags::Lags;
use super::{Fleet, SETTLE, group_of, shape};
use crate::product::wiring_of_drains;
use crate::target::Target;

/// The name of the neighbor.
const NEIGHBOR: &str = "neighbor";

/// The number of its instances that leave if its calls fail.
const LEAVING: usize = 20;

/// The number of the other clusters.
const OTHERS: usize = 12;

/// The time between the scale-ins of two of them: their drains end while that of the neighbor does.
const APART: Pause = Pause::from_secs(10);

/// The most that the lags beside the neighbor may be of those without it.
const MEDIAN: f64 = 1.2;
/// See [`MEDIAN`].
const LONGEST: f64 = 2.5;

/// A cluster beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Neighbor {
    Absent,
    /// Every call about it is refused.
    Failing,
    /// This number of its instances leave at once.
    Large(usize),
}

/// The other clusters, with some seeds.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) neighbor: Neighbor,
    pub(super) lags: Lags,
}

/// Lets the other clusters drain beside the neighbor.
///
/// # Errors
/// The template or an environment is invalid.
pub(super) async fn beside(neighbor: Neighbor, seed: u64, seeds: u64) -> Result<Beside, Error> {
    let mut beside = Beside { neighbor, lags: Lags::default() };
    for seed in (0..seeds).map(|number| seed.wrapping_add(number)) {
        let (interceptor, leaving) = match neighbor {
            Neighbor::Absent => (Interceptor::none(), None),
            Neighbor::Failing => (refusing(), Some(LEAVING)),
            Neighbor::Large(leaving) => (Interceptor::none(), Some(leaving)),
        };
        let fleet = Fleet::begin(wiring_of_drains()?, seed, interceptor).await?;
        let (shape, large) = (&shape(1), leaving.map(shape));
        if let Some(large) = &large {
            fleet.add(NEIGHBOR, large)?;
        }
        let names = fleet.add_many(OTHERS, shape)?;
        tokio::time::sleep(SETTLE).await;
        if let Some(large) = &large {
            fleet.scale_in(NEIGHBOR, large)?;
        }
        let mut leaving = BTreeSet::new();
        for name in &names {
            leaving.extend(fleet.scale_in(name, shape)?);
            tokio::time::sleep(APART).await;
        }
        beside.lags.add(&fleet.await_release(&leaving).await);
    }
    Ok(beside)
}

/// Refuses every call that names the neighbor or its group.
fn refusing() -> Interceptor {
    let group = group_of(NEIGHBOR);
    Interceptor::new(move |region, now, call| {
        let of = |name: &str| call.input.get(name).and_then(Value::as_str);
        if of("cluster") == Some(NEIGHBOR) || of("AutoScalingGroupName") == Some(&group) {
            let failure = ApiError::client("ServerException", "try it again later");
            return region.refuse(now, call, Err(failure));
        }
        region.answer(now, call)
    })
}

pub(super) fn targets(absent: &Beside, present: &Beside) -> Vec<Target> {
    let what = format!("clusters beside {}", present.neighbor);
    present.lags.at_most(&what, &absent.lags, MEDIAN, LONGEST)
}

impl fmt::Display for Neighbor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("no neighbor"),
            Self::Failing => f.write_str("one whose calls all fail"),
            Self::Large(leaving) => write!(f, "one with {leaving} instances leaving"),
        }
    }
}
