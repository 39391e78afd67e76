//! Container instances and services as JSON, in the API's answers and in events.

use serde_json::{Value, json};

use super::Ecs;
use super::definitions::definition_arn;
use super::model::{ContainerInstance, ContainerState, DeploymentState, ServiceState};
use crate::arena::{ContainerKey, ServiceKey};
use crate::context::Context;
use region_core::Time;
use region_core::wording::{epoch, put, rfc3339};

/// How a time is written: the one thing in which answers and events differ.
pub(super) type Stamp = fn(Time) -> Value;

pub(super) fn event_stamp(time: Time) -> Value {
    Value::String(rfc3339(time))
}

fn resources(cpu: u32, memory: u32) -> Value {
    json!([
        { "name": "CPU", "type": "INTEGER", "integerValue": cpu },
        { "name": "MEMORY", "type": "INTEGER", "integerValue": memory },
    ])
}

/// An attribute, bare or with a value.
pub(super) fn attribute_json(name: &str, value: Option<&str>) -> Value {
    match value {
        Some(value) => json!({ "name": name, "value": value }),
        None => json!({ "name": name }),
    }
}

fn container_json(container: &ContainerInstance, state: &ContainerState, stamp: Stamp) -> Value {
    let attributes = container.attributes_of(&state.attributes);
    let attributes: Vec<_> = attributes.map(|(name, value)| attribute_json(name, value)).collect();
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
            "schedulingStrategy": service.strategy(),
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
