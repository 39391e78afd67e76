//! What goes wrong, and when: with a call to AWS, with a message on its way, with the
//! process that makes the call.

mod call;
mod process;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::call::CallFault;
pub use self::process::{Death, live};

pub(crate) use self::process::die;

use crate::Time;

/// What becomes of a message that SNS or EventBridge delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageFault {
    /// It never arrives, as when AWS has given up its retries.
    Lost,
    /// It arrives, and so many milliseconds later once more.
    Doubled(u64),
    /// It arrives so many milliseconds late, and others overtake it.
    Late(u64),
}

/// The faults of calls to come; clones share the count of calls.
#[derive(Debug, Clone, Default)]
pub struct CallFaults(Arc<Plan>);

#[derive(Debug, Default)]
struct Plan {
    faults: BTreeMap<u64, CallFault>,
    outages: Vec<Outage>,
    made: AtomicU64,
}

/// A span of time in which every call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// When it begins.
    pub from: Time,
    /// When it is over.
    pub until: Time,
    /// What becomes of a call meanwhile.
    pub fault: CallFault,
}

impl CallFaults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// One fault, at call number `call`.
    pub fn at(call: u64, fault: CallFault) -> Self {
        Self::of(BTreeMap::from([(call, fault)]), Vec::new())
    }

    /// These faults, each of the call of that number, counted from 1; and outages.
    pub fn of(faults: BTreeMap<u64, CallFault>, outages: Vec<Outage>) -> Self {
        Self(Arc::new(Plan { faults, outages, made: AtomicU64::new(0) }))
    }

    /// How many calls were made so far, those of the SDK's own retries included.
    pub fn calls(&self) -> u64 {
        self.0.made.load(Ordering::Relaxed)
    }

    /// Count a call that is being made, and say what goes wrong with it.
    pub(crate) fn count(&self, now: Time) -> (u64, Option<CallFault>) {
        let call = self.0.made.fetch_add(1, Ordering::Relaxed) + 1;
        let outage = || self.0.outages.iter().find(|o| (o.from..o.until).contains(&now));
        let fault = self.0.faults.get(&call).or_else(|| Some(&outage()?.fault));
        (call, fault.copied())
    }
}
