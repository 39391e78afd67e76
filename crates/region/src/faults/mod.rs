//! Faults to inject: into calls to AWS, into messages in transit, and into the calling
//! process.

mod call;
mod process;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::call::CallFault;
pub use self::process::{Death, live};

pub(crate) use self::process::die;

use region_core::Time;

/// The faults of future calls. Clones share the count of calls.
#[derive(Debug, Clone, Default)]
pub struct CallFaults(Arc<Plan>);

#[derive(Debug, Default)]
struct Plan {
    faults: BTreeMap<u64, CallFault>,
    outages: Vec<Outage>,
    made: AtomicU64,
}

/// A period in which every call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub until: Time,
    /// The fault of each call in that period.
    pub fault: CallFault,
}

impl CallFaults {
    /// No faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// One fault, at call number `call`, counted from 1.
    pub fn at(call: u64, fault: CallFault) -> Self {
        Self::of(BTreeMap::from([(call, fault)]), Vec::new())
    }

    /// Faults by the number of their call, counted from 1, and outages.
    pub fn of(faults: BTreeMap<u64, CallFault>, outages: Vec<Outage>) -> Self {
        Self(Arc::new(Plan { faults, outages, made: AtomicU64::new(0) }))
    }

    /// The number of calls so far, including the SDK's retries.
    pub fn calls(&self) -> u64 {
        self.0.made.load(Ordering::Relaxed)
    }

    /// Count a call, and return its fault, if any.
    pub(crate) fn count(&self, now: Time) -> (u64, Option<CallFault>) {
        let call = self.0.made.fetch_add(1, Ordering::Relaxed) + 1;
        let outage = || self.0.outages.iter().find(|o| (o.from..o.until).contains(&now));
        let fault = self.0.faults.get(&call).or_else(|| Some(&outage()?.fault));
        (call, fault.copied())
    }
}
