//! The lists of container instances and services.

use serde::Serialize;
use serde_json::{Value, json};

use super::Ecs;
use super::error::invalid;
use super::fields::choice;
use super::model::{ContainerInstance, ContainerState};
use crate::arena::Key as _;
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{Pages, text};
use region_query::{Filter, Subjects};

/// Where tasks can run. Here all run on EC2.
pub(super) const LAUNCH_TYPES: [&str; 4] = ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"];

/// The statuses by which ListContainerInstances can filter: all but INACTIVE. The last two belong
/// to ENI trunking, which no container instance here has (API_ContainerInstance).
const STATUSES: [&str; 5] =
    ["ACTIVE", "DRAINING", "REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED"];

pub(super) const PAGES: Pages =
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

pub(super) fn paged(name: &str, page: Vec<impl Serialize>, next: Option<String>) -> Value {
    match next {
        Some(next) => json!({ name: page, "nextToken": next }),
        None => json!({ name: page }),
    }
}

impl Ecs {
    /// Ten to a page, unless the call asks for another size (API_ListServices). Services here have
    /// the launch type EC2 and manage their own instances.
    pub(super) fn list_services(&self, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let launch_type = choice(input, "launchType", &LAUNCH_TYPES)?;
        let strategy = choice(input, "schedulingStrategy", &["REPLICA", "DAEMON"])?;
        let managed_by = choice(input, "resourceManagementType", &["CUSTOMER", "ECS"])?;
        let found = self.services.iter().filter(|(_, service)| {
            service.cluster == cluster
                && launch_type.is_none_or(|launch_type| launch_type == "EC2")
                && strategy.is_none_or(|strategy| service.strategy() == strategy)
                && managed_by.is_none_or(|managed_by| managed_by == "CUSTOMER")
        });
        let pages = Pages { usual: 10, ..PAGES };
        let found = found.map(|(key, service)| (key.index(), service.arn.as_str()));
        let (page, next) = pages.cut(input, found)?;
        Ok(paged("serviceArns", page, next))
    }

    pub(super) fn list_container_instances(
        &self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let status = choice(input, "status", &STATUSES)?;
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
                status.is_none_or(|status| state.status.as_str() == status)
                    && filter.as_ref().is_none_or(|filter| filter.passes(&seen))
            })
        });
        let found = found.map(|key| (key.index(), self.containers[key].arn.as_str()));
        let (page, next) = PAGES.cut(input, found)?;
        Ok(paged("containerInstanceArns", page, next))
    }
}
