//! What is paid for by the piece: calls, invocations and billed time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use region::region::Region;

/// Calls, invocations and billed time, of a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bill {
    /// How often each operation was called; a call that was refused or throttled counts.
    pub operations: BTreeMap<String, u64>,
    /// How often the functions ran.
    pub invocations: u64,
    /// How many of these runs ended in an error, time-outs included.
    pub errors: u64,
    /// The runs' durations, each rounded up to a millisecond.
    pub billed_milliseconds: u64,
}

/// What is beside the region's own counts; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Beside(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    messages: AtomicU64,
    dropped: AtomicU64,
}

impl Beside {
    /// A function called `SendMessage`, which is no API of the region's.
    pub fn sent(&self) {
        self.0.messages.fetch_add(1, Ordering::Relaxed);
    }

    /// Lambda dropped an invocation that the region began.
    pub fn dropped(&self) {
        self.0.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

impl Bill {
    /// Everything so far.
    pub fn of(region: &Region, functions: &[String], beside: &Beside) -> Self {
        let mut operations = region.calls().clone();
        let sent = beside.0.messages.load(Ordering::Relaxed);
        if sent > 0 {
            operations.insert("SendMessage".to_owned(), sent);
        }
        let mut bill = Self { operations, ..Self::default() };
        for truth in functions.iter().filter_map(|id| region.delivery().function_truth(id)) {
            bill.invocations += truth.invocations;
            bill.errors += truth.errors;
            bill.billed_milliseconds += truth.billed_milliseconds;
        }
        bill.invocations -= beside.0.dropped.load(Ordering::Relaxed).min(bill.invocations);
        bill
    }

    /// What came after `earlier`, which is a part of this one.
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

    /// Calls in all.
    pub fn calls(&self) -> u64 {
        self.operations.values().sum()
    }
}
