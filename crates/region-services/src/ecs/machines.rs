//! The EC2 instances under container instances: their agents register and reconnect, and what runs
//! on them ends with them.

use time::Duration;

use super::Ecs;
use super::status::{ContainerStatus, TaskStatus};
use crate::arena::{ContainerKey, InstanceKey, TaskKey};
use crate::context::Context;
use region_core::Time;

/// How an instance ended, in the `stoppedReason` of its tasks.
pub(super) const TERMINATED: &str = "terminated";
/// How an instance halted, to go into a warm pool or to get another root volume.
const STOPPED: &str = "stopped";

/// An EC2 instance, as its agent describes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine<'a> {
    pub(crate) key: InstanceKey,
    pub(crate) ec2_id: &'a str,
    pub(crate) zone: &'a str,
    pub(crate) cpu: u32,
    pub(crate) memory: u32,
}

/// What ECS has on an EC2 instance.
#[derive(Debug, Default)]
pub(super) struct Registrations {
    /// INACTIVE ones included, oldest first.
    pub(super) containers: Vec<ContainerKey>,
    /// When its last container so far stopped, by itself or with the machine.
    pub(super) last_container_stop: Option<Time>,
}

impl Ecs {
    /// The agent of a running machine starts: it reconnects, or registers for the first time.
    pub(crate) fn start_agent(
        &mut self,
        context: &mut Context,
        machine: Machine<'_>,
        cluster: &str,
    ) {
        let known = self.containers_on(machine.key).to_vec();
        if known.is_empty() {
            self.register(context, machine, cluster, false);
        }
        for container in known {
            self.set_agent(context, container, true);
        }
    }

    /// Register a machine that has long been warm: it is ACTIVE, and registered an hour ago.
    pub(crate) fn register_warm(
        &mut self,
        context: &mut Context,
        machine: Machine<'_>,
        cluster: &str,
    ) {
        let container = self.register(context, machine, cluster, true);
        let container = &mut self.containers[container];
        container.registered_at = context.now - Duration::HOUR;
        container.connected_at = container.registered_at;
    }

    /// Power off: every container on it dies, and the agent with them. ECS keeps the registration.
    pub(crate) fn power_off(&mut self, context: &mut Context, machine: InstanceKey) {
        for container in self.containers_on(machine).to_vec() {
            self.set_agent(context, container, false);
        }
        self.end_tasks_on(context, machine, STOPPED);
    }

    /// The machine ends. ECS deregisters a container instance whose agent is connected. Any other
    /// stays as it was, tasks included, because no agent reports that they have stopped
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html>,
    /// <https://github.com/aws/containers-roadmap/issues/2040>).
    pub(crate) fn end_machine(&mut self, context: &mut Context, machine: InstanceKey) {
        for container in self.containers_on(machine).to_vec() {
            if self.containers[container].agent_connected {
                self.deregister(context, container, true);
            }
        }
        // Tasks of a forcibly deregistered container instance ran on unseen until now.
        self.end_tasks_on(context, machine, TERMINATED);
    }

    /// The machine is released: it will shut down, whatever still runs on it.
    pub(crate) fn release_machine(&mut self, machine: InstanceKey) {
        for task in self.tasks_on(machine) {
            let task = &mut self.tasks[task];
            task.cut_short |= task.actual != TaskStatus::Stopped;
        }
    }

    fn end_tasks_on(&mut self, context: &Context, machine: InstanceKey, end: &str) {
        for task in self.tasks_on(machine) {
            self.end_with_machine(context, task, end);
        }
    }

    /// Every task ever placed on it.
    fn tasks_on(&self, machine: InstanceKey) -> Vec<TaskKey> {
        let containers = self.containers_on(machine).iter();
        containers.flat_map(|key| self.containers[*key].tasks.iter().copied()).collect()
    }

    /// Its registrations, INACTIVE ones included, oldest first.
    pub(super) fn containers_on(&self, machine: InstanceKey) -> &[ContainerKey] {
        self.machines.get(&machine).map_or(&[], |machine| &machine.containers)
    }

    /// Its registrations that are not INACTIVE.
    pub(super) fn registrations(&self, machine: InstanceKey) -> Vec<ContainerKey> {
        let keys = self.containers_on(machine).iter().copied();
        keys.filter(|key| self.containers[*key].status != ContainerStatus::Inactive).collect()
    }

    /// When its last container so far stopped, by itself or with the machine.
    pub(crate) fn last_container_stop(&self, machine: InstanceKey) -> Option<Time> {
        self.machines.get(&machine)?.last_container_stop
    }
}
