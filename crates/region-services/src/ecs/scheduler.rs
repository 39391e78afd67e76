//! The replica scheduler: keep the desired count, and replace the tasks of draining instances and
//! of former deployments as far as minimumHealthyPercent and maximumPercent allow.

use serde_json::json;

use super::Ecs;
use super::due::Due;
use super::model::{Service, Task};
use super::status::{ContainerStatus, TaskStatus};
use super::stop::Stop;
use crate::arena::{ServiceKey, TaskKey};
use crate::context::Context;
use region_core::wording::{rfc3339, seconds};

impl Service {
    /// The fewest healthy tasks: the percentage rounded up.
    fn least_healthy(&self) -> usize {
        (self.desired * self.minimum_healthy_percent).div_ceil(100)
    }

    /// The most tasks at once: the percentage rounded down.
    fn most(&self) -> usize {
        self.desired * self.maximum_percent / 100
    }
}

impl Ecs {
    /// Schedule a run of the service's scheduler. Requests until then share that run.
    pub(super) fn wake(&mut self, context: &mut Context, key: ServiceKey) {
        if !std::mem::replace(&mut self.services[key].awake, true) {
            context.after(context.settings.scheduler_seconds, Due::Schedule(key));
        }
    }

    /// Schedule a run of the scheduler of the task's service, if it has one.
    pub(super) fn wake_service_of(&mut self, context: &mut Context, task: TaskKey) {
        if let Some(service) = self.tasks[task].service {
            self.wake(context, service);
        }
    }

    /// Run a service's scheduler once.
    pub(super) fn schedule(&mut self, context: &mut Context, key: ServiceKey) {
        self.services[key].awake = false;
        if self.services[key].daemon {
            self.schedule_daemon(context, key, false);
        } else {
            self.schedule_replicas(context, key, false);
        }
    }

    /// Stop what may stop, then start what may start; `ready` tasks run at once.
    pub(super) fn schedule_replicas(
        &mut self,
        context: &mut Context,
        key: ServiceKey,
        ready: bool,
    ) {
        self.stop_replicas(context, key);
        let service = &self.services[key];
        let (mut total, mut staying) = (0, 0);
        for task in service.live.iter().map(|task| &self.tasks[*task]).filter(|t| t.wanted) {
            total += 1;
            staying += usize::from(self.stays(service, task));
        }
        let missing = service.desired.saturating_sub(staying);
        let allowed = service.most().saturating_sub(total);
        let count = missing.min(allowed);
        let mut waiting = 0;
        if count > 0 && service.retry_at.is_none_or(|at| at <= context.now) {
            let placed = self.place(context, key, count, ready).len();
            if placed > 0 {
                let text = format!("has started {placed} tasks.");
                self.log(context, key, &text);
            }
            if placed == count {
                self.services[key].failures = 0;
                self.services[key].retry_at = None;
            } else if self.services[key].capacity_provider.is_some() {
                waiting = count - placed;
            } else {
                self.placement_failed(context, key);
            }
        }
        self.provision(key, waiting);
        self.settle_deployment(context, key);
    }

    /// Whether a task is of the PRIMARY deployment, and not on a draining instance.
    fn stays(&self, service: &Service, task: &Task) -> bool {
        task.deployment == service.deployment.number
            && self.containers[task.container].status != ContainerStatus::Draining
    }

    fn stop_replicas(&mut self, context: &mut Context, key: ServiceKey) {
        let service = &self.services[key];
        let (mut leaving, mut staying) = (Vec::new(), Vec::new());
        let mut healthy = 0;
        for task in &service.live {
            let state = &self.tasks[*task];
            if !state.wanted {
                continue;
            }
            healthy += usize::from(state.healthy(context.now));
            match self.stays(service, state) {
                true => staying.push(*task),
                false => leaving.push(*task),
            }
        }
        let excess = staying.len().saturating_sub(service.desired);
        let mut spare = healthy.saturating_sub(service.least_healthy());
        let mut stopping = Vec::new();
        for task in leaving {
            let state = &self.tasks[task];
            let may_stop = if state.last < TaskStatus::Running {
                true
            } else if state.protected(context.now) {
                false
            } else if state.healthy(context.now) {
                let spared = spare > 0;
                spare = spare.saturating_sub(1);
                spared
            } else {
                true
            };
            if may_stop {
                stopping.push(task);
            }
        }
        let surplus = staying.into_iter().rev();
        let surplus = surplus.filter(|task| !self.tasks[*task].protected(context.now));
        stopping.extend(surplus.take(excess));
        if stopping.is_empty() {
            return;
        }
        let stop = Stop::by_scheduler(&service.deployment.id);
        let text = format!("has stopped {} running tasks.", stopping.len());
        self.log(context, key, &text);
        for task in stopping {
            self.stop_task(context, task, stop.clone());
        }
    }

    /// Report a failed placement, and retry with growing delays.
    fn placement_failed(&mut self, context: &mut Context, key: ServiceKey) {
        let settings = &context.settings;
        let service = &mut self.services[key];
        let doubled =
            settings.placement_retry_seconds.saturating_mul(1 << service.failures.min(16));
        let delay = doubled.min(settings.placement_retry_most_seconds);
        service.failures += 1;
        service.retry_at = Some(context.now + seconds(delay));
        context.after(delay, Due::Schedule(key));
        self.announce_shortage(context, key);
    }

    /// A service event and an EventBridge event for a task that found no place.
    fn announce_shortage(&mut self, context: &mut Context, key: ServiceKey) {
        let shortage = self.shortage(key);
        let closest = shortage.closest.map(|key| &self.containers[key]);
        let why = match closest {
            None => "Reason: No Container Instances were found in your cluster.".to_owned(),
            Some(container) => {
                let id = &container.id;
                format!("The closest matching (container-instance {id}) {}.", shortage.lack)
            }
        };
        let service = &self.services[key];
        let cluster = self.clusters.get(&service.cluster);
        let detail = json!({
            "eventType": "ERROR",
            "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
            "clusterArn": cluster.map(|cluster| &cluster.arn),
            "containerInstanceArns": closest.map(|container| &container.arn).into_iter().collect::<Vec<_>>(),
            "reason": shortage.reason,
            "createdAt": rfc3339(context.now),
        });
        let arn = service.arn.clone();
        let text = format!(
            "was unable to place a task because no container instance met all of its requirements. \
             {why} For more information, see the Troubleshooting section of the Amazon ECS \
             Developer Guide."
        );
        self.log(context, key, &text);
        context.emit("aws.ecs", "ECS Service Action", &[&arn], detail);
    }
}
