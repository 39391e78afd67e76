//! The EC2 instance behind a container instance: started, stopped and interrupted.

use serde_json::json;

use super::Services;
use super::arena::{InstanceKey, TaskKey};
use super::context::Due;
use region_core::api::ApiError;
use region_core::names::{ACCOUNT, REGION};

impl Services {
    /// The agent starts on a powered machine: it reconnects, or registers for the first time.
    pub(super) fn agent_starts(&mut self, key: InstanceKey) {
        let machine = &self.auto_scaling.instances[key];
        if !machine.on || machine.terminated_at.is_some() {
            return;
        }
        let known = machine.containers.clone();
        if known.is_empty() {
            let cluster = self.auto_scaling.groups[machine.group].cluster.clone();
            self.register(key, &cluster, false);
        }
        for container in known {
            self.set_agent(container, true);
        }
    }

    /// Power off: every container on it dies, and the agent with them. ECS keeps the registration.
    pub(super) fn halt(&mut self, key: InstanceKey) {
        let machine = &mut self.auto_scaling.instances[key];
        machine.on = false;
        for container in machine.containers.clone() {
            self.set_agent(container, false);
        }
        for task in self.tasks_on(key) {
            self.cut(task);
        }
    }

    /// The machine ends, and what ran on it stops at this moment. ECS deregisters a container
    /// instance whose agent is connected. Any other stays as it was, tasks included, because
    /// no agent reports that they have stopped
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html>,
    /// <https://github.com/aws/containers-roadmap/issues/2040>).
    pub(super) fn end(&mut self, key: InstanceKey) {
        let machine = &mut self.auto_scaling.instances[key];
        if machine.terminated_at.is_some() {
            return;
        }
        machine.terminated_at = Some(self.context.now);
        machine.on = false;
        for container in machine.containers.clone() {
            if self.ecs.containers[container].agent_connected {
                self.deregister(container, true);
            }
        }
        // Tasks of a forcibly deregistered container instance ran on unseen until now.
        for task in self.tasks_on(key) {
            self.cut(task);
        }
    }

    fn tasks_on(&self, key: InstanceKey) -> Vec<TaskKey> {
        let containers = &self.auto_scaling.instances[key].containers;
        containers.iter().flat_map(|c| self.ecs.containers[*c].tasks.iter().copied()).collect()
    }

    /// EC2 takes the instance away. Its group is not asked, so no hook holds it.
    pub(super) fn take(&mut self, key: InstanceKey) {
        if self.auto_scaling.instances[key].terminated_at.is_none() {
            self.end(key);
            self.context.after(self.context.settings.health_check_seconds, Due::Unhealthy(key));
        }
    }

    /// Send a Spot interruption warning; the interruption itself may not follow.
    ///
    /// # Errors
    /// When the instance has ended already.
    pub(super) fn interrupt_spot(
        &mut self,
        key: InstanceKey,
        after: Option<u64>,
    ) -> Result<(), ApiError> {
        let machine = &self.auto_scaling.instances[key];
        if machine.terminated_at.is_some() {
            return Err(super::control::refused("the instance has ended"));
        }
        let detail = json!({ "instance-id": machine.id, "instance-action": "terminate" });
        let arn = format!("arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{}", machine.id);
        self.context.emit("aws.ec2", "EC2 Spot Instance Interruption Warning", &[&arn], detail);
        if let Some(seconds) = after {
            self.context.after(seconds, Due::Taken(key));
        }
        Ok(())
    }
}
