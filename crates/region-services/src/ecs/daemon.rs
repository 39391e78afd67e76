//! The daemon scheduler: one task on each ACTIVE instance; on a draining one it stops last.

use std::collections::HashMap;

use super::Ecs;
use super::placement::satisfies;
use super::start::Start;
use super::status::ContainerStatus;
use super::stop::Stop;
use crate::arena::{ContainerKey, ServiceKey, TaskKey};
use crate::context::Context;

impl Ecs {
    /// Run the daemon schedulers of a cluster.
    pub(super) fn wake_daemons(&mut self, context: &mut Context, cluster: &str) {
        let services = self.clusters.get(cluster).into_iter().flat_map(|c| c.services.values());
        let daemons: Vec<_> = services.copied().filter(|s| self.services[*s].daemon).collect();
        for daemon in daemons {
            self.wake(context, daemon);
        }
    }

    /// Start missing daemon tasks where they fit, and stop those that are alone on a draining
    /// instance.
    pub(super) fn schedule_daemon(&mut self, context: &mut Context, key: ServiceKey, ready: bool) {
        let service = &self.services[key];
        let mut here: HashMap<ContainerKey, TaskKey> = HashMap::new();
        for task in &service.live {
            if self.tasks[*task].wanted {
                here.insert(self.tasks[*task].container, *task);
            }
        }
        let start = Start {
            service: Some(key),
            family: service.name.clone(),
            revision: service.deployment.revision,
            workload: service.workload.clone(),
            ready,
            ends_after: None,
        };
        let (mut starting, mut stopping, mut covered) = (Vec::new(), Vec::new(), here.len());
        for container in self.containers_of(&service.cluster) {
            let host = &self.containers[container];
            match (here.get(&container), host.status) {
                (Some(task), ContainerStatus::Draining) if self.only_daemons_on(container) => {
                    stopping.push(*task);
                    covered -= 1;
                }
                (None, ContainerStatus::Active)
                    if host.agent_connected
                        && satisfies(host, service.constraint.as_ref())
                        && host.cpu_left >= service.workload.cpu
                        && host.memory_left >= service.workload.memory =>
                {
                    starting.push(container);
                    covered += 1;
                }
                _ => {}
            }
        }
        let stop = Stop::by_scheduler(&service.deployment.id);
        self.services[key].desired = covered;
        for task in stopping {
            self.stop_task(context, task, stop.clone());
        }
        for container in starting {
            self.start_task(context, start.clone(), container);
        }
    }

    pub(super) fn only_daemons_on(&self, container: ContainerKey) -> bool {
        self.containers[container].live.iter().all(|task| {
            self.tasks[*task].service.is_some_and(|service| self.services[service].daemon)
        })
    }
}
