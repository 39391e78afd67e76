//! Amazon ECS: container instances, tasks and the two service schedulers.

mod api;
mod attributes;
mod containers;
mod daemon;
mod list;
mod model;
mod placement;
mod query;
mod scheduler;
mod services;
mod show;
mod tasks;

use std::collections::{BTreeMap, HashMap};

use super::arena::{Arena, ContainerKey, ServiceKey, TaskKey};

pub(super) use self::model::{Cluster, ContainerInstance, Service, Task};
pub use self::model::{ContainerStatus, TaskStatus, Workload};
pub(super) use self::tasks::Start;

/// Everything ECS knows.
#[derive(Debug, Default)]
pub(super) struct Ecs {
    pub(super) clusters: BTreeMap<String, Cluster>,
    pub(super) containers: Arena<ContainerKey, ContainerInstance>,
    pub(super) services: Arena<ServiceKey, Service>,
    pub(super) tasks: Arena<TaskKey, Task>,
    container_ids: HashMap<String, ContainerKey>,
    task_ids: HashMap<String, TaskKey>,
}
