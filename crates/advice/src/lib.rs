//! Which metric to scale on, from a load test. No I/O, no SDK, no clock.
//!
//! * [`read`] makes a [`load_test`] of what load generators and CloudWatch write.
//! * [`settings`] are what the user wants, and what the data cannot tell.
//! * [`advice`] is the answer.
//! * [`paste`] makes scaling policies of it.

pub mod advice;
mod advise;
mod assess;
mod choose;
mod headroom;
mod knee;
mod levels;
pub mod load_test;
mod missing;
pub mod paste;
mod plateau;
pub mod read;
mod runtime;
pub mod settings;
mod stats;
mod usl;

pub use advise::advise;
