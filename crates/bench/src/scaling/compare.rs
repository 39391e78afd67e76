//! Aligns the scalings of two courses.

use time::Duration;

use super::course::Scaling;

/// A scaling of both, or of only one of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The scaling by native scaling.
    pub native: Option<Scaling>,
    /// The scaling by alarm-scaling.
    pub alarm_scaling: Option<Scaling>,
}

/// Pairs the scalings of both in order, with as many equal pairs as possible.
pub fn pairs(native: &[Scaling], alarm_scaling: &[Scaling]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let (mut native, mut alarm_scaling) = (native, alarm_scaling);
    while let ([one, natives @ ..], [other, others @ ..]) = (native, alarm_scaling) {
        if one.same(other) {
            pairs.push(Pair { native: Some(*one), alarm_scaling: Some(*other) });
            (native, alarm_scaling) = (natives, others);
        } else if most_equal(natives, alarm_scaling) >= most_equal(native, others) {
            pairs.push(Pair { native: Some(*one), alarm_scaling: None });
            native = natives;
        } else {
            pairs.push(Pair { native: None, alarm_scaling: Some(*other) });
            alarm_scaling = others;
        }
    }
    pairs.extend(native.iter().map(|one| Pair { native: Some(*one), alarm_scaling: None }));
    pairs.extend(
        alarm_scaling.iter().map(|other| Pair { native: None, alarm_scaling: Some(*other) }),
    );
    pairs
}

/// The length of the longest common subsequence.
fn most_equal(native: &[Scaling], alarm_scaling: &[Scaling]) -> usize {
    let mut row = vec![0; alarm_scaling.len() + 1];
    for one in native {
        let mut next = vec![0];
        for (other, known) in alarm_scaling.iter().zip(row.iter().zip(row.iter().skip(1))) {
            let (diagonal, above) = known;
            let left = next.last().copied().unwrap_or_default();
            next.push(if one.same(other) { diagonal + 1 } else { left.max(*above) });
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

impl Pair {
    /// Whether both scaled alike.
    pub fn equal(&self) -> bool {
        self.native.zip(self.alarm_scaling).is_some_and(|(native, alarm_scaling)| {
            (native.from, native.to) == (alarm_scaling.from, alarm_scaling.to)
        })
    }

    /// The delay of alarm-scaling, if both scaled.
    pub fn later(&self) -> Option<Duration> {
        self.native
            .zip(self.alarm_scaling)
            .map(|(native, alarm_scaling)| alarm_scaling.after - native.after)
    }
}
