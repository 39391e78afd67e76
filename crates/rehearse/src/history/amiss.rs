//! What can go wrong in a history, whatever it is a history of.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use region::Time;
use region::delivery::Settings as DeliverySettings;
use region::faults::{CallFault, CallFaults, MessageFault, Outage};
use region::region::Settings;
use region::world::Settings as WorldSettings;

use super::{Kind, Kinds};

/// When the last thing goes wrong, seconds.
pub(crate) const TROUBLE: u64 = 1_200;

/// One thing that happens beside what the history is of. A history without one of these is
/// another history, and may break the same promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<Act> {
    /// A call to AWS goes wrong.
    Call {
        /// Its number, counted from 1.
        number: u64,
        /// How.
        fault: CallFault,
    },
    /// Every call goes wrong for a while.
    Outage {
        /// So many seconds after the history has begun.
        second: u64,
        /// For how long.
        for_seconds: u64,
        /// How.
        fault: CallFault,
    },
    /// A message goes wrong.
    Message {
        /// Its number, counted from 1.
        number: u64,
        /// How.
        fault: MessageFault,
    },
    /// Somebody does something.
    Act {
        /// So many seconds after the history has begun.
        second: u64,
        /// What.
        act: Act,
    },
}

/// What somebody does.
pub trait Deed {
    /// What kind of fault it is.
    fn kind(&self) -> Kind;
}

impl<Act: Deed> Part<Act> {
    /// What kind of fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Call { fault, .. } | Self::Outage { fault, .. } => Kind::of_call(*fault),
            Self::Message { fault, .. } => Kind::of_message(*fault),
            Self::Act { act, .. } => act.kind(),
        }
    }
}

/// An outage of up to three minutes.
pub(crate) fn outage<Act>(chance: &mut StdRng) -> Part<Act> {
    let faults =
        [CallFault::Throttled, CallFault::Unavailable, CallFault::Lost, CallFault::ItemsFailed];
    Part::Outage {
        second: chance.random_range(0..=TROUBLE),
        for_seconds: chance.random_range(1..=180),
        fault: *faults.choose(chance).unwrap_or(&CallFault::Unavailable),
    }
}

/// The seconds until the filters of new subscriptions take effect: 0 in three of four runs. A
/// run draws it last, so that the other faults of its seed stay the same.
pub(crate) fn filters_after(chance: &mut StdRng) -> u32 {
    if chance.random_bool(0.25) { chance.random_range(60..=900) } else { 0 }
}

/// The faults of the calls of a history that begins at `began`.
pub(crate) fn call_faults<Act>(parts: &[Part<Act>], began: Time) -> CallFaults {
    let after = |seconds: u64| began + Duration::from_secs(seconds);
    let (mut calls, mut outages) = (BTreeMap::new(), Vec::new());
    for part in parts {
        match part {
            Part::Call { number, fault } => {
                calls.insert(*number, *fault);
            }
            Part::Outage { second, for_seconds, fault } => outages.push(Outage {
                from: after(*second),
                until: after(second + for_seconds),
                fault: *fault,
            }),
            Part::Message { .. } | Part::Act { .. } => {}
        }
    }
    CallFaults::of(calls, outages)
}

/// How the region behaves all along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Medium {
    /// How long reads lag, seconds.
    pub read_lag_seconds: u64,
    /// Calls are refused as AWS's token buckets would.
    pub throttling: bool,
    /// The share of deliveries that happen twice, percent.
    pub doubled_percent: u32,
    /// The seconds until the filters of new subscriptions take effect.
    pub filters_after_seconds: u32,
}

impl Medium {
    /// Only as far as these kinds of faults go.
    pub(crate) fn limited(self, kinds: &Kinds) -> Self {
        Self {
            read_lag_seconds: if kinds.has(Kind::StaleReads) { self.read_lag_seconds } else { 0 },
            throttling: self.throttling && kinds.has(Kind::Throttling),
            doubled_percent: if kinds.has(Kind::Duplicates) { self.doubled_percent } else { 0 },
            filters_after_seconds: if kinds.has(Kind::Filters) {
                self.filters_after_seconds
            } else {
                0
            },
        }
    }

    /// The region's settings, with the messages among `parts`.
    pub(crate) fn settings<Act>(self, parts: &[Part<Act>]) -> Settings {
        let messages = parts.iter().filter_map(|part| match part {
            Part::Message { number, fault } => Some((*number, *fault)),
            _ => None,
        });
        Settings {
            world: WorldSettings {
                throttling: self.throttling,
                read_lag_seconds: self.read_lag_seconds,
                read_lag_varies: true,
                ..WorldSettings::default()
            },
            delivery: DeliverySettings {
                duplicate_probability: f64::from(self.doubled_percent) / 100.0,
                duplicate_delay: 500..=120_000,
                faults: messages.collect(),
                filters_after: time::Duration::seconds(self.filters_after_seconds.into()),
                ..DeliverySettings::default()
            },
        }
    }
}
