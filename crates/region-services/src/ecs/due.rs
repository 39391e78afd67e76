//! What ECS schedules.

use super::status::TaskStatus;
use crate::arena::{ContainerKey, ServiceKey, TaskKey};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Due {
    /// A container instance leaves REGISTERING.
    Active(ContainerKey),
    /// A task takes its next step.
    Task(TaskKey, TaskStatus),
    /// A task's health checks have passed, or its protection ends.
    Healthy(TaskKey),
    /// The scheduler of a service runs.
    Schedule(ServiceKey),
}
