//! The EC2 instances of groups: powered, lost and interrupted.

use serde_json::json;

use super::AutoScaling;
use super::due::Due;
use super::parameters::InterruptSpot;
use crate::arena::InstanceKey;
use crate::context::Context;
use crate::ecs::{Ecs, Machine};
use crate::error::refused;
use region_core::api::ApiError;
use region_core::names::{ACCOUNT, REGION};

impl AutoScaling {
    /// An instance, as its agent describes it to ECS.
    pub(super) fn machine(&self, key: InstanceKey) -> Machine<'_> {
        let instance = &self.instances[key];
        Machine {
            key,
            ec2_id: &instance.id,
            zone: &instance.zone,
            cpu: instance.cpu,
            memory: instance.memory,
        }
    }

    /// The EC2 instance of that id, if it is powered.
    ///
    /// # Errors
    /// The instance does not exist, or is not running.
    pub(crate) fn running_machine(&self, id: &str) -> Result<Machine<'_>, ApiError> {
        let key = self.instance_named(id)?;
        match self.instances[key].on {
            true => Ok(self.machine(key)),
            false => Err(refused("the instance is not running")),
        }
    }

    /// Power on: the boot completes after some time, and the agent starts some time after that.
    pub(super) fn boot(&mut self, context: &mut Context, key: InstanceKey) {
        let instance = &mut self.instances[key];
        instance.on = true;
        instance.booted = false;
        let group = &self.groups[instance.group];
        context.after(group.boot_seconds, Due::InService(key));
        context.after(group.boot_seconds + group.registration_seconds, Due::Agent(key));
    }

    /// The agent starts, if the instance is powered.
    pub(super) fn start_agent(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        let instance = &self.instances[key];
        if instance.on && instance.terminated_at.is_none() {
            let cluster = &self.groups[instance.group].cluster;
            ecs.start_agent(context, self.machine(key), cluster);
        }
    }

    pub(super) fn power_off(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        self.instances[key].on = false;
        ecs.power_off(context, key);
    }

    /// The instance ends, and what ran on it stops at this moment.
    pub(super) fn end_machine(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        let instance = &mut self.instances[key];
        if instance.terminated_at.is_none() {
            instance.terminated_at = Some(context.now);
            instance.on = false;
            ecs.end_machine(context, key);
        }
    }

    /// End an instance on the EC2 side. Its group is not involved, so no hook holds it.
    pub(crate) fn kill(&mut self, context: &mut Context, ecs: &mut Ecs, key: InstanceKey) {
        if self.instances[key].terminated_at.is_none() {
            self.end_machine(context, ecs, key);
            context.after(context.settings.health_check_seconds, Due::Unhealthy(key));
        }
    }

    /// Send a Spot interruption warning; the interruption itself may not follow.
    ///
    /// # Errors
    /// The instance does not exist, or has ended already.
    pub(crate) fn interrupt_spot(
        &mut self,
        context: &mut Context,
        interrupt: &InterruptSpot,
    ) -> Result<(), ApiError> {
        let key = self.instance_named(&interrupt.instance)?;
        let instance = &self.instances[key];
        if instance.terminated_at.is_some() {
            return Err(refused("the instance has ended"));
        }
        let detail = json!({ "instance-id": instance.id, "instance-action": "terminate" });
        let arn = format!("arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{}", instance.id);
        context.emit("aws.ec2", "EC2 Spot Instance Interruption Warning", &[&arn], detail);
        if interrupt.takes_place {
            context.after(interrupt.after_seconds, Due::Kill(key));
        }
        Ok(())
    }
}
