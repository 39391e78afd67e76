//! Faults that random runs of drains and of scaling have in common.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use region::Time;
use region::faults::{CallFault, CallFaults, Outage};
use region::messaging::MessageFault;
use region::messaging::Settings as DeliverySettings;
use region::region::Settings;
use region::services::Settings as WorldSettings;

use super::{Kind, Kinds};

/// The latest second at which a fault begins.
pub(crate) const LATEST_FAULT: u64 = 1_200;

/// One fault of a random run. A run without it is a run too, which may violate the same
/// invariant, so faults can be left out to minimize a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<Act> {
    /// A call to AWS fails.
    Call {
        /// The number of the call or message, counted from 1.
        number: u64,
        fault: CallFault,
    },
    /// Every call fails for a while.
    Outage {
        /// Seconds since the run began.
        second: u64,
        /// The duration.
        for_seconds: u64,
        fault: CallFault,
    },
    /// A message is delivered wrongly.
    Message {
        /// The number of the call or message, counted from 1.
        number: u64,
        fault: MessageFault,
    },
    /// A user, an operator or AWS acts.
    Act {
        /// Seconds since the run began.
        second: u64,
        /// The action.
        act: Act,
    },
}

/// An action in a random run.
pub trait Deed {
    /// The kind of fault that this counts as.
    fn kind(&self) -> Kind;
}

impl<Act: Deed> Part<Act> {
    /// The kind of fault that this counts as.
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
        second: chance.random_range(0..=LATEST_FAULT),
        for_seconds: chance.random_range(1..=180),
        fault: *faults.choose(chance).unwrap_or(&CallFault::Unavailable),
    }
}

/// The seconds until the filters of new subscriptions take effect: 0 in three of four runs. A
/// run draws it last, so that the other faults of its seed stay the same.
pub(crate) fn filters_after(chance: &mut StdRng) -> u32 {
    if chance.random_bool(0.25) { chance.random_range(60..=900) } else { 0 }
}

/// The faults in the calls of a run that begins at `began`.
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

/// How the simulated region behaves throughout a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Medium {
    /// The lag of reads in seconds.
    pub read_lag_seconds: u64,
    /// Whether calls are throttled by AWS's token buckets.
    pub throttling: bool,
    /// The percentage of deliveries that happen twice.
    pub doubled_percent: u32,
    /// The seconds until the filters of new subscriptions take effect.
    pub filters_after_seconds: u32,
}

impl Medium {
    /// Without the behavior that belongs to other kinds of faults.
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

    /// The region's settings, with the faults of messages in `parts`.
    pub(crate) fn settings<Act>(self, parts: &[Part<Act>]) -> Settings {
        let messages = parts.iter().filter_map(|part| match part {
            Part::Message { number, fault } => Some((*number, *fault)),
            _ => None,
        });
        Settings {
            services: WorldSettings {
                throttling: self.throttling,
                read_lag_seconds: self.read_lag_seconds,
                read_lag_varies: true,
                ..WorldSettings::default()
            },
            messaging: DeliverySettings {
                duplicate_probability: f64::from(self.doubled_percent) / 100.0,
                duplicate_delay: 500..=120_000,
                faults: messages.collect(),
                filters_after: time::Duration::seconds(self.filters_after_seconds.into()),
                ..DeliverySettings::default()
            },
        }
    }
}
