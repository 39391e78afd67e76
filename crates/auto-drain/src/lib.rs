//! auto-drain: each invocation triggers at most one reconcile of the cluster. A reconcile reads
//! which instances are in a terminating wait state, decides, acts, and requeues if work is left.

pub mod config;
pub mod handler;

mod act;
mod explain;
mod focus;
mod memory;
mod outcome;
mod read;
mod reconcile;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
