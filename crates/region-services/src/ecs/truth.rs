//! The true state of services, container instances and tasks, whether or not an API shows it.

use std::collections::BTreeMap;

use super::Ecs;
use super::status::{ContainerStatus, TaskStatus};
use crate::arena::{ContainerKey, InstanceKey, Key as _, TaskKey};
use region_core::Time;

/// A registration in a cluster, INACTIVE ones included.
#[derive(Debug, Clone)]
pub struct ContainerTruth<'a> {
    /// The ARN of the container instance.
    pub arn: &'a str,
    /// Its cluster's name.
    pub cluster: &'a str,
    pub status: ContainerStatus,
    /// Whether its agent is connected.
    pub agent_connected: bool,
    /// Its custom attributes.
    pub attributes: &'a BTreeMap<String, Option<String>>,
    /// `runningTasksCount`.
    pub running: usize,
    /// `pendingTasksCount`.
    pub pending: usize,
    /// Free CPU units.
    pub cpu_left: u32,
    /// Free MiB.
    pub memory_left: u32,
}

/// A task, including STOPPED ones of any age.
#[derive(Debug, Clone)]
pub struct TaskTruth<'a> {
    /// The task's ARN.
    pub arn: &'a str,
    /// How many tasks were started before it.
    pub number: usize,
    /// `service:NAME` or `family:FAMILY`.
    pub group: &'a str,
    /// Whether it is the task of a daemon service.
    pub daemon: bool,
    /// Whether ECS wants it to run: `desiredStatus`.
    pub wanted: bool,
    /// The last status that ECS knows: `lastStatus`.
    pub last: TaskStatus,
    /// The true status on the machine.
    pub actual: TaskStatus,
    /// Since when ECS wants it to stop, or it stops by itself.
    pub stopping_at: Option<Time>,
    /// When its containers began to run.
    pub started_at: Option<Time>,
    /// When its health checks pass, or passed.
    pub healthy_at: Option<Time>,
    /// When it truly ended.
    pub stopped_at: Option<Time>,
    /// Whether it had not ended when its machine was released, ended, halted or was taken.
    pub cut_short: bool,
}

#[derive(Debug, Clone)]
pub struct ServiceTruth<'a> {
    /// Its desired count.
    pub desired: usize,
    /// Its tasks whose `lastStatus` is RUNNING and that ECS wants to run.
    pub running: usize,
    /// Whether a deployment is in progress.
    pub deploying: bool,
    pub tags: &'a BTreeMap<String, String>,
}

impl Ecs {
    /// The service of that name.
    pub(crate) fn service_truth(&self, cluster: &str, name: &str) -> Option<ServiceTruth<'_>> {
        let service = &self.services[*self.clusters.get(cluster)?.services.get(name)?];
        let tasks = service.live.iter().map(|task| &self.tasks[*task]);
        Some(ServiceTruth {
            desired: service.desired,
            running: tasks.filter(|task| task.wanted && task.last == TaskStatus::Running).count(),
            deploying: !service.deployment.completed || !service.replaced.is_empty(),
            tags: &service.tags,
        })
    }

    /// The tasks of a service whose `lastStatus` is not STOPPED, oldest first.
    pub(crate) fn service_tasks_truth<'a>(
        &'a self,
        cluster: &str,
        name: &str,
    ) -> impl Iterator<Item = TaskTruth<'a>> + use<'a> {
        let service = self.clusters.get(cluster).and_then(|cluster| cluster.services.get(name));
        let live = service.into_iter().flat_map(|key| &self.services[*key].live);
        live.map(|key| self.task_truth(*key))
    }

    /// The registrations of a machine, oldest first.
    pub(crate) fn containers_truth(
        &self,
        machine: InstanceKey,
    ) -> impl Iterator<Item = ContainerTruth<'_>> {
        self.containers_on(machine).iter().map(|key| self.container_truth(*key))
    }

    /// Every task ever placed on a machine.
    pub(crate) fn tasks_truth(&self, machine: InstanceKey) -> impl Iterator<Item = TaskTruth<'_>> {
        let containers = self.containers_on(machine).iter();
        let tasks = containers.flat_map(|key| &self.containers[*key].tasks);
        tasks.map(|key| self.task_truth(*key))
    }

    fn container_truth(&self, key: ContainerKey) -> ContainerTruth<'_> {
        let container = &self.containers[key];
        ContainerTruth {
            arn: &container.arn,
            cluster: &container.cluster,
            status: container.status,
            agent_connected: container.agent_connected,
            attributes: &container.attributes,
            running: container.running,
            pending: container.pending,
            cpu_left: container.cpu_left,
            memory_left: container.memory_left,
        }
    }

    fn task_truth(&self, key: TaskKey) -> TaskTruth<'_> {
        let task = &self.tasks[key];
        TaskTruth {
            arn: &task.arn,
            number: key.index(),
            group: &task.group,
            daemon: task.service.is_some_and(|service| self.services[service].daemon),
            wanted: task.wanted,
            last: task.last,
            actual: task.actual,
            stopping_at: task.stopping_at,
            started_at: task.started_at,
            healthy_at: task.healthy_at,
            stopped_at: task.stopped_at,
            cut_short: task.cut_short,
        }
    }
}
