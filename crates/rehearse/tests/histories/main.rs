//! Random runs of drains with faults, checked by an oracle: thousands of seeds with the functions
//! as they are, and some with a broken rule, to prove that the oracle detects the violation.

#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod broken;
#[path = "../forging/mod.rs"]
mod forging;
#[path = "../role/mod.rs"]
mod role;
mod roles;
mod seeds;
