//! What tests do to ECS besides calls of its API.

use serde_json::{Value, json};

use super::Ecs;
use super::due::Due;
use super::machines::Machine;
use super::parameters::{ProtectTask, RegisterIn, RunTask};
use super::start::Start;
use super::status::ContainerStatus;
use crate::arena::{InstanceKey, TaskKey};
use crate::context::Context;
use crate::error::refused;
use region_core::api::ApiError;
use region_core::wording::seconds;

impl Ecs {
    /// Run standalone tasks, on one machine or wherever there is most free capacity. The answer
    /// lists the `tasks`.
    pub(crate) fn run_tasks(
        &mut self,
        context: &mut Context,
        run: RunTask,
        machine: Option<InstanceKey>,
    ) -> Result<Value, ApiError> {
        let cluster = self.known_cluster(&run.cluster)?.to_owned();
        let start = Start {
            service: None,
            revision: self.register_definition(&run.family, &run.workload),
            family: run.family,
            workload: run.workload,
            ready: run.ready,
            ends_after: run.ends_after_seconds,
        };
        let mut arns = Vec::new();
        for _ in 0..run.count {
            let place = match machine {
                Some(machine) => self.registrations(machine).into_iter().find(|key| {
                    let container = &self.containers[*key];
                    container.cluster == cluster && container.takes_tasks()
                }),
                None => self.most_free(&cluster, &start.workload),
            };
            let place = place.ok_or_else(|| refused("no container instance takes the task"))?;
            let task = self.start_task(context, start.clone(), place);
            arns.push(self.tasks[task].arn.clone());
        }
        Ok(json!({ "tasks": arns }))
    }

    /// The task's containers end by themselves.
    pub(crate) fn finish(&mut self, context: &mut Context, task: &str) -> Result<(), ApiError> {
        let task = self.task_named(task)?;
        self.finish_task(context, task);
        Ok(())
    }

    /// Protect a service's task from being stopped by its scheduler, which runs when that ends.
    pub(crate) fn protect(
        &mut self,
        context: &mut Context,
        protect: &ProtectTask,
    ) -> Result<(), ApiError> {
        let task = self.task_named(&protect.task)?;
        let until = context.now + seconds(protect.for_seconds);
        self.tasks[task].protected_until = Some(until);
        context.at(until, Due::Healthy(task));
        self.wake_service_of(context, task);
        Ok(())
    }

    /// Remove a machine's registrations by force; its tasks run on unseen.
    pub(crate) fn deregister_machine(&mut self, context: &mut Context, machine: InstanceKey) {
        for container in self.registrations(machine) {
            self.deregister(context, container, false);
        }
    }

    /// Register a machine in another cluster, also or instead.
    pub(crate) fn register_in(
        &mut self,
        context: &mut Context,
        machine: Machine<'_>,
        request: &RegisterIn,
    ) -> Result<(), ApiError> {
        let cluster = self.known_cluster(&request.cluster)?.to_owned();
        if request.instead {
            self.deregister_machine(context, machine.key);
        }
        self.register(context, machine, &cluster, true);
        Ok(())
    }

    /// Set a machine's registrations ACTIVE or DRAINING, as an operator does.
    pub(crate) fn set_state(
        &mut self,
        context: &mut Context,
        machine: InstanceKey,
        status: ContainerStatus,
    ) -> Result<(), ApiError> {
        let settable = [ContainerStatus::Active, ContainerStatus::Draining];
        if !settable.contains(&status) {
            return Err(refused("an operator can set ACTIVE and DRAINING only"));
        }
        for container in self.registrations(machine) {
            if settable.contains(&self.containers[container].status) {
                self.set_status(context, container, status);
            }
        }
        Ok(())
    }

    /// The agents of a machine connect or are lost.
    pub(crate) fn connect_agents(
        &mut self,
        context: &mut Context,
        machine: InstanceKey,
        connected: bool,
    ) {
        for container in self.registrations(machine) {
            self.set_agent(context, container, connected);
        }
    }

    /// Put `count` attributes of other owners on each registration of a machine, up to the limit.
    pub(crate) fn fill_attributes(
        &mut self,
        context: &Context,
        machine: InstanceKey,
        count: usize,
    ) {
        for container in self.registrations(machine) {
            self.fill_attributes_of(context, container, count);
        }
    }

    fn task_named(&self, id: &str) -> Result<TaskKey, ApiError> {
        self.task_of(id).ok_or_else(|| refused("there is no such task"))
    }
}
