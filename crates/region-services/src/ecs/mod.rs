//! Amazon ECS: container instances, tasks and the two service schedulers.

mod api;
mod attributes;
mod clusters;
mod containers;
mod control;
mod daemon;
mod definitions;
mod deployments;
mod due;
mod error;
mod fields;
mod ids;
mod list;
mod list_tasks;
mod machines;
mod model;
mod parameters;
mod placement;
mod provisioning;
mod report;
mod scheduler;
mod services;
mod show;
mod show_task;
mod start;
mod status;
mod stop;
mod tags;
mod tasks;
mod truth;
mod update;
mod usage;
mod workload;

use std::collections::{BTreeMap, HashMap};

use self::machines::Registrations;
use self::model::{Cluster, ContainerInstance, Service, Task};
use crate::arena::{Arena, ContainerKey, InstanceKey, ServiceKey, TaskKey};
use crate::context::Context;

pub(crate) use self::due::Due;
pub(crate) use self::machines::Machine;
pub use self::parameters::{
    AgentConnected, CreateService, FillAttributes, ProtectTask, RegisterIn, RunTask, SetState,
    UpdateService,
};
pub use self::status::{ContainerStatus, TaskStatus};
pub use self::truth::{ContainerTruth, ServiceTruth, TaskTruth};
pub use self::workload::Workload;

/// Everything ECS knows, and the tasks themselves.
#[derive(Debug, Default)]
pub(crate) struct Ecs {
    clusters: BTreeMap<String, Cluster>,
    containers: Arena<ContainerKey, ContainerInstance>,
    services: Arena<ServiceKey, Service>,
    tasks: Arena<TaskKey, Task>,
    machines: HashMap<InstanceKey, Registrations>,
    /// What the tasks of each family need, by revision.
    definitions: BTreeMap<String, Vec<Workload>>,
    container_ids: HashMap<String, ContainerKey>,
    task_ids: HashMap<String, TaskKey>,
}

impl Ecs {
    /// Process what is due.
    pub(crate) fn run(&mut self, context: &mut Context, due: Due) {
        match due {
            Due::Active(container) => self.activate(context, container),
            Due::Task(task, status) => self.task_step(context, task, status),
            Due::Healthy(task) => self.wake_service_of(context, task),
            Due::Schedule(service) => self.schedule(context, service),
        }
    }
}
