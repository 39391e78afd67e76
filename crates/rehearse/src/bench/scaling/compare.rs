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

/// The scalings of both in order, as many as can be beside an equal one.
pub fn pairs(native: &[Scaling], adapter: &[Scaling]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let (mut native, mut adapter) = (native, adapter);
    while let ([one, natives @ ..], [other, adapters @ ..]) = (native, adapter) {
        if one.same(other) {
            pairs.push(Pair { native: Some(*one), adapter: Some(*other) });
            (native, adapter) = (natives, adapters);
        } else if most_equal(natives, adapter) >= most_equal(native, adapters) {
            pairs.push(Pair { native: Some(*one), adapter: None });
            native = natives;
        } else {
            pairs.push(Pair { native: None, adapter: Some(*other) });
            adapter = adapters;
        }
    }
    pairs.extend(native.iter().map(|one| Pair { native: Some(*one), adapter: None }));
    pairs.extend(adapter.iter().map(|other| Pair { native: None, adapter: Some(*other) }));
    pairs
}

/// The length of the longest common subsequence.
fn most_equal(native: &[Scaling], adapter: &[Scaling]) -> usize {
    let mut row = vec![0; adapter.len() + 1];
    for one in native {
        let mut next = vec![0];
        for (other, known) in adapter.iter().zip(row.iter().zip(row.iter().skip(1))) {
            let (diagonal, above) = known;
            let left = next.last().copied().unwrap_or_default();
            next.push(if one.same(other) { diagonal + 1 } else { left.max(*above) });
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
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
