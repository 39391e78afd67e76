//! What ECS learns of tasks: from the agent, or by giving them up.

use super::Ecs;
use super::status::{ContainerStatus, TaskStatus};
use super::stop::Stop;
use crate::arena::TaskKey;
use crate::context::Context;

impl Ecs {
    /// ECS learns the true state of the task.
    pub(super) fn report(&mut self, context: &mut Context, key: TaskKey) {
        let now = context.now;
        let task = &mut self.tasks[key];
        if task.last == task.actual {
            return;
        }
        task.last = task.actual;
        if task.actual >= TaskStatus::Deprovisioning {
            task.wanted = false;
        }
        if task.actual == TaskStatus::Stopped {
            task.reported_stopped_at = Some(now);
            self.release(context, key);
        }
        self.announce_task(context, key);
    }

    /// ECS takes the task for STOPPED, whatever its containers do.
    pub(super) fn mark_stopped(&mut self, context: &mut Context, key: TaskKey) {
        let now = context.now;
        let task = &mut self.tasks[key];
        task.wanted = false;
        task.last = TaskStatus::Stopped;
        task.stopping_at.get_or_insert(now);
        task.stop.get_or_insert_with(Stop::by_deregistration);
        task.reported_stopped_at = Some(now);
        self.release(context, key);
        self.announce_task(context, key);
    }

    /// Release the resources of a STOPPED task. Earlier, two tasks would share them.
    fn release(&mut self, context: &mut Context, key: TaskKey) {
        let task = &self.tasks[key];
        let host = &mut self.containers[task.container];
        host.live.remove(&key);
        host.cpu_left = (host.cpu_left + task.workload.cpu).min(host.cpu);
        host.memory_left = (host.memory_left + task.workload.memory).min(host.memory);
        if let Some(service) = task.service {
            self.services[service].live.remove(&key);
        }
        let draining = host.status == ContainerStatus::Draining;
        let (container, cluster) = (task.container, task.cluster.clone());
        self.record_container(context, container);
        // A daemon task on a draining instance stops last, which may be now.
        if draining {
            self.wake_daemons(context, &cluster);
        }
        self.wake_provisioning(context, &cluster);
    }

    /// Announce a change of a task: an event for it, one for its container instance if the counts
    /// changed, and a run of its service's scheduler.
    pub(super) fn announce_task(&mut self, context: &mut Context, key: TaskKey) {
        let task = &mut self.tasks[key];
        task.version += 1;
        if context.lags() {
            task.trail.record(context.now, (task.last, task.wanted));
        }
        self.emit_task(context, key);
        self.recount(context, self.tasks[key].container);
        if let Some(service) = self.tasks[key].service {
            self.record_service(context, service);
        }
        self.wake_service_of(context, key);
    }
}
