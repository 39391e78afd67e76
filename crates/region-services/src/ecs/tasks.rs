//! The lifecycle of a task. It only moves forward, and ECS sees it only through the agent.

use rand::RngExt as _;

use super::Ecs;
use super::due::Due;
use super::model::{ContainerStatus, Task, TaskStatus, Workload};
use crate::arena::{ContainerKey, ServiceKey, TaskKey};
use crate::context::Context;
use crate::trail::Trail;
use crate::wording::{ecs_arn, seconds};

/// A task to start.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// The service it is for; none for a standalone task.
    pub(crate) service: Option<ServiceKey>,
    /// The family of its task definition.
    pub(crate) family: String,
    /// The revision of its task definition.
    pub(crate) revision: usize,
    /// What it needs.
    pub(crate) workload: Workload,
    /// RUNNING and healthy at once.
    pub(crate) ready: bool,
    /// Seconds from RUNNING until it ends by itself; none for never.
    pub(crate) ends_after: Option<u64>,
}

impl Ecs {
    /// Place a task on `container`.
    pub(crate) fn start_task(
        &mut self,
        context: &mut Context,
        start: Start,
        container: ContainerKey,
    ) -> TaskKey {
        let id = context.hex_id();
        let cluster = self.containers[container].cluster.clone();
        let owner = start.service.map(|key| &self.services[key]);
        let deployment = owner.map_or(0, |service| service.deployment.number);
        let (group, started_by) = match owner {
            Some(service) => {
                (format!("service:{}", service.name), Some(service.deployment.id.clone()))
            }
            None => (format!("family:{}", start.family), None),
        };
        let (least, most) = (start.workload.stop_min_seconds, start.workload.stop_max_seconds);
        let stop_seconds = context.rng.random_range(least..=most.max(least));
        let task = self.tasks.add(Task {
            arn: ecs_arn("task", &format!("{cluster}/{id}")),
            cluster,
            container,
            service: start.service,
            family: start.family,
            revision: start.revision,
            deployment,
            group,
            started_by,
            stop_seconds,
            wanted: true,
            actual: TaskStatus::Pending,
            last: TaskStatus::Pending,
            stop_pending: false,
            version: 0,
            created_at: context.now,
            started_at: None,
            healthy_at: None,
            stopping_at: None,
            stop_reason: None,
            stopped_at: None,
            reported_stopped_at: None,
            protected_until: None,
            cut_short: false,
            trail: Trail::default(),
            workload: start.workload.clone(),
        });
        self.task_ids.insert(id, task);
        if let Some(service) = start.service {
            self.services[service].tasks.push(task);
            self.services[service].live.insert(task);
        }
        let host = &mut self.containers[container];
        host.tasks.push(task);
        host.live.insert(task);
        host.cpu_left = host.cpu_left.saturating_sub(start.workload.cpu);
        host.memory_left = host.memory_left.saturating_sub(start.workload.memory);
        if start.ready {
            self.tasks[task].healthy_at = Some(context.now);
            self.move_to(context, task, TaskStatus::Running);
        } else {
            self.announce_task(context, task);
            let next = match start.workload.deregistration_seconds {
                Some(_) => TaskStatus::Activating,
                None => TaskStatus::Running,
            };
            context.after(start.workload.start_seconds, Due::Task(task, next));
        }
        if let Some(seconds) = start.ends_after {
            context.after(
                start.workload.start_seconds + seconds,
                Due::Task(task, TaskStatus::Stopping),
            );
        }
        task
    }

    /// Set the task's desired status to STOPPED. Running containers of a load-balanced service are
    /// deregistered first. A task that does not run yet ends at once.
    pub(crate) fn stop_task(&mut self, context: &mut Context, key: TaskKey, reason: &str) {
        let now = context.now;
        let task = &mut self.tasks[key];
        if !task.wanted {
            return;
        }
        task.wanted = false;
        task.stopping_at = Some(now);
        task.stop_reason = Some(reason.to_owned());
        let delay = task.workload.deregistration_seconds;
        match (task.actual, delay) {
            // ECS deregisters by itself: no agent is needed, so it learns of this either way.
            (TaskStatus::Running, Some(delay)) => {
                task.actual = TaskStatus::Deactivating;
                task.last = TaskStatus::Deactivating;
                context.after(delay, Due::Task(key, TaskStatus::Stopping));
                self.announce_task(context, key);
            }
            _ => {
                self.announce_task(context, key);
                self.stop_containers(context, key);
            }
        }
    }

    /// Have the agent stop the containers, now or once it is connected again.
    pub(crate) fn stop_containers(&mut self, context: &mut Context, key: TaskKey) {
        let task = &mut self.tasks[key];
        if !self.containers[task.container].agent_connected {
            task.stop_pending = true;
            return;
        }
        task.stop_pending = false;
        let next = match task.actual < TaskStatus::Running {
            true => TaskStatus::Stopped,
            false => TaskStatus::Stopping,
        };
        self.move_to(context, key, next);
    }

    /// A step that was due; nothing if the task's life has gone past it.
    pub(crate) fn task_step(&mut self, context: &mut Context, key: TaskKey, next: TaskStatus) {
        let task = &self.tasks[key];
        if task.actual >= next {
            return;
        }
        match next {
            TaskStatus::Stopping if task.wanted => self.finish_task(context, key),
            TaskStatus::Stopping => self.stop_containers(context, key),
            _ => self.move_to(context, key, next),
        }
    }

    /// Its containers end by themselves.
    pub(crate) fn finish_task(&mut self, context: &mut Context, key: TaskKey) {
        let now = context.now;
        let task = &mut self.tasks[key];
        if task.actual >= TaskStatus::Deprovisioning {
            return;
        }
        task.stop_reason.get_or_insert_with(|| "Essential container in task exited".to_owned());
        task.stopping_at.get_or_insert(now);
        // Until the agent reports it, ECS still wants the task to run.
        if self.containers[task.container].agent_connected {
            task.wanted = false;
        }
        self.move_to(context, key, TaskStatus::Deprovisioning);
    }

    /// The task moves on to `next`; ECS learns of it only if the agent is connected.
    fn move_to(&mut self, context: &mut Context, key: TaskKey, next: TaskStatus) {
        let now = context.now;
        let task = &mut self.tasks[key];
        if task.actual >= next {
            return;
        }
        task.actual = next;
        let (container, workload) = (task.container, task.workload.clone());
        match next {
            TaskStatus::Activating => context.after(0, Due::Task(key, TaskStatus::Running)),
            TaskStatus::Running => {
                task.started_at = Some(now);
                if task.healthy_at.is_none() {
                    task.healthy_at = Some(now + seconds(workload.health_seconds));
                    context.after(workload.health_seconds, Due::Healthy(key));
                }
            }
            TaskStatus::Stopping => {
                let stop = task.stop_seconds;
                context.after(stop, Due::Task(key, TaskStatus::Deprovisioning));
            }
            TaskStatus::Deprovisioning => {
                self.containers_stopped(context, key);
                let delay = context.settings.deprovisioning_seconds;
                context.after(delay, Due::Task(key, TaskStatus::Stopped));
            }
            TaskStatus::Stopped => {
                task.stopped_at = Some(now);
            }
            TaskStatus::Pending | TaskStatus::Deactivating => {}
        }
        if self.containers[container].agent_connected {
            self.report(context, key);
        }
    }

    fn containers_stopped(&mut self, context: &Context, key: TaskKey) {
        let machine = self.containers[self.tasks[key].container].machine;
        self.machines.entry(machine).or_default().last_container_stop = Some(context.now);
    }

    /// ECS learns the true state of the task.
    pub(crate) fn report(&mut self, context: &mut Context, key: TaskKey) {
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
    pub(crate) fn forget(&mut self, context: &mut Context, key: TaskKey) {
        let now = context.now;
        let task = &mut self.tasks[key];
        task.wanted = false;
        task.last = TaskStatus::Stopped;
        task.stopping_at.get_or_insert(now);
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
        let (container, cluster) = (task.container, draining.then(|| task.cluster.clone()));
        self.remember_container(context, container);
        // A daemon task on a draining instance stops last, which may be now.
        if let Some(cluster) = cluster {
            self.wake_daemons(context, &cluster);
        }
    }

    /// Announce a change of a task: an event for it, one for its container instance if the counts
    /// changed, and a run of its service's scheduler.
    fn announce_task(&mut self, context: &mut Context, key: TaskKey) {
        let (lags, now) = (context.lags(), context.now);
        let task = &mut self.tasks[key];
        task.version += 1;
        if lags {
            task.trail.record(now, (task.last, task.wanted));
        }
        self.emit_task(context, key);
        self.recount(context, self.tasks[key].container);
        if let Some(service) = self.tasks[key].service {
            self.remember_service(context, service);
        }
        self.wake_service_of(context, key);
    }

    /// The machine under the task is gone.
    pub(super) fn end_with_machine(&mut self, context: &Context, key: TaskKey) {
        let now = context.now;
        let task = &mut self.tasks[key];
        if task.actual == TaskStatus::Stopped {
            return;
        }
        task.cut_short = true;
        let served = task.actual < TaskStatus::Deprovisioning;
        task.actual = TaskStatus::Stopped;
        task.stopped_at = Some(now);
        task.stopping_at.get_or_insert(now);
        task.stop_reason.get_or_insert_with(|| "Host EC2 terminated".to_owned());
        if served {
            self.containers_stopped(context, key);
        }
    }
}
