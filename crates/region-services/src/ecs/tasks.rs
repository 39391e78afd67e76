//! The lifecycle of a task. It only moves forward, and ECS sees it only through the agent.

use super::Ecs;
use super::due::Due;
use super::status::TaskStatus;
use super::stop::Stop;
use crate::arena::TaskKey;
use crate::context::Context;
use region_core::wording::seconds;

impl Ecs {
    /// Set the task's desired status to STOPPED. Running containers of a load-balanced service are
    /// deregistered first. A task that does not run yet ends at once.
    pub(super) fn stop_task(&mut self, context: &mut Context, key: TaskKey, stop: Stop) {
        let now = context.now;
        let task = &mut self.tasks[key];
        if !task.wanted {
            return;
        }
        task.wanted = false;
        task.stopping_at = Some(now);
        task.stop = Some(stop);
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
    pub(super) fn stop_containers(&mut self, context: &mut Context, key: TaskKey) {
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
    pub(super) fn task_step(&mut self, context: &mut Context, key: TaskKey, next: TaskStatus) {
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
    pub(super) fn finish_task(&mut self, context: &mut Context, key: TaskKey) {
        let now = context.now;
        let task = &mut self.tasks[key];
        if task.actual >= TaskStatus::Deprovisioning {
            return;
        }
        task.stop.get_or_insert_with(|| Stop::of_container(task.started_at.is_some()));
        task.stopping_at.get_or_insert(now);
        // Until the agent reports it, ECS still wants the task to run.
        if self.containers[task.container].agent_connected {
            task.wanted = false;
        }
        self.move_to(context, key, TaskStatus::Deprovisioning);
    }

    /// The task moves on to `next`; ECS learns of it only if the agent is connected.
    pub(super) fn move_to(&mut self, context: &mut Context, key: TaskKey, next: TaskStatus) {
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
                task.containers_stopped_at = Some(now);
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

    /// The task ends with the machine that it runs on, which was `terminated` or `stopped`.
    pub(super) fn end_with_machine(&mut self, context: &Context, key: TaskKey, end: &str) {
        let now = context.now;
        let task = &mut self.tasks[key];
        if task.actual == TaskStatus::Stopped {
            return;
        }
        let host = &self.containers[task.container].ec2_id;
        task.cut_short = true;
        let served = task.actual < TaskStatus::Deprovisioning;
        task.actual = TaskStatus::Stopped;
        task.stopped_at = Some(now);
        task.stopping_at.get_or_insert(now);
        task.stop.get_or_insert_with(|| Stop::with_host(host, end));
        if served {
            self.containers_stopped(context, key);
        }
    }
}
