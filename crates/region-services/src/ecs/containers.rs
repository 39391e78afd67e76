//! Container instances: registration, status, agent and counts.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Changing, Cluster, ContainerInstance, ContainerStatus, TaskStatus};
use crate::Services;
use crate::arena::{ContainerKey, InstanceKey};
use crate::context::Due;
use crate::trail::Trail;
use crate::wording::ecs_arn;

impl Services {
    /// Make the cluster, unless it is there.
    pub(crate) fn create_cluster(&mut self, name: &str) {
        self.ecs.clusters.entry(name.to_owned()).or_insert_with(|| Cluster {
            arn: ecs_arn("cluster", name),
            services: BTreeMap::new(),
            containers: BTreeSet::new(),
        });
    }

    /// The agent of `instance` registers in `cluster`, which must exist.
    pub(crate) fn register(
        &mut self,
        instance: InstanceKey,
        cluster: &str,
        ready: bool,
    ) -> ContainerKey {
        let id = self.context.hex_id();
        let machine = &self.auto_scaling.instances[instance];
        let container = self.ecs.containers.add(ContainerInstance {
            arn: ecs_arn("container-instance", &format!("{cluster}/{id}")),
            id: id.clone(),
            cluster: cluster.to_owned(),
            instance,
            ec2_id: machine.id.clone(),
            zone: machine.zone.clone(),
            status: ContainerStatus::Registering,
            agent_connected: true,
            version: 0,
            registered_at: self.context.now,
            attributes: BTreeMap::new(),
            cpu: machine.cpu,
            memory: machine.memory,
            cpu_left: machine.cpu,
            memory_left: machine.memory,
            running: 0,
            pending: 0,
            tasks: Vec::new(),
            live: BTreeSet::new(),
            trail: Trail::default(),
        });
        self.ecs.container_ids.insert(id, container);
        if let Some(cluster) = self.ecs.clusters.get_mut(cluster) {
            cluster.containers.insert(container);
        }
        self.auto_scaling.instances[instance].containers.push(container);
        if ready {
            self.activate(container);
        } else {
            self.announce_container(container);
            self.context.after(self.context.settings.activation_seconds, Due::Active(container));
        }
        container
    }

    /// REGISTERING becomes ACTIVE.
    pub(crate) fn activate(&mut self, key: ContainerKey) {
        if self.ecs.containers[key].status == ContainerStatus::Registering {
            self.set_status(key, ContainerStatus::Active);
        }
    }

    /// Set the status of a container instance, and run the schedulers of the affected services.
    pub(crate) fn set_status(&mut self, key: ContainerKey, status: ContainerStatus) {
        let container = &mut self.ecs.containers[key];
        if container.status == status {
            return;
        }
        container.status = status;
        let cluster = container.cluster.clone();
        let tasks: Vec<_> = container.live.iter().copied().collect();
        self.announce_container(key);
        for task in tasks {
            self.wake_service_of(task);
        }
        self.wake_daemons(&cluster);
    }

    /// The agent connects or disconnects. On connecting, it reports missed changes and receives
    /// waiting orders.
    pub(crate) fn set_agent(&mut self, key: ContainerKey, connected: bool) {
        let container = &mut self.ecs.containers[key];
        if container.agent_connected == connected || container.status == ContainerStatus::Inactive {
            return;
        }
        container.agent_connected = connected;
        let cluster = container.cluster.clone();
        let tasks: Vec<_> = container.live.iter().copied().collect();
        self.announce_container(key);
        if connected {
            for task in tasks {
                self.report(task);
                if self.ecs.tasks[task].held {
                    self.order_stop(task);
                }
            }
            self.wake_daemons(&cluster);
        }
    }

    /// Deregister. With `machine_gone`, ECS marks the tasks STOPPED; otherwise they run on unseen.
    pub(crate) fn deregister(&mut self, key: ContainerKey, machine_gone: bool) {
        let container = &mut self.ecs.containers[key];
        if container.status == ContainerStatus::Inactive {
            return;
        }
        container.agent_connected = false;
        let cluster = container.cluster.clone();
        let tasks: Vec<_> = container.live.iter().copied().collect();
        if let Some(cluster) = self.ecs.clusters.get_mut(&cluster) {
            cluster.containers.remove(&key);
        }
        for task in tasks {
            if machine_gone {
                self.cut(task);
            }
            self.forget(task);
        }
        self.set_status(key, ContainerStatus::Inactive);
    }

    /// Work out the counts again; a change of them is a change of the container instance.
    pub(crate) fn recount(&mut self, key: ContainerKey) {
        let container = &self.ecs.containers[key];
        let wanted =
            || container.live.iter().map(|task| &self.ecs.tasks[*task]).filter(|t| t.wanted);
        let running = wanted().filter(|task| task.last == TaskStatus::Running).count();
        let pending = wanted().count() - running;
        if (running, pending) == (container.running, container.pending) {
            return;
        }
        let container = &mut self.ecs.containers[key];
        (container.running, container.pending) = (running, pending);
        self.announce_container(key);
    }

    fn announce_container(&mut self, key: ContainerKey) {
        self.ecs.containers[key].version += 1;
        self.remember_container(key);
        self.emit_container(key);
    }

    /// Reads may show it as it is from now on, and for a while as it was.
    pub(crate) fn remember_container(&mut self, key: ContainerKey) {
        if self.context.lags() {
            let now = self.context.now;
            let container = &mut self.ecs.containers[key];
            let changing = container.changing();
            container.trail.record(now, changing);
        }
    }

    /// What of it changes, as the read under way shows it; nothing if it does not.
    pub(super) fn seen_container(&self, key: ContainerKey) -> Option<Changing> {
        let container = &self.ecs.containers[key];
        if self.context.lags() {
            container.trail.at(self.context.read_at).cloned()
        } else {
            Some(container.changing())
        }
    }
}
