//! Tasks as JSON, in the API's answers and in events, after API_Task and API_Container.

use serde_json::{Value, json};

use super::Ecs;
use super::definitions::{ContainerSize, definition_arn, image};
use super::model::{Task, desired_status};
use super::show::{Stamp, event_stamp};
use super::status::TaskStatus;
use crate::arena::TaskKey;
use crate::context::Context;
use region_core::wording::{ecs_arn, epoch, put};

/// The id of a task's only container. It follows from the task's, so that no random number is
/// needed for it.
fn container_id(task: &str) -> String {
    let part = |from, to| task.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

fn container_json(task: &Task) -> Value {
    let id = container_id(&task.id);
    let size = ContainerSize::of(&task.workload);
    let mut shown = json!({
        "containerArn": ecs_arn("container", &format!("{}/{}/{id}", task.cluster, task.id)),
        "taskArn": task.arn,
        "name": task.family,
        "image": image(&task.family, task.revision),
        "lastStatus": task.last.of_container(),
        "healthStatus": "UNKNOWN",
        "networkBindings": [],
        "networkInterfaces": [],
        "cpu": size.cpu.to_string(),
    });
    for (name, limit) in [("memory", size.memory), ("memoryReservation", size.memory_reservation)] {
        if let Some(limit) = limit {
            put(&mut shown, name, limit.to_string());
        }
    }
    if task.started_at.is_some() {
        put(&mut shown, "runtimeId", task.id.repeat(2));
    }
    let exit_code = task.stop.as_ref().and_then(|stop| stop.exit_code());
    if let Some(code) = exit_code.filter(|_| task.known_to_have_exited()) {
        put(&mut shown, "exitCode", code);
    }
    shown
}

impl Task {
    /// Whether ECS knows that its containers have stopped, and did not end with the machine.
    fn known_to_have_exited(&self) -> bool {
        self.last >= TaskStatus::Deprovisioning && self.containers_stopped_at.is_some()
    }
}

impl Ecs {
    /// A task as DescribeTasks shows it.
    pub(super) fn show_task(&self, context: &Context, key: TaskKey) -> Value {
        let task = &self.tasks[key];
        let mut shown = self.task_json(task, epoch);
        let (last, wanted) = self.seen_task(context, task);
        put(&mut shown, "lastStatus", last.as_str());
        put(&mut shown, "desiredStatus", desired_status(wanted));
        shown
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
            "attachments": [],
            "overrides": { "containerOverrides": [{ "name": task.family }] },
            "enableExecuteCommand": false,
            "group": task.group,
            "launchType": "EC2",
            "desiredStatus": task.desired(),
            "lastStatus": task.last.as_str(),
            "healthStatus": "UNKNOWN",
            "connectivity": if container.agent_connected { "CONNECTED" } else { "DISCONNECTED" },
            "connectivityAt": stamp(container.connected_at.max(task.created_at)),
            "cpu": task.workload.cpu.to_string(),
            "memory": task.workload.memory.to_string(),
            "version": task.version,
            "createdAt": stamp(task.created_at),
        });
        put(&mut shown, "containers", vec![container_json(task)]);
        let exited = task.containers_stopped_at.filter(|_| task.known_to_have_exited());
        let times = [
            ("startedAt", task.started_at),
            ("stoppingAt", task.stopping_at),
            ("executionStoppedAt", exited),
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
        if let Some(stop) = &task.stop {
            put(&mut shown, "stopCode", stop.code.as_str());
            put(&mut shown, "stoppedReason", stop.reason.as_str());
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_container_is_a_uuid_of_its_task() {
        let id = container_id("00112233445566778899aabbccddeeff");
        assert_eq!(id, "00112233-4455-6677-8899-aabbccddeeff");
    }
}
