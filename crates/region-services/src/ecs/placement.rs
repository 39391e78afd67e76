//! Task placement: any container instance with enough capacity, spread over the zones.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Ecs;
use super::model::ContainerInstance;
use super::start::Start;
use super::workload::Workload;
use crate::arena::{ContainerKey, ServiceKey, TaskKey};
use crate::context::Context;

/// Why no container instance is suitable.
pub(super) struct Shortage {
    /// The `reason` of the placement failure event.
    pub(super) reason: String,
    /// The container instance that came closest, if the cluster has one.
    pub(super) closest: Option<ContainerKey>,
    /// What the closest one lacks, in the service event's words.
    pub(super) lack: String,
}

struct Candidate {
    container: ContainerKey,
    zone: usize,
    cpu: u32,
    memory: u32,
    own: usize,
}

/// Whether the container instance has the attribute a service asks for, if it asks.
pub(super) fn satisfies(
    container: &ContainerInstance,
    constraint: Option<&(String, String)>,
) -> bool {
    constraint.is_none_or(|(name, value)| container.attribute(name) == Some(Some(value)))
}

impl Ecs {
    /// Start up to `count` tasks of a service, as far as capacity allows.
    pub(super) fn place(
        &mut self,
        context: &mut Context,
        service: ServiceKey,
        count: usize,
        ready: bool,
    ) -> Vec<TaskKey> {
        let (mut candidates, mut zones) = self.candidates(service);
        let owner = &self.services[service];
        let start = Start {
            service: Some(service),
            family: owner.name.clone(),
            revision: owner.deployment.revision,
            workload: owner.workload.clone(),
            ready,
            ends_after: None,
        };
        let mut placed = Vec::new();
        while placed.len() < count {
            let best = candidates
                .iter_mut()
                .filter(|c| c.cpu >= start.workload.cpu && c.memory >= start.workload.memory)
                .min_by_key(|c| (zones.get(c.zone).copied(), c.own, Reverse(c.cpu)));
            let Some(best) = best else { break };
            best.cpu -= start.workload.cpu;
            best.memory -= start.workload.memory;
            best.own += 1;
            if let Some(zone) = zones.get_mut(best.zone) {
                *zone += 1;
            }
            placed.push(self.start_task(context, start.clone(), best.container));
        }
        placed
    }

    /// The container instances that could take a task of the service if they had
    /// capacity, and how many of its tasks each zone holds.
    fn candidates(&self, service: ServiceKey) -> (Vec<Candidate>, Vec<usize>) {
        let service = &self.services[service];
        let mut own: HashMap<ContainerKey, usize> = HashMap::new();
        for task in service.live.iter().map(|task| &self.tasks[*task]).filter(|t| t.wanted) {
            *own.entry(task.container).or_default() += 1;
        }
        let mut zones: Vec<(&str, usize)> = Vec::new();
        let mut candidates = Vec::new();
        for key in self.containers_of(&service.cluster) {
            let container = &self.containers[key];
            if !container.takes_tasks() || !satisfies(container, service.constraint.as_ref()) {
                continue;
            }
            let own = own.get(&key).copied().unwrap_or(0);
            let zone = zones.iter().position(|(name, _)| *name == container.zone);
            let zone = zone.unwrap_or_else(|| {
                zones.push((&container.zone, 0));
                zones.len() - 1
            });
            if let Some((_, tasks)) = zones.get_mut(zone) {
                *tasks += own;
            }
            candidates.push(Candidate {
                container: key,
                zone,
                cpu: container.cpu_left,
                memory: container.memory_left,
                own,
            });
        }
        (candidates, zones.into_iter().map(|(_, tasks)| tasks).collect())
    }

    /// The container instance with the most free capacity for a standalone task.
    pub(super) fn most_free(&self, cluster: &str, need: &Workload) -> Option<ContainerKey> {
        let fits = |c: &ContainerInstance| {
            c.takes_tasks() && c.cpu_left >= need.cpu && c.memory_left >= need.memory
        };
        let fitting = self.containers_of(cluster).filter(|key| fits(&self.containers[*key]));
        fitting.max_by_key(|key| (self.containers[*key].cpu_left, Reverse(*key)))
    }

    /// Why the service's next task found no place.
    pub(super) fn shortage(&self, service: ServiceKey) -> Shortage {
        let service = &self.services[service];
        let containers = self.containers_of(&service.cluster);
        let active = containers.filter(|key| self.containers[*key].takes_tasks());
        let closest = active.max_by_key(|key| {
            let container = &self.containers[*key];
            (satisfies(container, service.constraint.as_ref()), container.cpu_left, Reverse(*key))
        });
        let (reason, lack) = match closest.map(|key| &self.containers[key]) {
            None => ("NO_CONTAINER_INSTANCES".to_owned(), String::new()),
            Some(container) if !satisfies(container, service.constraint.as_ref()) => {
                let name = service.constraint.as_ref().map_or("", |(name, _)| name);
                let lack = "is missing an attribute required by your task";
                (format!("ATTRIBUTE:{name}"), lack.to_owned())
            }
            Some(container) if container.cpu_left < service.workload.cpu => {
                ("RESOURCE:CPU".to_owned(), "has insufficient CPU units available".to_owned())
            }
            Some(_) => {
                ("RESOURCE:MEMORY".to_owned(), "has insufficient memory available".to_owned())
            }
        };
        Shortage { reason, closest, lack }
    }
}
