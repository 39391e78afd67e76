//! The list of tasks, and which tasks reads show.

use serde_json::Value;
use time::Duration;

use super::Ecs;
use super::error::invalid;
use super::fields::choice;
use super::ids::{Kind, full_arn};
use super::list::{LAUNCH_TYPES, PAGES, paged};
use super::model::{Task, desired_status};
use super::status::TaskStatus;
use crate::arena::{Key as _, TaskKey};
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::text;

/// How long a STOPPED task stays visible (ListTasks).
const REMEMBERED: Duration = Duration::HOUR;

/// The filters that cannot stand beside `startedBy` (API_ListTasks). A desired status can
/// (<https://github.com/aws/amazon-ecs-cli/issues/97>).
const NOT_BESIDE_STARTED_BY: [&str; 4] =
    ["containerInstance", "family", "launchType", "serviceName"];

impl Ecs {
    pub(super) fn list_tasks(&self, context: &Context, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let desired = choice(input, "desiredStatus", &["RUNNING", "PENDING", "STOPPED"])?;
        let desired = desired.unwrap_or("RUNNING");
        let launch_type = choice(input, "launchType", &LAUNCH_TYPES)?;
        let started_by = text(input, "startedBy");
        let beside = NOT_BESIDE_STARTED_BY.iter().find(|name| text(input, name).is_some());
        if let (Some(_), Some(beside)) = (started_by, beside) {
            return Err(invalid(format!("startedBy cannot be combined with {beside}.")));
        }
        let service = match text(input, "serviceName") {
            None => None,
            Some(name) => Some(self.service(cluster, &full_arn(Kind::Service, cluster, name)?)?),
        };
        let family = text(input, "family");
        let tasks: Box<dyn Iterator<Item = TaskKey>> = match text(input, "containerInstance") {
            Some(id) => {
                let arn = full_arn(Kind::ContainerInstance, cluster, id)?;
                let key = self.container_in(cluster, &arn);
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
                && launch_type.is_none_or(|launch_type| launch_type == "EC2")
                && started_by
                    .is_none_or(|started_by| task.started_by.as_deref() == Some(started_by))
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
