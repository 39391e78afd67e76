//! The true state, whether or not an API shows it.

use std::collections::BTreeMap;

use super::Services;
use super::arena::{ContainerKey, TaskKey};
use super::autoscaling::{Action, Instance, LifecycleState};
use super::ecs::{ContainerStatus, TaskStatus};
use region_core::Time;

/// A lazy view of the true state.
#[derive(Debug, Clone, Copy)]
pub struct Truth<'a> {
    world: &'a Services,
}

/// An EC2 instance, ended ones included.
#[derive(Debug, Clone)]
pub struct InstanceTruth<'a> {
    /// The EC2 id.
    pub id: &'a str,
    /// Its group's name.
    pub group: &'a str,
    /// Its availability zone.
    pub zone: &'a str,
    /// Where it is in its lifecycle.
    pub state: LifecycleState,
    /// When it was launched.
    pub launched_at: Time,
    /// When the machine ended, and everything on it.
    pub terminated_at: Option<Time>,
    /// When its last container so far stopped, by itself or with the machine.
    pub last_container_stop: Option<Time>,
    /// Every lifecycle action it ever had, oldest first.
    pub actions: &'a [Action],
    world: &'a Services,
    keys: &'a [ContainerKey],
}

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
    /// When it truly ended.
    pub stopped_at: Option<Time>,
    /// Whether the machine ended, halted or was taken before the task ended.
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

#[derive(Debug, Clone)]
pub struct GroupTruth<'a> {
    /// Its desired capacity.
    pub desired: usize,
    /// Its minimum size.
    pub min: usize,
    /// Its maximum size.
    pub max: usize,
    /// The values of its tags.
    pub tags: BTreeMap<&'a str, &'a str>,
}

impl Services {
    /// The true state.
    pub fn truth(&self) -> Truth<'_> {
        Truth { world: self }
    }
}

impl<'a> Truth<'a> {
    /// The world's time.
    pub fn now(self) -> Time {
        self.world.context.now
    }

    /// Every instance ever launched, oldest first.
    pub fn instances(self) -> impl Iterator<Item = InstanceTruth<'a>> {
        let world = self.world;
        world.auto_scaling.instances.iter().map(move |(_, machine)| seen(world, machine))
    }

    /// The instance of that EC2 id.
    pub fn instance(self, id: &str) -> Option<InstanceTruth<'a>> {
        let key = self.world.instance_named(id).ok()?;
        Some(seen(self.world, &self.world.auto_scaling.instances[key]))
    }
}

impl<'a> Truth<'a> {
    /// The service of that name.
    pub fn service(self, cluster: &str, name: &str) -> Option<ServiceTruth<'a>> {
        let key = self.world.ecs.clusters.get(cluster)?.services.get(name)?;
        let service = &self.world.ecs.services[*key];
        let tasks = service.live.iter().map(|task| &self.world.ecs.tasks[*task]);
        Some(ServiceTruth {
            desired: service.desired,
            running: tasks.filter(|task| task.wanted && task.last == TaskStatus::Running).count(),
            deploying: !service.deployment.completed || !service.replaced.is_empty(),
            tags: &service.tags,
        })
    }

    /// The group of that name.
    pub fn group(self, name: &str) -> Option<GroupTruth<'a>> {
        let key = self.world.group_named(name).ok()?;
        let group = &self.world.auto_scaling.groups[key];
        Some(GroupTruth {
            desired: group.desired,
            min: group.min,
            max: group.max,
            tags: group.tags.iter().map(|(key, tag)| (key.as_str(), tag.value.as_str())).collect(),
        })
    }
}

fn seen<'a>(world: &'a Services, machine: &'a Instance) -> InstanceTruth<'a> {
    InstanceTruth {
        id: &machine.id,
        group: &world.auto_scaling.groups[machine.group].name,
        zone: &machine.zone,
        state: machine.state,
        launched_at: machine.launched_at,
        terminated_at: machine.terminated_at,
        last_container_stop: machine.last_container_stop,
        actions: &machine.actions,
        world,
        keys: &machine.containers,
    }
}

impl<'a> InstanceTruth<'a> {
    /// Its registrations, oldest first.
    pub fn containers(&self) -> impl Iterator<Item = ContainerTruth<'a>> + use<'a> {
        let world = self.world;
        let keys = self.keys;
        keys.iter().map(move |key| {
            let container = &world.ecs.containers[*key];
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
        })
    }

    /// Every task ever placed on it.
    pub fn tasks(&self) -> impl Iterator<Item = TaskTruth<'a>> + use<'a> {
        let world = self.world;
        let keys = self.keys.iter().flat_map(move |key| &world.ecs.containers[*key].tasks);
        keys.map(move |key| world.task_truth(*key))
    }

    /// The tasks that were running when the machine ended.
    pub fn cut_short(&self) -> impl Iterator<Item = TaskTruth<'a>> + use<'a> {
        self.tasks().filter(|task| task.cut_short)
    }
}

impl Services {
    fn task_truth(&self, key: TaskKey) -> TaskTruth<'_> {
        let task = &self.ecs.tasks[key];
        TaskTruth {
            arn: &task.arn,
            group: &task.group,
            daemon: task.service.is_some_and(|service| self.ecs.services[service].daemon),
            wanted: task.wanted,
            last: task.last,
            actual: task.actual,
            stopping_at: task.stopping_at,
            started_at: task.started_at,
            stopped_at: task.stopped_at,
            cut_short: task.cut_short,
        }
    }
}
