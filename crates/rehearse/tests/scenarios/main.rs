//! Scenarios: the functions against the simulated region, in virtual time.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod drain;
mod events;
mod forging;
mod histories;
mod role;
mod scaled;
mod scaling;
