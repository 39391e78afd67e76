//! The statuses of container instances and tasks.

use serde::Deserialize;

/// The status of a container instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContainerStatus {
    /// The agent has called, nothing can be placed yet.
    Registering,
    /// Takes tasks.
    Active,
    /// Takes no new tasks; services move theirs away.
    Draining,
    /// Deregistered.
    Inactive,
}

impl ContainerStatus {
    /// ECS's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registering => "REGISTERING",
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// The steps of a task's life, in order; it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskStatus {
    /// Placed; images are pulled and containers created.
    Pending,
    /// Being registered with the load balancer.
    Activating,
    /// Containers run.
    Running,
    /// Being deregistered from the load balancer; containers still serve.
    Deactivating,
    /// Containers have their stop signal and take their time.
    Stopping,
    /// Containers have stopped; what was attached is released.
    Deprovisioning,
    /// Over.
    Stopped,
}

impl TaskStatus {
    /// ECS's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }

    /// The status of the task's container, which has fewer: the agent knows PENDING, RUNNING and
    /// STOPPED.
    pub(super) fn of_container(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Activating | Self::Running | Self::Deactivating | Self::Stopping => "RUNNING",
            Self::Deprovisioning | Self::Stopped => "STOPPED",
        }
    }
}
