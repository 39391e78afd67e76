//! What random runs of scaling add up to.

use std::fmt;

use serde::Serialize;

use super::oracle::Scalings;
use crate::random;

/// The figures of one run or of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    #[serde(flatten)]
    pub scalings: Scalings,
    /// The duration.
    pub virtual_seconds: u64,
}

impl random::Figures for Figures {
    fn add(&mut self, other: Self) {
        self.scalings += other.scalings;
        self.virtual_seconds += other.virtual_seconds;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scalings { tasks_out, tasks_in, instances_out, instances_in } = self.scalings;
        write!(
            f,
            "tasks scaled {tasks_out} times out and {tasks_in} in, instances {instances_out} and \
             {instances_in}, in {} virtual s",
            self.virtual_seconds
        )
    }
}
