//! Load tests of modeled services with known right answers.

pub mod case;
pub mod cli;
pub mod csv;
pub mod docs;
pub mod fault;
pub mod gauge;
pub mod judge;
pub mod log;
pub mod models;
mod moment;
pub mod plan;
pub mod record;
pub mod service;
pub mod station;
pub mod steady;
pub mod tally;
pub mod truth;
pub mod window;
pub mod write;
