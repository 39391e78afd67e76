//! The start of a task.

use rand::RngExt as _;

use super::Ecs;
use super::due::Due;
use super::model::Task;
use super::status::TaskStatus;
use super::workload::Workload;
use crate::arena::{ContainerKey, ServiceKey, TaskKey};
use crate::context::Context;
use region_core::trail::Trail;
use region_core::wording::ecs_arn;

/// A task to start.
#[derive(Debug, Clone)]
pub(super) struct Start {
    /// The service it is for; none for a standalone task.
    pub(super) service: Option<ServiceKey>,
    /// The family of its task definition.
    pub(super) family: String,
    /// The revision of its task definition.
    pub(super) revision: usize,
    /// What it needs.
    pub(super) workload: Workload,
    /// RUNNING and healthy at once.
    pub(super) ready: bool,
    /// Seconds from RUNNING until it ends by itself; none for never.
    pub(super) ends_after: Option<u64>,
}

impl Ecs {
    /// Place a task on `container`.
    pub(super) fn start_task(
        &mut self,
        context: &mut Context,
        start: Start,
        container: ContainerKey,
    ) -> TaskKey {
        let id = context.hex_id();
        let cluster = self.containers[container].cluster.clone();
        let owner = start.service.map(|key| &self.services[key]);
        let deployment = owner.map_or(0, |service| service.deployment.number);
        let (group, started_by) = match owner {
            Some(service) => {
                (format!("service:{}", service.name), Some(service.deployment.id.clone()))
            }
            None => (format!("family:{}", start.family), None),
        };
        let (least, most) = (start.workload.stop_min_seconds, start.workload.stop_max_seconds);
        let stop_seconds = context.rng.random_range(least..=most.max(least));
        let task = self.tasks.add(Task {
            id: id.clone(),
            arn: ecs_arn("task", &format!("{cluster}/{id}")),
            cluster,
            container,
            service: start.service,
            family: start.family,
            revision: start.revision,
            deployment,
            group,
            started_by,
            stop_seconds,
            wanted: true,
            actual: TaskStatus::Pending,
            last: TaskStatus::Pending,
            stop_pending: false,
            version: 0,
            created_at: context.now,
            started_at: None,
            healthy_at: None,
            stopping_at: None,
            stop: None,
            containers_stopped_at: None,
            stopped_at: None,
            reported_stopped_at: None,
            protected_until: None,
            cut_short: false,
            trail: Trail::default(),
            workload: start.workload.clone(),
        });
        self.task_ids.insert(id, task);
        if let Some(service) = start.service {
            self.services[service].tasks.push(task);
            self.services[service].live.insert(task);
        }
        let host = &mut self.containers[container];
        host.tasks.push(task);
        host.live.insert(task);
        host.cpu_left = host.cpu_left.saturating_sub(start.workload.cpu);
        host.memory_left = host.memory_left.saturating_sub(start.workload.memory);
        if start.ready {
            self.tasks[task].healthy_at = Some(context.now);
            self.move_to(context, task, TaskStatus::Running);
        } else {
            self.announce_task(context, task);
            let next = match start.workload.deregistration_seconds {
                Some(_) => TaskStatus::Activating,
                None => TaskStatus::Running,
            };
            context.after(start.workload.start_seconds, Due::Task(task, next));
        }
        if let Some(seconds) = start.ends_after {
            context.after(
                start.workload.start_seconds + seconds,
                Due::Task(task, TaskStatus::Stopping),
            );
        }
        task
    }
}
