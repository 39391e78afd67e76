//! What is promised of a drain, each promise as a scenario: the real handlers and the
//! real SDK, wired by the real template, against the simulated region.

#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

#[path = "../forging/mod.rs"]
mod forging;
mod scene;

mod arriving;
mod crashing;
mod deadline;
mod draining;
mod ghosts;
mod groups;
mod instances;
mod returning;
mod stuck;
