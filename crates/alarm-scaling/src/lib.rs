//! alarm-scaling: an alarm that goes off becomes a turn in a lane, and a turn one look at
//! everything in the lane. A look reads the alarms and their targets, decides, scales, and
//! comes back for as long as an alarm stays in ALARM.

pub mod config;
pub mod handler;

mod act;
mod fold;
mod look;
mod memory;
mod outcome;
mod targets;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
