//! Amazon ECS: container instances, tasks and the two service schedulers.

mod api;
mod attributes;
mod containers;
mod daemon;
mod definitions;
mod deployments;
mod list;
mod model;
mod placement;
mod query;
mod scheduler;
mod services;
mod show;
mod tags;
mod tasks;
mod update;

use std::collections::{BTreeMap, HashMap};

use super::arena::{Arena, ContainerKey, ServiceKey, TaskKey};

pub(crate) use self::model::{Cluster, ContainerInstance, Service, Task};
pub use self::model::{ContainerStatus, TaskStatus, Workload};
pub(crate) use self::tasks::Start;

/// Everything ECS knows.
#[derive(Debug, Default)]
pub(super) struct Ecs {
    pub(super) clusters: BTreeMap<String, Cluster>,
    pub(super) containers: Arena<ContainerKey, ContainerInstance>,
    pub(super) services: Arena<ServiceKey, Service>,
    pub(super) tasks: Arena<TaskKey, Task>,
    /// What the tasks of each family need, by revision.
    definitions: BTreeMap<String, Vec<Workload>>,
    container_ids: HashMap<String, ContainerKey>,
    task_ids: HashMap<String, TaskKey>,
}
