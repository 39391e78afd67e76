//! hook-keeper: keeps the termination hook of each Auto Scaling group that opts in by a tag.
//!
//! It runs every five minutes and on demand. One read of the tagged groups shows what each hook
//! should be, and the tag `ecs-tide:hook` what it is. Hooks themselves cost a call for each group,
//! so they are read where the two differ, and of every group once in six hours.
//!
//! A hook is put before its tag is written, and deleted before its tag is. A run that is cut off
//! between the two leaves a tag that differs, and the next run repairs it.
//!
//! * [`request`] reads the event: all groups, or those that it names.
//! * [`decide`] decides what to do about the hook of one group. It does no I/O.
//! * [`own`] finds what is wrong with a hook that the user made.
//! * [`due`] says which groups a run checks, and in which order.
//! * [`handler`] reads and changes hooks; [`outcome`] is the log record of a run.

pub mod config;
pub mod decide;
pub mod due;
pub mod handler;
pub mod outcome;
pub mod own;
pub mod request;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
