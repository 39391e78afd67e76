//! alarm-scaling: an alarm in ALARM becomes a work item of a serialization key, and each work
//! item becomes one reconcile of everything with that key. A reconcile reads the alarms and their
//! targets, decides, scales, and requeues itself for as long as an alarm stays in ALARM.

pub mod config;
pub mod handler;

mod active;
mod apply;
mod fold;
mod memory;
mod outcome;
mod reconcile;
mod targets;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
