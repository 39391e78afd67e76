//! Calls to the simulated region: pages, batches, `failures[]` and errors.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod draining;
mod scaling;
