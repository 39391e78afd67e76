//! What tasks need, and how long they take.

use serde::Deserialize;

/// The resources that a task reserves and the durations of its steps, in whole seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Workload {
    /// CPU units (1,024 to a core).
    pub cpu: u32,
    /// MiB that a task reserves.
    pub memory: u32,
    /// MiB that its container may use, where its definition says more than it reserves.
    pub memory_limit: Option<u32>,
    /// Its definition gives cpu and memory for the task as a whole, not for the container.
    pub sized_by_task: bool,
    /// From placement until RUNNING.
    pub start_seconds: u64,
    /// From RUNNING until its health checks have passed.
    pub health_seconds: u64,
    /// The deregistration delay of its target group, if it has one (AWS's default: 300).
    pub deregistration_seconds: Option<u64>,
    /// The shortest its containers take to stop.
    pub stop_min_seconds: u64,
    /// The longest they take; each task draws its own between the two.
    pub stop_max_seconds: u64,
}

impl Default for Workload {
    fn default() -> Self {
        Self {
            cpu: 256,
            memory: 512,
            memory_limit: None,
            sized_by_task: false,
            start_seconds: 5,
            health_seconds: 0,
            deregistration_seconds: None,
            stop_min_seconds: 5,
            stop_max_seconds: 30,
        }
    }
}
