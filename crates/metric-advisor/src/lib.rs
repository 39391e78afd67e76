//! Says which metric to scale on, from a load test.

// The SDK's futures, one within the other, are deeper than the compiler's default.
#![recursion_limit = "256"]

mod advise;
pub mod cli;
pub mod cloudwatch;
mod exit;
mod input;
pub mod place;
mod plan;
mod progress;
pub mod report;
pub mod terminal;
mod values;
mod words;
