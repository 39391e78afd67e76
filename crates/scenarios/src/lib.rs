//! Draining and scaling rehearsed: the template, the functions and the AWS SDK run against the
//! simulated region.

mod digest;
pub mod draining;
mod error;
mod functions;
pub mod processes;
pub mod random;
pub mod rehearsal;
pub mod report;
pub mod runs;
pub mod scaling;
pub mod stack;
pub mod table;

pub use self::error::Error;
