//! Container instances: registration, status, agent and counts.

use std::collections::{BTreeMap, BTreeSet};

use super::Ecs;
use super::due::Due;
use super::machines::{Machine, TERMINATED};
use super::model::{ContainerInstance, ContainerState};
use super::status::{ContainerStatus, TaskStatus};
use crate::arena::ContainerKey;
use crate::context::Context;
use region_core::trail::Trail;
use region_core::wording::ecs_arn;

impl Ecs {
    /// The container instances of a cluster that are not INACTIVE.
    pub(super) fn containers_of(&self, cluster: &str) -> impl Iterator<Item = ContainerKey> {
        let cluster = self.clusters.get(cluster);
        cluster.into_iter().flat_map(|cluster| cluster.containers.iter().copied())
    }

    /// The agent of a machine registers in `cluster`, which must exist.
    pub(super) fn register(
        &mut self,
        context: &mut Context,
        machine: Machine<'_>,
        cluster: &str,
        ready: bool,
    ) -> ContainerKey {
        let id = context.hex_id();
        let container = self.containers.add(ContainerInstance {
            arn: ecs_arn("container-instance", &format!("{cluster}/{id}")),
            id: id.clone(),
            cluster: cluster.to_owned(),
            machine: machine.key,
            ec2_id: machine.ec2_id.to_owned(),
            zone: machine.zone.to_owned(),
            status: ContainerStatus::Registering,
            agent_connected: true,
            version: 0,
            registered_at: context.now,
            connected_at: context.now,
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
        self.container_ids.insert(id, container);
        if let Some(cluster) = self.clusters.get_mut(cluster) {
            cluster.containers.insert(container);
        }
        self.machines.entry(machine.key).or_default().containers.push(container);
        if ready {
            self.activate(context, container);
        } else {
            self.announce_container(context, container);
            context.after(context.settings.activation_seconds, Due::Active(container));
        }
        container
    }

    /// REGISTERING becomes ACTIVE.
    pub(super) fn activate(&mut self, context: &mut Context, key: ContainerKey) {
        if self.containers[key].status == ContainerStatus::Registering {
            self.set_status(context, key, ContainerStatus::Active);
        }
    }

    /// Set the status of a container instance, and run the schedulers of the affected services.
    pub(super) fn set_status(
        &mut self,
        context: &mut Context,
        key: ContainerKey,
        status: ContainerStatus,
    ) {
        let container = &mut self.containers[key];
        if container.status == status {
            return;
        }
        container.status = status;
        let cluster = container.cluster.clone();
        let tasks: Vec<_> = container.live.iter().copied().collect();
        self.announce_container(context, key);
        for task in tasks {
            self.wake_service_of(context, task);
        }
        self.wake_daemons(context, &cluster);
        self.wake_provisioning(context, &cluster);
    }

    /// The agent connects or disconnects. On connecting, it reports missed changes and receives
    /// pending stops.
    pub(super) fn set_agent(&mut self, context: &mut Context, key: ContainerKey, connected: bool) {
        let container = &mut self.containers[key];
        if container.agent_connected == connected || container.status == ContainerStatus::Inactive {
            return;
        }
        container.agent_connected = connected;
        if connected {
            container.connected_at = context.now;
        }
        let cluster = container.cluster.clone();
        let tasks: Vec<_> = container.live.iter().copied().collect();
        self.announce_container(context, key);
        if connected {
            for task in tasks {
                self.report(context, task);
                if self.tasks[task].stop_pending {
                    self.stop_containers(context, task);
                }
            }
            self.wake_daemons(context, &cluster);
            self.wake_provisioning(context, &cluster);
        }
    }

    /// Deregister. With `machine_gone`, ECS marks the tasks STOPPED; otherwise they run on unseen.
    pub(super) fn deregister(
        &mut self,
        context: &mut Context,
        key: ContainerKey,
        machine_gone: bool,
    ) {
        let container = &mut self.containers[key];
        if container.status == ContainerStatus::Inactive {
            return;
        }
        container.agent_connected = false;
        let cluster = container.cluster.clone();
        let tasks: Vec<_> = container.live.iter().copied().collect();
        if let Some(cluster) = self.clusters.get_mut(&cluster) {
            cluster.containers.remove(&key);
        }
        for task in tasks {
            if machine_gone {
                self.end_with_machine(context, task, TERMINATED);
            }
            self.mark_stopped(context, task);
        }
        self.set_status(context, key, ContainerStatus::Inactive);
    }

    /// Recompute the counts; a change of them is a change of the container instance.
    pub(super) fn recount(&mut self, context: &mut Context, key: ContainerKey) {
        let container = &self.containers[key];
        let wanted = || container.live.iter().map(|task| &self.tasks[*task]).filter(|t| t.wanted);
        let running = wanted().filter(|task| task.last == TaskStatus::Running).count();
        let pending = wanted().count() - running;
        if (running, pending) == (container.running, container.pending) {
            return;
        }
        let container = &mut self.containers[key];
        (container.running, container.pending) = (running, pending);
        self.announce_container(context, key);
    }

    fn announce_container(&mut self, context: &mut Context, key: ContainerKey) {
        self.containers[key].version += 1;
        self.record_container(context, key);
        self.emit_container(context, key);
    }

    pub(super) fn record_container(&mut self, context: &Context, key: ContainerKey) {
        if context.lags() {
            let container = &mut self.containers[key];
            container.trail.record(context.now, container.state());
        }
    }

    /// The state of a container instance that the present read shows, once it shows the instance.
    pub(super) fn seen_container(
        &self,
        context: &Context,
        key: ContainerKey,
    ) -> Option<ContainerState> {
        let container = &self.containers[key];
        if context.lags() {
            container.trail.at(context.read_at).cloned()
        } else {
            Some(container.state())
        }
    }
}
