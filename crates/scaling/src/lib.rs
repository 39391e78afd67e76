//! Scaling decisions, without any I/O: from an alarm and a policy to a decision.
//!
//! * [`alarm`] reads messages into notifications or typed skips; [`complete`] finds the minute of
//!   the alarm's metric that decides.
//! * [`policy`] reads what an operator wants an alarm to do, and lists every fault in it.
//! * [`serialization_key`] defines what one reconcile decides about.
//! * [`state`] is what a reconcile reads of the target; [`memory`] is what an earlier reconcile
//!   wrote there.
//! * [`step`] is AWS's arithmetic of step adjustments; [`capacity`] is what they apply to and the
//!   bounds of the result. [`room`] computes how many instances tasks need, and [`raise`] decides
//!   how many to add.
//! * [`decide`] puts everything into one record, with the reason where a target is not scaled;
//!   [`candidates`] finds which of several decisions is applied.
//!
//! The rules are those of step scaling at AWS, each with its source, so that alarm-scaling decides
//! as a native policy would wherever both can act.

pub mod alarm;
pub mod candidates;
pub mod capacity;
pub mod complete;
pub mod decide;
pub mod memory;
pub mod policy;
pub mod raise;
pub mod room;
pub mod serialization_key;
pub mod state;
pub mod step;

mod times;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
