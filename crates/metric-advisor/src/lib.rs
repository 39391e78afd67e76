//! Says which metric to scale on, from a load test.

pub mod report;
pub mod terminal;
mod words;
