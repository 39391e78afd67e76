//! The operations of ECS.

use serde_json::{Value, json};

use super::Ecs;
use super::error::invalid;
use super::status::{ContainerStatus, TaskStatus};
use crate::arena::{ContainerKey, TaskKey};
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{short, text, texts};
use region_core::wording::epoch;

/// The ids under `name`: at least one, at most `most`.
fn ids<'a>(input: &'a Value, name: &str, most: usize) -> Result<Vec<&'a str>, ApiError> {
    let ids = texts(input, name);
    match ids.len() {
        0 => Err(invalid(format!("{name} cannot be empty."))),
        count if count > most => {
            Err(invalid(format!("{name} can have at most {most} items in one call.")))
        }
        _ => Ok(ids),
    }
}

fn failure(arn: &str, reason: &str) -> Value {
    json!({ "arn": arn, "reason": reason })
}

impl Ecs {
    /// Answer one call to ECS.
    pub(crate) fn call(
        &mut self,
        context: &mut Context,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        match operation {
            "DeleteAttributes" => self.delete_attributes(context, input),
            "DeregisterContainerInstance" => self.deregister_container_instance(context, input),
            "DescribeContainerInstances" => self.describe_container_instances(context, input),
            "DescribeServices" => self.describe_services(context, input),
            "DescribeTaskDefinition" => self.describe_task_definition(input),
            "DescribeTasks" => self.describe_tasks(context, input),
            "GetTaskProtection" => self.get_task_protection(context, input),
            "ListClusters" => self.list_clusters(input),
            "ListContainerInstances" => self.list_container_instances(context, input),
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
        for id in ids(input, "containerInstances", 100)? {
            let shown =
                self.container_in(cluster, id).and_then(|key| self.show_container(context, key));
            match shown {
                Some(shown) => found.push(shown),
                None => failures.push(failure(id, "MISSING")),
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
        let key = text(input, "containerInstance").and_then(|id| self.container_in(cluster, id));
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
        for id in ids(input, "containerInstances", 10)? {
            let Some(key) = self.container_in(&cluster, id) else {
                failures.push(failure(id, "MISSING"));
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
        for id in ids(input, "tasks", 100)? {
            match self.task_in(context, cluster, id) {
                Some(key) => found.push(self.show_task(context, key)),
                None => failures.push(failure(id, "MISSING")),
            }
        }
        Ok(json!({ "tasks": found, "failures": failures }))
    }

    fn stop_task_call(&mut self, context: &mut Context, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let key = text(input, "task").and_then(|id| self.task_in(context, cluster, id));
        let key = key.ok_or_else(|| invalid("The referenced task was not found."))?;
        self.stop_task(context, key, text(input, "reason").unwrap_or("Task stopped by user"));
        Ok(json!({ "task": self.show_task(context, key) }))
    }

    fn get_task_protection(&self, context: &Context, input: &Value) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for id in ids(input, "tasks", 100)? {
            let task = self.task_in(context, cluster, id).map(|key| &self.tasks[key]);
            match task.filter(|task| task.last != TaskStatus::Stopped) {
                None => failures.push(failure(id, "MISSING")),
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
        let include = texts(input, "include");
        if let Some(other) = include.iter().find(|include| **include != "TAGS") {
            return Err(invalid(format!("Invalid include: {other}")));
        }
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for name in ids(input, "services", 10)? {
            match self.service(cluster, name) {
                Ok(key) => {
                    let state = self.seen_service(context, key);
                    found.push(self.show_service(key, &state, !include.is_empty()));
                }
                Err(_) => failures.push(failure(name, "MISSING")),
            }
        }
        Ok(json!({ "services": found, "failures": failures }))
    }

    /// The name of the cluster a call is about; `default` when it names none.
    ///
    /// # Errors
    /// `ClusterNotFoundException`.
    pub(super) fn cluster_of<'a>(&self, input: &'a Value) -> Result<&'a str, ApiError> {
        self.known_cluster(text(input, "cluster").unwrap_or("default"))
    }

    /// The name of a cluster given by name or ARN.
    ///
    /// # Errors
    /// `ClusterNotFoundException`.
    pub(crate) fn known_cluster<'a>(&self, cluster: &'a str) -> Result<&'a str, ApiError> {
        let name = short(cluster);
        if self.clusters.contains_key(name) {
            return Ok(name);
        }
        Err(ApiError::client("ClusterNotFoundException", "Cluster not found."))
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
