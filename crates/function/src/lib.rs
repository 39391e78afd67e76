//! Shared by all functions: configuration from the environment, the remaining time, and the log
//! record of an invocation.

pub mod batch;
pub mod clock;
pub mod environment;
pub mod record;
pub mod start;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
