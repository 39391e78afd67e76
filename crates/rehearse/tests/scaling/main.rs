//! Scaling on alarms: the real handlers and the real SDK, wired by the real template, with the
//! alarms of the real stacks, against the simulated region.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

mod beside;
mod costing;
mod crashing;
mod following;
mod guards;
mod late;
mod messages;
#[path = "../role/mod.rs"]
mod role;
mod roles;
mod scene;
mod together;
mod warming;
