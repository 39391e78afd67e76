//! The true state as JSON.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::Server;
use region_core::Time;
use region_messaging::Messaging;
use region_services::{Action, ActionEnd, ContainerTruth, InstanceTruth, TaskTruth};
use region_wiring::Wiring;

pub(super) async fn truth(State(server): State<Server>) -> Json<Value> {
    Json(server.live.with(|region, now| {
        let instances = region.services().truth().instances();
        json!({
            "now": moment(now),
            "instances": instances.map(|seen| instance(&seen)).collect::<Vec<_>>(),
            "calls": region.calls(),
            "functions": functions(region.messaging(), &server.wiring),
            "queues": queues(region.messaging(), &server.wiring),
            "undelivered": region.messaging().undelivered(),
        })
    }))
}

fn moment(time: Time) -> Value {
    time.format(&Rfc3339).map_or(Value::Null, Value::String)
}

fn instance(instance: &InstanceTruth<'_>) -> Value {
    json!({
        "id": instance.id,
        "group": instance.group,
        "zone": instance.zone,
        "state": instance.state.as_str(),
        "terminated-at": instance.terminated_at.map(moment),
        "last-container-stop": instance.last_container_stop.map(moment),
        "container-instances": instance.containers().map(|c| container(&c)).collect::<Vec<_>>(),
        "tasks": instance.tasks().map(|t| task(&t)).collect::<Vec<_>>(),
        "lifecycle-actions": instance.actions.iter().map(action).collect::<Vec<_>>(),
    })
}

fn container(container: &ContainerTruth<'_>) -> Value {
    json!({
        "arn": container.arn,
        "cluster": container.cluster,
        "status": container.status.as_str(),
        "agent-connected": container.agent_connected,
        "attributes": container.attributes,
        "running-tasks-count": container.running,
        "pending-tasks-count": container.pending,
    })
}

fn task(task: &TaskTruth<'_>) -> Value {
    json!({
        "arn": task.arn,
        "group": task.group,
        "wanted": task.wanted,
        "last-status": task.last.as_str(),
        "stopped-at": task.stopped_at.map(moment),
        "cut-short": task.cut_short,
    })
}

fn action(action: &Action) -> Value {
    let (ended_at, end) = match action.ended {
        Some((at, end)) => (Some(moment(at)), Some(end_name(end))),
        None => (None, None),
    };
    json!({
        "hook": action.hook,
        "token": action.token,
        "started-at": moment(action.started_at),
        "last-heartbeat": moment(action.last_heartbeat),
        "expires-at": moment(action.expires_at()),
        "ended-at": ended_at,
        "end": end,
    })
}

fn end_name(end: ActionEnd) -> &'static str {
    match end {
        ActionEnd::Completed(result) => result.as_str(),
        ActionEnd::HeartbeatTimeout => "heartbeat timeout",
        ActionEnd::GlobalTimeout => "global timeout",
        ActionEnd::Skipped => "skipped",
    }
}

fn functions(messaging: &Messaging, wiring: &Wiring) -> Map<String, Value> {
    let ids = wiring.functions.iter().map(|function| &function.logical_id);
    let seen = ids.filter_map(|id| {
        let truth = messaging.function_truth(id)?;
        let counts = json!({
            "invocations": truth.invocations,
            "errors": truth.errors,
            "timeouts": truth.timeouts,
            "throttles": truth.throttles,
            "recursive-invocations-dropped": truth.recursive_dropped,
            "billed-milliseconds": truth.billed_milliseconds,
        });
        Some((id.clone(), counts))
    });
    seen.collect()
}

fn queues(messaging: &Messaging, wiring: &Wiring) -> Map<String, Value> {
    let ids = wiring.queues.iter().map(|queue| &queue.logical_id);
    let seen = ids.filter_map(|id| {
        let truth = messaging.queue_truth(id)?;
        let messages = messaging.messages(id);
        let bodies = messages.iter().map(|message| message.content.body.as_str());
        let counts = json!({
            "visible": truth.visible,
            "in-flight": truth.in_flight,
            "delayed": truth.delayed,
            "sent": truth.sent,
            "deduplicated": truth.deduplicated,
            "redriven": truth.redriven,
            "messages": bodies.collect::<Vec<_>>(),
        });
        Some((id.clone(), counts))
    });
    seen.collect()
}
