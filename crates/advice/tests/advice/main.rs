//! Advice on whole load tests.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod anything;
mod guide;
mod recorded;
mod requests;
