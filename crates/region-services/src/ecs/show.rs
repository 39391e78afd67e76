//! Container instances and tasks as JSON, in the API's answers and in events.

use serde_json::{Value, json};

use super::Ecs;
use super::definitions::definition_arn;
use super::model::{
    ContainerInstance, ContainerState, DeploymentState, ServiceState, Task, desired_status,
};
use crate::arena::{ContainerKey, ServiceKey, TaskKey};
use crate::context::Context;
use region_core::Time;
use region_core::wording::{epoch, put, rfc3339};

/// How a time is written: the one thing in which answers and events differ.
type Stamp = fn(Time) -> Value;

fn event_stamp(time: Time) -> Value {
    Value::String(rfc3339(time))
}

fn resources(cpu: u32, memory: u32) -> Value {
    json!([
        { "name": "CPU", "type": "INTEGER", "integerValue": cpu },
        { "name": "MEMORY", "type": "INTEGER", "integerValue": memory },
    ])
}

fn container_json(container: &ContainerInstance, state: &ContainerState, stamp: Stamp) -> Value {
    let built_in = ["ecs.availability-zone", "ecs.os-type"];
    let custom = &state.attributes;
    let names = built_in.into_iter().chain(custom.keys().map(String::as_str));
    let attributes: Vec<_> = names
        .map(|name| match container.attribute_of(custom, name).flatten() {
            Some(value) => json!({ "name": name, "value": value }),
            None => json!({ "name": name }),
        })
        .collect();
    let mut shown = json!({
        "containerInstanceArn": container.arn,
        "ec2InstanceId": container.ec2_id,
        "version": container.version,
        "versionInfo": {
            "agentVersion": "1.98.0",
            "agentHash": "a1b2c3d4",
            "dockerVersion": "DockerVersion: 25.0.8",
        },
        "status": state.status.as_str(),
        "agentConnected": state.agent_connected,
        "runningTasksCount": state.running,
        "pendingTasksCount": state.pending,
        "attachments": [],
        "tags": [],
    });
    put(&mut shown, "registeredResources", resources(container.cpu, container.memory));
    put(&mut shown, "remainingResources", resources(state.cpu_left, state.memory_left));
    put(&mut shown, "attributes", attributes);
    put(&mut shown, "registeredAt", stamp(container.registered_at));
    shown
}

impl Ecs {
    /// A container instance as DescribeContainerInstances shows it, if it does.
    pub(super) fn show_container(&self, context: &Context, key: ContainerKey) -> Option<Value> {
        let state = self.seen_container(context, key)?;
        Some(container_json(&self.containers[key], &state, epoch))
    }

    /// A container instance as the answer to a change shows it.
    pub(super) fn show_changed_container(&self, key: ContainerKey) -> Value {
        let container = &self.containers[key];
        container_json(container, &container.state(), epoch)
    }

    /// A task as DescribeTasks shows it.
    pub(super) fn show_task(&self, context: &Context, key: TaskKey) -> Value {
        let task = &self.tasks[key];
        let mut shown = self.task_json(task, epoch);
        let (last, wanted) = self.seen_task(context, task);
        put(&mut shown, "lastStatus", last.as_str());
        put(&mut shown, "desiredStatus", desired_status(wanted));
        shown
    }

    /// "ECS Container Instance State Change".
    pub(super) fn emit_container(&mut self, context: &mut Context, key: ContainerKey) {
        let container = &self.containers[key];
        let mut detail = container_json(container, &container.state(), event_stamp);
        let cluster = self.clusters.get(&container.cluster);
        put(&mut detail, "clusterArn", cluster.map(|cluster| cluster.arn.clone()));
        put(&mut detail, "updatedAt", event_stamp(context.now));
        let arn = container.arn.clone();
        context.emit("aws.ecs", "ECS Container Instance State Change", &[&arn], detail);
    }

    /// "ECS Task State Change".
    pub(super) fn emit_task(&mut self, context: &mut Context, key: TaskKey) {
        let task = &self.tasks[key];
        let mut detail = self.task_json(task, event_stamp);
        put(&mut detail, "updatedAt", event_stamp(context.now));
        let arn = task.arn.clone();
        context.emit("aws.ecs", "ECS Task State Change", &[&arn], detail);
    }

    fn task_json(&self, task: &Task, stamp: Stamp) -> Value {
        let container = &self.containers[task.container];
        let cluster = self.clusters.get(&task.cluster);
        let mut shown = json!({
            "taskArn": task.arn,
            "clusterArn": cluster.map(|cluster| &cluster.arn),
            "containerInstanceArn": container.arn,
            "taskDefinitionArn": definition_arn(&task.family, task.revision),
            "availabilityZone": container.zone,
            "containers": [{
                "name": task.family,
                "lastStatus": task.last.as_str(),
                "healthStatus": "UNKNOWN",
            }],
            "group": task.group,
            "launchType": "EC2",
            "desiredStatus": task.desired(),
            "lastStatus": task.last.as_str(),
            "healthStatus": "UNKNOWN",
            "connectivity": if container.agent_connected { "CONNECTED" } else { "DISCONNECTED" },
            "cpu": task.workload.cpu.to_string(),
            "memory": task.workload.memory.to_string(),
            "version": task.version,
            "createdAt": stamp(task.created_at),
        });
        let times = [
            ("startedAt", task.started_at),
            ("stoppingAt", task.stopping_at),
            ("stoppedAt", task.reported_stopped_at),
        ];
        for (name, time) in times {
            if let Some(time) = time {
                put(&mut shown, name, stamp(time));
            }
        }
        if let Some(started_by) = &task.started_by {
            put(&mut shown, "startedBy", started_by.as_str());
        }
        if let Some(reason) = &task.stop_reason {
            put(&mut shown, "stoppedReason", reason.as_str());
        }
        shown
    }

    /// A service in this state; with its tags only if the call includes them.
    pub(super) fn show_service(
        &self,
        key: ServiceKey,
        state: &ServiceState,
        with_tags: bool,
    ) -> Value {
        let service = &self.services[key];
        let sum = |count: fn(&DeploymentState) -> usize| -> usize {
            state.deployments.iter().map(count).sum()
        };
        let arn = |revision: usize| definition_arn(&service.name, revision);
        let deployments = state.deployments.iter().enumerate().map(|(place, of)| {
            let deployment = &of.deployment;
            json!({
                "id": deployment.id,
                "status": if place == 0 { "PRIMARY" } else { "ACTIVE" },
                "taskDefinition": arn(deployment.revision),
                "desiredCount": of.desired,
                "runningCount": of.running,
                "pendingCount": of.pending,
                "failedTasks": 0,
                "createdAt": epoch(deployment.created_at),
                "updatedAt": epoch(deployment.updated_at),
                "launchType": "EC2",
                "rolloutState": if deployment.completed { "COMPLETED" } else { "IN_PROGRESS" },
            })
        });
        let events = service.events.iter().map(|event| {
            json!({
                "id": event.id,
                "createdAt": epoch(event.at),
                "message": event.message,
            })
        });
        let mut shown = json!({
            "serviceArn": service.arn,
            "serviceName": service.name,
            "clusterArn": self.clusters.get(&service.cluster).map(|cluster| &cluster.arn),
            "status": "ACTIVE",
            "desiredCount": state.desired,
            "runningCount": sum(|deployment| deployment.running),
            "pendingCount": sum(|deployment| deployment.pending),
            "launchType": "EC2",
            "schedulingStrategy": if service.daemon { "DAEMON" } else { "REPLICA" },
            "taskDefinition": state.deployments.first().map(|of| arn(of.deployment.revision)),
            "deploymentConfiguration": {
                "minimumHealthyPercent": service.minimum_healthy_percent,
                "maximumPercent": service.maximum_percent,
            },
            "createdAt": epoch(service.created_at),
        });
        put(&mut shown, "deployments", deployments.collect::<Vec<_>>());
        put(&mut shown, "events", events.collect::<Vec<_>>());
        if with_tags {
            let tags = state.tags.iter().map(|(key, value)| json!({"key": key, "value": value}));
            put(&mut shown, "tags", tags.collect::<Vec<_>>());
        }
        shown
    }
}
