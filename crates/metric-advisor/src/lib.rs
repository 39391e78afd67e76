//! Recommends the metric to scale on, from a load test.

mod advise;
pub mod cli;
pub mod cloudwatch;
pub mod color;
mod exit;
mod help;
mod input;
mod man;
pub mod place;
mod plan;
mod progress;
pub mod report;
pub mod run;
pub mod terminal;
mod values;
mod words;
