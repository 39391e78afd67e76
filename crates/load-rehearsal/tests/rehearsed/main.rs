//! Loads rehearsed in the simulated region.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod events;
mod policies;
mod report;
mod sample;
mod schema;
mod tracking;
