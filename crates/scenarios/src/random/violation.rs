//! Violations of invariants.

use std::fmt;

use region::Time;

/// The violation of an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation<Invariant> {
    /// When the oracle found it.
    pub at: Time,
    /// The violated invariant.
    pub invariant: Invariant,
    /// What happened instead.
    pub what: String,
}

impl<Invariant: fmt::Debug> fmt::Display for Violation<Invariant> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}: {}", self.at.time(), self.invariant, self.what)
    }
}
