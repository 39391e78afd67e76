//! The harness of all functions: [`run`] starts one, and [`process::Process`] passes it one event
//! after the other. With it come configuration from the environment, the clock, and log records.

pub mod clock;
pub mod environment;
pub mod invocation;
pub mod process;
pub mod record;

mod start;

pub use start::run;

/// A point in time, always UTC.
pub type Time = time::OffsetDateTime;
