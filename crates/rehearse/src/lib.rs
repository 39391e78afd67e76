//! Rehearsals of drains and of scaling: the template, the functions and the AWS SDK run against
//! the simulated region.

pub mod bench;
mod busy;
pub mod cli;
pub mod drain;
mod functions;
pub mod history;
pub mod processes;
pub mod progress;
pub mod report;
pub mod runs;
pub mod scaled;
pub mod scene;
pub mod serve;
pub mod stack;
mod table;
pub mod target;
pub mod virtually;
pub mod weigh;
