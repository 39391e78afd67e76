//! alarm-scaling: an alarm in ALARM becomes a work item of the target that its tag names, and each
//! work item becomes one reconcile. A reconcile reads the target's document, its alarms and the
//! target itself, decides, scales, and requeues itself for as long as an alarm stays in ALARM.

pub mod config;
pub mod handler;

mod active;
mod apply;
mod documents;
mod fold;
mod memory;
mod outcome;
mod reconcile;
mod route;
mod scope;
mod targets;
mod visit;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
