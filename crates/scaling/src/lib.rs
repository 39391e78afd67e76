//! Scaling, without any I/O: what an alarm and a policy come to.
//!
//! * [`alarm`] reads whatever reaches the function into notices or typed skips; [`complete`] says
//!   which minute of its metric decides.
//! * [`policy`] reads what an operator wants of an alarm, and names every fault in it.
//! * [`lane`] says what one look decides about.
//! * [`state`] is what a look reads of the target; [`memory`] what an earlier look wrote there.
//! * [`step`] is AWS's arithmetic of step adjustments; [`capacity`] what they are applied to
//!   and the bounds of what comes out; [`room`] is what tasks need of a cluster's
//!   instances, and [`raise`] the order for more of them.
//! * [`guard`] says why nothing is done; [`decide`] puts it all into one record.
//!
//! The rules are those of step scaling at AWS, each with its source, so that an adapter
//! decides as a native policy would wherever both can act.

pub mod alarm;
pub mod capacity;
pub mod complete;
pub mod decide;
pub mod guard;
pub mod lane;
pub mod memory;
pub mod policy;
pub mod raise;
pub mod room;
pub mod state;
pub mod step;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
