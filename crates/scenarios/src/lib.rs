//! Draining and scaling rehearsed: the template, the functions and the AWS SDK run against the
//! simulated region.

pub mod cores;
mod digest;
pub mod draining;
mod error;
mod functions;
pub mod hooks;
pub mod processes;
pub mod random;
pub mod rehearsal;
pub mod report;
pub mod runs;
pub mod scaling;
pub mod stack;
pub mod table;

pub use self::error::Error;

/// The SDK allocates thousands of times for each call. With it, runs take a seventh less CPU time
/// than with the allocator of glibc.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
