//! What every function shares: configuration from the environment, the time that is
//! left, and the one wide record of a piece of work.

pub mod batch;
pub mod clock;
pub mod environment;
pub mod record;
pub mod start;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
