//! Decides how to drain EC2 instances. No I/O: everything read and the time are passed in.
//!
//! * [`notification`] parses each incoming message into a notification, a skip with its reason, or
//!   an error.
//! * [`opt_in`] reads the tags of an Auto Scaling group: its cluster, its mode and its settings.
//! * [`hook`] is the lifecycle hook that such a group has.
//! * [`triggers`] folds the notifications of one batch into the triggers of one reconcile.
//! * [`seen`] is what a reconcile reads from AWS; [`drain_record`] is what an earlier reconcile
//!   wrote there.
//! * [`decide`] decides what to do about one EC2 instance; [`stuck`] explains why a drain does not
//!   end.
//!
//! Messages only trigger a reconcile. Every decision rests on what was read from AWS and on the
//! time that is passed in.

pub mod decide;
pub mod drain_record;
pub mod hook;
pub mod notification;
pub mod opt_in;
pub mod seen;
pub mod settings;
pub mod stuck;
pub mod triggers;

#[cfg(test)]
mod fixtures;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
