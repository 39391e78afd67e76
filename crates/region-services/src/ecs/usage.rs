//! What metrics and scaling policies read of services and clusters.

use super::Ecs;
use super::status::{ContainerStatus, TaskStatus};
use crate::arena::{InstanceKey, ServiceKey};

impl Ecs {
    pub(crate) fn cluster_names(&self) -> impl Iterator<Item = &str> {
        self.clusters.keys().map(String::as_str)
    }

    /// The desired count of a service.
    pub(crate) fn desired(&self, key: ServiceKey) -> usize {
        self.services[key].desired
    }

    /// Whether the PRIMARY deployment of a service has once brought it to a steady state.
    pub(crate) fn deployed(&self, key: ServiceKey) -> bool {
        self.services[key].deployment.completed
    }

    /// Whether the metrics of a service have a resolution of 20 seconds.
    pub(crate) fn high_resolution(&self, key: ServiceKey) -> bool {
        self.services[key].high_resolution
    }

    /// How many tasks of a service are RUNNING, as ECS knows.
    pub(crate) fn running(&self, key: ServiceKey) -> usize {
        let tasks = self.services[key].live.iter().map(|task| &self.tasks[*task]);
        tasks.filter(|task| task.last == TaskStatus::Running).count()
    }

    /// The CPU units that the RUNNING tasks on a machine use, where each task of a service uses
    /// this share of what it reserves.
    pub(crate) fn cpu_used(&self, machine: InstanceKey, share: impl Fn(ServiceKey) -> f64) -> f64 {
        let live = self.containers_on(machine).iter().flat_map(|key| &self.containers[*key].live);
        let running =
            live.map(|task| &self.tasks[*task]).filter(|task| task.last == TaskStatus::Running);
        let used = running.filter_map(|task| {
            task.service.map(|service| share(service) * f64::from(task.workload.cpu))
        });
        used.sum()
    }

    /// The percentages of CPU and memory that tasks reserve. Draining instances count.
    pub(crate) fn reservation(&self, cluster: &str) -> Option<[f64; 2]> {
        let counts = [ContainerStatus::Active, ContainerStatus::Draining];
        let containers = self.containers_of(cluster).map(|key| &self.containers[key]);
        let (mut cpu, mut memory) = ((0.0, 0.0), (0.0, 0.0));
        for container in containers.filter(|container| counts.contains(&container.status)) {
            cpu.0 += f64::from(container.cpu - container.cpu_left);
            cpu.1 += f64::from(container.cpu);
            memory.0 += f64::from(container.memory - container.memory_left);
            memory.1 += f64::from(container.memory);
        }
        (cpu.1 > 0.0 && memory.1 > 0.0)
            .then(|| [100.0 * cpu.0 / cpu.1, 100.0 * memory.0 / memory.1])
    }
}
