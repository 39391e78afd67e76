//! The lifecycle of a task. It only moves forward, and ECS sees it only through the agent.

use rand::RngExt as _;

use super::model::{ContainerStatus, Task, TaskStatus, Workload};
use crate::Services;
use crate::arena::{ContainerKey, ServiceKey, TaskKey};
use crate::context::Due;
use crate::trail::Trail;
use crate::wording::{ecs_arn, seconds};

/// An order to start a task.
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

impl Services {
    /// Place a task on `container`.
    pub(crate) fn start_task(&mut self, start: Start, container: ContainerKey) -> TaskKey {
        let id = self.context.hex_id();
        let cluster = self.ecs.containers[container].cluster.clone();
        let owner = start.service.map(|key| &self.ecs.services[key]);
        let deployment = owner.map_or(0, |service| service.deployment.number);
        let (group, started_by) = match owner {
            Some(service) => {
                (format!("service:{}", service.name), Some(service.deployment.id.clone()))
            }
            None => (format!("family:{}", start.family), None),
        };
        let (least, most) = (start.workload.stop_min_seconds, start.workload.stop_max_seconds);
        let stop_seconds = self.context.rng.random_range(least..=most.max(least));
        let task = self.ecs.tasks.add(Task {
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
            held: false,
            version: 0,
            created_at: self.context.now,
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
        self.ecs.task_ids.insert(id, task);
        if let Some(service) = start.service {
            self.ecs.services[service].tasks.push(task);
            self.ecs.services[service].live.insert(task);
        }
        let host = &mut self.ecs.containers[container];
        host.tasks.push(task);
        host.live.insert(task);
        host.cpu_left = host.cpu_left.saturating_sub(start.workload.cpu);
        host.memory_left = host.memory_left.saturating_sub(start.workload.memory);
        if start.ready {
            self.ecs.tasks[task].healthy_at = Some(self.context.now);
            self.move_to(task, TaskStatus::Running);
        } else {
            self.announce_task(task);
            let next = match start.workload.deregistration_seconds {
                Some(_) => TaskStatus::Activating,
                None => TaskStatus::Running,
            };
            self.context.after(start.workload.start_seconds, Due::Task(task, next));
        }
        if let Some(seconds) = start.ends_after {
            self.context.after(
                start.workload.start_seconds + seconds,
                Due::Task(task, TaskStatus::Stopping),
            );
        }
        task
    }

    /// Set the task's desired status to STOPPED. Running containers of a load-balanced service are
    /// deregistered first. A task that does not run yet ends at once.
    pub(crate) fn stop_task(&mut self, key: TaskKey, reason: &str) {
        let now = self.context.now;
        let task = &mut self.ecs.tasks[key];
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
                self.context.after(delay, Due::Task(key, TaskStatus::Stopping));
                self.announce_task(key);
            }
            _ => {
                self.announce_task(key);
                self.order_stop(key);
            }
        }
    }

    /// Tell the agent to stop the containers; the order waits while the agent is not connected.
    pub(crate) fn order_stop(&mut self, key: TaskKey) {
        let task = &mut self.ecs.tasks[key];
        if !self.ecs.containers[task.container].agent_connected {
            task.held = true;
            return;
        }
        task.held = false;
        let next = match task.actual < TaskStatus::Running {
            true => TaskStatus::Stopped,
            false => TaskStatus::Stopping,
        };
        self.move_to(key, next);
    }

    /// A step that was due; nothing if the task's life has gone past it.
    pub(crate) fn task_step(&mut self, key: TaskKey, next: TaskStatus) {
        let task = &self.ecs.tasks[key];
        if task.actual >= next {
            return;
        }
        match next {
            TaskStatus::Stopping if task.wanted => self.finish_task(key),
            TaskStatus::Stopping => self.order_stop(key),
            _ => self.move_to(key, next),
        }
    }

    /// Its containers end by themselves.
    pub(crate) fn finish_task(&mut self, key: TaskKey) {
        let now = self.context.now;
        let task = &mut self.ecs.tasks[key];
        if task.actual >= TaskStatus::Deprovisioning {
            return;
        }
        task.stop_reason.get_or_insert_with(|| "Essential container in task exited".to_owned());
        task.stopping_at.get_or_insert(now);
        // Until the agent reports it, ECS still wants the task to run.
        if self.ecs.containers[task.container].agent_connected {
            task.wanted = false;
        }
        self.move_to(key, TaskStatus::Deprovisioning);
    }

    /// The task moves on to `next`; ECS learns of it only if the agent is connected.
    fn move_to(&mut self, key: TaskKey, next: TaskStatus) {
        let now = self.context.now;
        let task = &mut self.ecs.tasks[key];
        if task.actual >= next {
            return;
        }
        task.actual = next;
        let (container, workload) = (task.container, task.workload.clone());
        match next {
            TaskStatus::Activating => self.context.after(0, Due::Task(key, TaskStatus::Running)),
            TaskStatus::Running => {
                task.started_at = Some(now);
                if task.healthy_at.is_none() {
                    task.healthy_at = Some(now + seconds(workload.health_seconds));
                    self.context.after(workload.health_seconds, Due::Healthy(key));
                }
            }
            TaskStatus::Stopping => {
                let stop = task.stop_seconds;
                self.context.after(stop, Due::Task(key, TaskStatus::Deprovisioning));
            }
            TaskStatus::Deprovisioning => {
                self.containers_stopped(key);
                let delay = self.context.settings.deprovisioning_seconds;
                self.context.after(delay, Due::Task(key, TaskStatus::Stopped));
            }
            TaskStatus::Stopped => {
                task.stopped_at = Some(now);
            }
            TaskStatus::Pending | TaskStatus::Deactivating => {}
        }
        if self.ecs.containers[container].agent_connected {
            self.report(key);
        }
    }

    fn containers_stopped(&mut self, key: TaskKey) {
        let instance = self.ecs.containers[self.ecs.tasks[key].container].instance;
        self.auto_scaling.instances[instance].last_container_stop = Some(self.context.now);
    }

    /// ECS learns the true state of the task.
    pub(crate) fn report(&mut self, key: TaskKey) {
        let now = self.context.now;
        let task = &mut self.ecs.tasks[key];
        if task.last == task.actual {
            return;
        }
        task.last = task.actual;
        if task.actual >= TaskStatus::Deprovisioning {
            task.wanted = false;
        }
        if task.actual == TaskStatus::Stopped {
            task.reported_stopped_at = Some(now);
            self.release(key);
        }
        self.announce_task(key);
    }

    /// ECS takes the task for STOPPED, whatever its containers do.
    pub(crate) fn forget(&mut self, key: TaskKey) {
        let now = self.context.now;
        let task = &mut self.ecs.tasks[key];
        task.wanted = false;
        task.last = TaskStatus::Stopped;
        task.stopping_at.get_or_insert(now);
        task.reported_stopped_at = Some(now);
        self.release(key);
        self.announce_task(key);
    }

    /// Release the resources of a STOPPED task. Earlier, two tasks would share them.
    fn release(&mut self, key: TaskKey) {
        let task = &self.ecs.tasks[key];
        let host = &mut self.ecs.containers[task.container];
        host.live.remove(&key);
        host.cpu_left = (host.cpu_left + task.workload.cpu).min(host.cpu);
        host.memory_left = (host.memory_left + task.workload.memory).min(host.memory);
        if let Some(service) = task.service {
            self.ecs.services[service].live.remove(&key);
        }
        let draining = host.status == ContainerStatus::Draining;
        let (container, cluster) = (task.container, draining.then(|| task.cluster.clone()));
        self.remember_container(container);
        // A daemon task on a draining instance stops last, which may be now.
        if let Some(cluster) = cluster {
            self.wake_daemons(&cluster);
        }
    }

    /// Announce a change of a task: an event for it, one for its container instance if the counts
    /// changed, and a run of its service's scheduler.
    fn announce_task(&mut self, key: TaskKey) {
        let (lags, now) = (self.context.lags(), self.context.now);
        let task = &mut self.ecs.tasks[key];
        task.version += 1;
        if lags {
            task.trail.record(now, (task.last, task.wanted));
        }
        self.emit_task(key);
        self.recount(self.ecs.tasks[key].container);
        if let Some(service) = self.ecs.tasks[key].service {
            self.remember_service(service);
        }
        self.wake_service_of(key);
    }

    /// The machine under the task is gone.
    pub(crate) fn cut(&mut self, key: TaskKey) {
        let now = self.context.now;
        let task = &mut self.ecs.tasks[key];
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
            self.containers_stopped(key);
        }
    }
}
