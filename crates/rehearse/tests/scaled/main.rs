//! Random runs of scaling with faults, checked by an oracle: thousands of seeds with the functions
//! as they are, and some with a broken rule, to prove that the oracle detects the violation.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod broken;
#[path = "../forging/mod.rs"]
mod forging;
mod seeds;
