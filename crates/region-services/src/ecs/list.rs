//! The lists: clusters, container instances and tasks.

use serde_json::{Value, json};
use time::Duration;

use super::Ecs;
use super::error::invalid;
use super::model::{ContainerInstance, ContainerState, Task, desired_status};
use super::query::{Filter, Subjects};
use super::status::{ContainerStatus, TaskStatus};
use crate::arena::{Key as _, TaskKey};
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{Pages, text};

/// How long a STOPPED task stays visible (ListTasks).
const REMEMBERED: Duration = Duration::HOUR;

const PAGES: Pages =
    Pages { size: "maxResults", token: "nextToken", usual: 100, code: "InvalidParameterException" };

/// A container instance that a read lists, for the query language.
struct ListedContainer<'a> {
    ecs: &'a Ecs,
    container: &'a ContainerInstance,
    state: &'a ContainerState,
}

impl Subjects for ListedContainer<'_> {
    fn values(&self, subject: &str) -> Vec<String> {
        let (container, state) = (self.container, self.state);
        let one = |value: &str| vec![value.to_owned()];
        match subject {
            "agentConnected" => vec![state.agent_connected.to_string()],
            "agentVersion" => one("1.98.0"),
            "ec2InstanceId" => one(&container.ec2_id),
            "pendingTasksCount" => vec![state.pending.to_string()],
            "runningTasksCount" => vec![state.running.to_string()],
            "task:group" => {
                let tasks = container.live.iter().map(|task| &self.ecs.tasks[*task]);
                tasks.map(|task| task.group.clone()).collect()
            }
            _ => {
                let attribute = subject.strip_prefix("attribute:");
                let value =
                    attribute.and_then(|name| container.attribute_of(&state.attributes, name));
                value.map(|value| value.unwrap_or_default().to_owned()).into_iter().collect()
            }
        }
    }
}

fn paged(name: &str, page: Vec<&str>, next: Option<String>) -> Value {
    match next {
        Some(next) => json!({ name: page, "nextToken": next }),
        None => json!({ name: page }),
    }
}

impl Ecs {
    pub(super) fn list_clusters(&self, input: &Value) -> Result<Value, ApiError> {
        let arns = self.clusters.values().map(|cluster| cluster.arn.as_str());
        let (page, next) = PAGES.cut(input, arns.enumerate())?;
        Ok(paged("clusterArns", page, next))
    }

    pub(super) fn list_container_instances(
        &self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let status = match text(input, "status") {
            None => None,
            Some("REGISTERING") => Some(ContainerStatus::Registering),
            Some("ACTIVE") => Some(ContainerStatus::Active),
            Some("DRAINING") => Some(ContainerStatus::Draining),
            Some(other) => return Err(invalid(format!("Invalid status: {other}"))),
        };
        let filter = match text(input, "filter") {
            None => None,
            Some(filter) => Some(
                Filter::parse(filter).map_err(|why| invalid(format!("Invalid filter: {why}.")))?,
            ),
        };
        let found = self.containers_of(cluster).filter(|key| {
            let container = &self.containers[*key];
            self.seen_container(context, *key).is_some_and(|state| {
                let seen = ListedContainer { ecs: self, container, state: &state };
                status.is_none_or(|status| state.status == status)
                    && filter.as_ref().is_none_or(|filter| filter.passes(&seen))
            })
        });
        let found = found.map(|key| (key.index(), self.containers[key].arn.as_str()));
        let (page, next) = PAGES.cut(input, found)?;
        Ok(paged("containerInstanceArns", page, next))
    }

    pub(super) fn list_tasks(&self, context: &Context, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let desired = text(input, "desiredStatus").unwrap_or("RUNNING");
        if !matches!(desired, "RUNNING" | "PENDING" | "STOPPED") {
            return Err(invalid(format!("Invalid desiredStatus: {desired}")));
        }
        let service =
            text(input, "serviceName").map(|name| self.service(cluster, name)).transpose()?;
        let family = text(input, "family");
        let tasks: Box<dyn Iterator<Item = TaskKey>> = match text(input, "containerInstance") {
            Some(id) => {
                let key = self.container_in(cluster, id);
                let key = key.ok_or_else(|| invalid("Container instance not found."))?;
                Box::new(self.containers[key].tasks.iter().copied())
            }
            None => match service {
                Some(service) => Box::new(self.services[service].tasks.iter().copied()),
                None => Box::new(self.tasks.iter().map(|(key, _)| key)),
            },
        };
        let found = tasks.map(|key| (key, &self.tasks[key])).filter(|(_, task)| {
            task.cluster == cluster
                && self.visible(context, task)
                && desired_status(self.seen_task(context, task).1) == desired
                && service.is_none_or(|service| task.service == Some(service))
                && family.is_none_or(|family| task.family == family)
        });
        let (page, next) = PAGES.cut(input, found.map(|(key, t)| (key.index(), t.arn.as_str())))?;
        Ok(paged("taskArns", page, next))
    }

    /// lastStatus, and whether ECS wants it to run, that the present read shows.
    pub(super) fn seen_task(&self, context: &Context, task: &Task) -> (TaskStatus, bool) {
        task.trail.at(context.read_at).copied().unwrap_or((task.last, task.wanted))
    }

    /// Whether reads show the task: already, and still.
    pub(super) fn visible(&self, context: &Context, task: &Task) -> bool {
        let already = task.created_at <= context.read_at;
        let still = task.last != TaskStatus::Stopped
            || task.reported_stopped_at.is_none_or(|at| at + REMEMBERED > context.now);
        already && still
    }
}
