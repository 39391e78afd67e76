//! Which metric to scale on, from a load test. No I/O, no SDK, no clock.
//!
//! * [`read`] makes a [`load_test`] of what load generators and CloudWatch write.
//! * [`settings`] are what the user wants, and what the data cannot tell.
//! * [`advice`] is the answer.

pub mod advice;
pub mod load_test;
pub mod settings;
