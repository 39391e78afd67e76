//! The models of services, and how answers about them are judged.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod command;
mod example;
mod formats;
mod guarantees;
mod judge;
mod recording;
mod theory;
mod truth;
