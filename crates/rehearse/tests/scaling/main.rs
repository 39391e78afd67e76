//! Scenarios of scaling on alarms: the real handlers, SDK and template, with the alarms of the real
//! stacks, against the simulated region.

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
