//! The drain, without any I/O: what arrives, what is seen, what to do.
//!
//! * [`notice`] reads whatever reaches the function into notices or typed skips.
//! * [`hints`] folds the notices of one batch into what a look should heed.
//! * [`seen`] is what a look reads from AWS; [`note`] what an earlier look wrote there.
//! * [`decide`] says what to do about one EC2 instance; [`stuck`] says why a drain
//!   does not end.
//!
//! Messages only say "look". Every decision rests on what was read from AWS and on
//! the time that is passed in.

pub mod decide;
pub mod hints;
pub mod note;
pub mod notice;
pub mod seen;
pub mod settings;
pub mod stuck;

#[cfg(test)]
mod fixtures;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
