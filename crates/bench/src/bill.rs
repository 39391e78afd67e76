//! Counts of calls, invocations and billed time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use region::region::Region;
use serde::Serialize;

/// Calls, invocations and billed time in a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bill {
    /// The number of calls of each operation, including refused and throttled ones.
    #[serde(rename = "calls_by_operation")]
    pub operations: BTreeMap<String, u64>,
    /// The number of runs of the functions.
    pub invocations: u64,
    /// The number of runs that ended in an error or a timeout.
    pub errors: u64,
    /// The sum of the durations, each rounded up to a millisecond.
    pub billed_milliseconds: u64,
}

/// Counts that the simulated region does not keep. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Beside(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Beside {
    /// Counts a call of an operation that the simulated region does not have.
    pub fn called(&self, operation: &'static str) {
        let mut operations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *operations.entry(operation).or_default() += 1;
    }

    fn calls(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Bill {
    /// The counts so far.
    pub fn of(region: &Region, functions: &[String], beside: &Beside) -> Self {
        let mut operations = region.calls().clone();
        for (operation, calls) in beside.calls() {
            *operations.entry(operation.to_owned()).or_default() += calls;
        }
        let mut bill = Self { operations, ..Self::default() };
        for truth in functions.iter().filter_map(|id| region.messaging().function_truth(id)) {
            bill.invocations += truth.invocations;
            bill.errors += truth.errors;
            bill.billed_milliseconds += truth.billed_milliseconds;
        }
        bill
    }

    /// The counts since `earlier`.
    pub fn since(&self, earlier: &Self) -> Self {
        let calls = self.operations.iter().map(|(operation, calls)| {
            let before = earlier.operations.get(operation).copied().unwrap_or_default();
            (operation.clone(), calls.saturating_sub(before))
        });
        let billed = self.billed_milliseconds.saturating_sub(earlier.billed_milliseconds);
        Self {
            operations: calls.filter(|(_, calls)| *calls > 0).collect(),
            invocations: self.invocations.saturating_sub(earlier.invocations),
            errors: self.errors.saturating_sub(earlier.errors),
            billed_milliseconds: billed,
        }
    }

    /// The total number of calls.
    pub fn calls(&self) -> u64 {
        self.operations.values().sum()
    }
}
