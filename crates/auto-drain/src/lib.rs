//! auto-drain: each invocation triggers at most one reconcile of each cluster. A reconcile reads
//! which instances are in a terminating wait state, decides, acts, and requeues if work is left.

pub mod config;
pub mod handler;

mod apply;
mod batch;
mod explain;
mod fleet;
mod groups;
mod memory;
mod observe;
mod outcome;
mod reconcile;
mod visit;
mod why;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
