//! The operations of ECS.

use serde_json::{Value, json};

use super::Ecs;
use super::error::invalid;
use super::fields::{self, included};
use super::ids::{Kind, failure, full_arn, ids};
use super::status::{ContainerStatus, TaskStatus};
use super::stop::{Stop, StopCode};
use crate::arena::{ContainerKey, TaskKey};
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{short, text};
use region_core::wording::{epoch, put};

/// The longest reason of StopTask (API_StopTask).
const LONGEST_REASON: usize = 255;

/// Whether the call includes `what`.
///
/// # Errors
/// `InvalidParameterException` for anything else that it would include.
fn includes(input: &Value, what: &str) -> Result<bool, ApiError> {
    Ok(!included(input, &[what])?.is_empty())
}

/// With the tags that no resource but a service can have here, where the call includes them.
fn tagged(mut shown: Value, with_tags: bool) -> Value {
    if with_tags {
        put(&mut shown, "tags", json!([]));
    }
    shown
}

impl Ecs {
    /// Answer one call to ECS.
    pub(crate) fn call(
        &mut self,
        context: &mut Context,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        fields::check(operation, input)?;
        match operation {
            "DeleteAttributes" => self.delete_attributes(context, input),
            "DeregisterContainerInstance" => self.deregister_container_instance(context, input),
            "DescribeClusters" => self.describe_clusters(context, input),
            "DescribeContainerInstances" => self.describe_container_instances(context, input),
            "DescribeServices" => self.describe_services(context, input),
            "DescribeTaskDefinition" => self.describe_task_definition(input),
            "DescribeTasks" => self.describe_tasks(context, input),
            "GetTaskProtection" => self.get_task_protection(context, input),
            "ListAttributes" => self.list_attributes(context, input),
            "ListClusters" => self.list_clusters(input),
            "ListContainerInstances" => self.list_container_instances(context, input),
            "ListServices" => self.list_services(input),
            "ListTasks" => self.list_tasks(context, input),
            "PutAttributes" => self.put_attributes(context, input),
            "StopTask" => self.stop_task_call(context, input),
            "TagResource" => self.tag_resource(context, input),
            "UpdateContainerInstancesState" => {
                self.update_container_instances_state(context, input)
            }
            "UpdateService" => self.update_service_call(context, input),
            other => {
                let text = format!("the simulated region has no ECS operation {other}");
                Err(ApiError::client("UnknownOperationException", text))
            }
        }
    }

    fn describe_container_instances(
        &self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        let with_tags = includes(input, "TAGS")?;
        for id in ids(input, Kind::ContainerInstance, 100)? {
            let arn = full_arn(Kind::ContainerInstance, cluster, id)?;
            let shown =
                self.container_in(cluster, &arn).and_then(|key| self.show_container(context, key));
            match shown {
                Some(shown) => found.push(tagged(shown, with_tags)),
                None => failures.push(failure(&arn, "MISSING")),
            }
        }
        Ok(json!({ "containerInstances": found, "failures": failures }))
    }

    /// Without `force`, one on which tasks run is refused.
    fn deregister_container_instance(
        &mut self,
        context: &mut Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let id = text(input, "containerInstance").unwrap_or_default();
        let key = self.container_in(cluster, &full_arn(Kind::ContainerInstance, cluster, id)?);
        let key = key
            .filter(|key| self.containers[*key].status != ContainerStatus::Inactive)
            .ok_or_else(|| invalid("The referenced container instance was not found."))?;
        let forced = input.get("force").and_then(Value::as_bool) == Some(true);
        if !forced && self.containers[key].running > 0 {
            return Err(invalid("Found running tasks on the instance."));
        }
        self.deregister(context, key, false);
        Ok(json!({ "containerInstance": self.show_changed_container(key) }))
    }

    fn update_container_instances_state(
        &mut self,
        context: &mut Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?.to_owned();
        let status = match text(input, "status") {
            Some("ACTIVE") => ContainerStatus::Active,
            Some("DRAINING") => ContainerStatus::Draining,
            _ => {
                return Err(invalid(
                    "Container instance status should be one of [ACTIVE,DRAINING].",
                ));
            }
        };
        let (mut changed, mut failures) = (Vec::new(), Vec::new());
        let ids = ids(input, Kind::ContainerInstance, 10)?;
        let arns = ids.into_iter().map(|id| full_arn(Kind::ContainerInstance, &cluster, id));
        for arn in arns.collect::<Result<Vec<_>, _>>()? {
            let Some(key) = self.container_in(&cluster, &arn) else {
                failures.push(failure(&arn, "MISSING"));
                continue;
            };
            match self.containers[key].status {
                refused @ (ContainerStatus::Registering | ContainerStatus::Inactive) => {
                    failures.push(failure(&self.containers[key].arn, refused.as_str()));
                }
                ContainerStatus::Active | ContainerStatus::Draining => {
                    self.set_status(context, key, status);
                    changed.push(self.show_changed_container(key));
                }
            }
        }
        Ok(json!({ "containerInstances": changed, "failures": failures }))
    }

    fn describe_tasks(&self, context: &Context, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        let with_tags = includes(input, "TAGS")?;
        for id in ids(input, Kind::Task, 100)? {
            let arn = full_arn(Kind::Task, cluster, id)?;
            match self.task_in(context, cluster, &arn) {
                Some(key) => found.push(tagged(self.show_task(context, key), with_tags)),
                None => failures.push(failure(&arn, "MISSING")),
            }
        }
        Ok(json!({ "tasks": found, "failures": failures }))
    }

    fn stop_task_call(&mut self, context: &mut Context, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let id = text(input, "task").unwrap_or_default();
        let key = self.task_in(context, cluster, &full_arn(Kind::Task, cluster, id)?);
        let key = key.ok_or_else(|| invalid("The referenced task was not found."))?;
        let reason = text(input, "reason").unwrap_or("Task stopped by user");
        if reason.chars().count() > LONGEST_REASON {
            return Err(invalid(format!("reason longer than {LONGEST_REASON}.")));
        }
        self.stop_task(context, key, Stop::new(StopCode::UserInitiated, reason));
        Ok(json!({ "task": self.show_task(context, key) }))
    }

    fn get_task_protection(&self, context: &Context, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for id in ids(input, Kind::Task, 100)? {
            let arn = full_arn(Kind::Task, cluster, id)?;
            let task = self.task_in(context, cluster, &arn).map(|key| &self.tasks[key]);
            match task.filter(|task| task.last != TaskStatus::Stopped) {
                None => failures.push(failure(&arn, "MISSING")),
                Some(task) if task.service.is_none() => {
                    failures.push(failure(&task.arn, "TASK_NOT_VALID"));
                }
                Some(task) => {
                    found.push(match task.protected_until.filter(|at| *at > context.now) {
                        Some(until) => json!({
                            "taskArn": task.arn,
                            "protectionEnabled": true,
                            "expirationDate": epoch(until),
                        }),
                        None => json!({ "taskArn": task.arn, "protectionEnabled": false }),
                    })
                }
            }
        }
        Ok(json!({ "protectedTasks": found, "failures": failures }))
    }

    fn describe_services(&self, context: &Context, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let with_tags = includes(input, "TAGS")?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for name in ids(input, Kind::Service, 10)? {
            let arn = full_arn(Kind::Service, cluster, name)?;
            match self.service(cluster, &arn) {
                Ok(key) => {
                    let state = self.seen_service(context, key);
                    found.push(self.show_service(key, &state, with_tags));
                }
                Err(_) => failures.push(failure(&arn, "MISSING")),
            }
        }
        Ok(json!({ "services": found, "failures": failures }))
    }

    /// The container instance of that id or ARN, if it is of this cluster.
    pub(super) fn container_in(&self, cluster: &str, id: &str) -> Option<ContainerKey> {
        let key = self.container_ids.get(short(id)).copied()?;
        (self.containers[key].cluster == cluster).then_some(key)
    }

    /// The task of that id or ARN, if it is of this cluster and still shown.
    fn task_in(&self, context: &Context, cluster: &str, id: &str) -> Option<TaskKey> {
        let key = self.task_of(id)?;
        let task = &self.tasks[key];
        (task.cluster == cluster && self.visible(context, task)).then_some(key)
    }

    /// The task of that id or ARN, wherever it is.
    pub(super) fn task_of(&self, id: &str) -> Option<TaskKey> {
        self.task_ids.get(short(id)).copied()
    }
}
