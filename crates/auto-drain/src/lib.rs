//! auto-drain: whatever arrives becomes one look at the cluster. A look reads who
//! waits in a terminating state, decides, acts, and asks for another look if anything
//! is left.

pub mod config;
pub mod handler;

mod act;
mod explain;
mod focus;
mod look;
mod memory;
mod outcome;
mod read;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
