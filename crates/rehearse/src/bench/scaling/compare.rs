//! Two courses beside each other, scaling by scaling.

use time::Duration;

use super::course::Scaling;

/// The same scaling of both, or one that only one of them made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// What native scaling did.
    pub native: Option<Scaling>,
    /// What alarm-scaling did.
    pub adapter: Option<Scaling>,
}

/// The scalings of both, the first with the first and so on.
pub fn pairs(native: &[Scaling], adapter: &[Scaling]) -> Vec<Pair> {
    (0..native.len().max(adapter.len()))
        .map(|number| Pair {
            native: native.get(number).copied(),
            adapter: adapter.get(number).copied(),
        })
        .collect()
}

impl Pair {
    /// Whether both did the same.
    pub fn equal(&self) -> bool {
        self.native
            .zip(self.adapter)
            .is_some_and(|(native, adapter)| (native.from, native.to) == (adapter.from, adapter.to))
    }

    /// By how much alarm-scaling was later.
    pub fn later(&self) -> Option<Duration> {
        self.native.zip(self.adapter).map(|(native, adapter)| adapter.after - native.after)
    }
}
