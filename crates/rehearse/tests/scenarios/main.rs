//! Scenarios: the functions against the simulated region, in virtual time.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod drain;
mod events;
mod hooks;
mod interceptors;
mod random_drains;
mod random_runs;
mod random_scaling;
mod role;
mod scaling;
