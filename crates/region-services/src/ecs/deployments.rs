//! Rolling deployments: begun, followed and completed. The scheduler replaces the tasks.

use rand::RngExt as _;

use super::Ecs;
use super::model::{Deployment, DeploymentState, Service, ServiceState, Task};
use super::status::TaskStatus;
use crate::arena::ServiceKey;
use crate::context::Context;

pub(super) fn deployment_id(context: &mut Context) -> String {
    format!("ecs-svc/{:019}", context.rng.random::<u64>() >> 1)
}

impl Ecs {
    /// Let new tasks, of this revision of the service's task definition, replace all there are.
    pub(super) fn begin_deployment(
        &mut self,
        context: &mut Context,
        key: ServiceKey,
        revision: usize,
    ) {
        let id = deployment_id(context);
        let service = &mut self.services[key];
        let next = Deployment::new(id, service.deployment.number + 1, revision, context.now);
        let definition = self.definitions.get(&service.name);
        if let Some(workload) = definition.and_then(|d| d.get(revision.saturating_sub(1))) {
            service.workload = workload.clone();
        }
        let old = std::mem::replace(&mut service.deployment, next);
        service.replaced.insert(0, old);
    }

    /// Forget the deployments whose tasks are gone; complete the PRIMARY one when it alone is left,
    /// with as many healthy tasks as are desired.
    pub(super) fn settle_deployment(&mut self, context: &mut Context, key: ServiceKey) {
        let service = &self.services[key];
        if service.deployment.completed && service.replaced.is_empty() {
            return;
        }
        let healthy =
            self.wanted_of(service, &service.deployment).filter(|t| t.healthy(context.now));
        let healthy = healthy.count();
        let mut left = service.replaced.clone();
        left.retain(|old| self.wanted_of(service, old).next().is_some());
        let completes =
            left.is_empty() && healthy >= service.desired && !service.deployment.completed;
        let now = context.now;
        let service = &mut self.services[key];
        service.replaced = left;
        if completes {
            service.deployment.completed = true;
            service.deployment.updated_at = now;
            if service.deployment.number > 0 {
                let done = format!("(deployment {}) deployment completed.", service.deployment.id);
                self.log(context, key, &done);
                self.log(context, key, "has reached a steady state.");
            }
        }
        self.record_service(context, key);
    }

    fn wanted_of<'a>(
        &'a self,
        service: &'a Service,
        deployment: &'a Deployment,
    ) -> impl Iterator<Item = &'a Task> {
        let live = service.live.iter().map(|task| &self.tasks[*task]);
        live.filter(|task| task.wanted && task.deployment == deployment.number)
    }

    /// The present state of a service.
    pub(super) fn service_state(&self, key: ServiceKey) -> ServiceState {
        let service = &self.services[key];
        let state = |deployment: &Deployment| {
            let wanted = || self.wanted_of(service, deployment);
            let running = wanted().filter(|task| task.last == TaskStatus::Running).count();
            let pending = wanted().count() - running;
            let primary = deployment.number == service.deployment.number;
            let desired = if primary { service.desired } else { running + pending };
            DeploymentState { deployment: deployment.clone(), desired, running, pending }
        };
        let deployments = std::iter::once(&service.deployment).chain(&service.replaced);
        ServiceState {
            desired: service.desired,
            tags: service.tags.clone(),
            deployments: deployments.map(state).collect(),
        }
    }

    pub(super) fn record_service(&mut self, context: &Context, key: ServiceKey) {
        if context.lags() {
            let state = self.service_state(key);
            self.services[key].trail.record(context.now, state);
        }
    }

    /// The state of a service that the present read shows.
    pub(super) fn seen_service(&self, context: &Context, key: ServiceKey) -> ServiceState {
        let seen = self.services[key].trail.at(context.read_at).cloned();
        seen.unwrap_or_else(|| self.service_state(key))
    }
}
