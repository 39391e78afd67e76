//! Events from EventBridge: `detail-type` says what `detail` holds.
//!
//! ```json
//! {"detail-type":"ECS Container Instance State Change","source":"aws.ecs","time":"2026-11-22T09:05:00Z",
//!  "detail":{"clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/demo",
//!            "containerInstanceArn":"arn:aws:ecs:us-east-1:123456789012:container-instance/demo/0a1b…",
//!            "status":"DRAINING","runningTasksCount":0,"pendingTasksCount":0}}
//! {"detail-type":"ECS Task State Change","source":"aws.ecs",
//!  "detail":{"clusterArn":"…","containerInstanceArn":"…","taskArn":"…","lastStatus":"STOPPED"}}
//! {"detail-type":"EC2 Spot Instance Interruption Warning","source":"aws.ec2","time":"…",
//!  "detail":{"instance-id":"i-0123456789abcdef0","instance-action":"terminate"}}
//! ```

use aws_names::{ClusterArn, ClusterName};
use serde_json::Value;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::{
    CutShort, Drained, Malformed, Notification, Skip, SpotInterruption, Stopped, field, lifecycle,
};
use crate::Time;

/// Parses an event by its `detail-type`.
pub(super) fn classify(event: &Value) -> Result<Notification, Malformed> {
    let detail = event.get("detail").unwrap_or(&Value::Null);
    match event.get("detail-type").and_then(Value::as_str) {
        Some("EC2 Instance-terminate Lifecycle Action") => lifecycle::transition(detail),
        Some("EC2 Instance-launch Lifecycle Action") => Ok(Notification::Skip(Skip::Launching)),
        Some("EC2 Instance Rebalance Recommendation") => {
            Ok(Notification::Skip(Skip::RebalanceRecommendation))
        }
        Some("EC2 Spot Instance Interruption Warning") => spot(event, detail),
        Some("ECS Container Instance State Change") => container_instance(event, detail),
        Some("ECS Task State Change") => task(event, detail),
        _ => Ok(Notification::Skip(Skip::Unknown)),
    }
}

/// The cluster of an event of ECS.
fn cluster(detail: &Value, kind: &'static str) -> Result<ClusterName, Malformed> {
    let arn: ClusterArn = field(detail, kind, "detail.clusterArn").parsed()?;
    Ok(arn.name())
}

fn spot(event: &Value, detail: &Value) -> Result<Notification, Malformed> {
    const KIND: &str = "Spot interruption";
    let time = field(event, KIND, "time");
    Ok(Notification::SpotInterruption(SpotInterruption {
        instance: field(detail, KIND, "detail.instance-id").parsed()?,
        at: Time::parse(time.text()?, &Rfc3339).map_err(|_| time.is("not an RFC 3339 time"))?,
    }))
}

fn container_instance(event: &Value, detail: &Value) -> Result<Notification, Malformed> {
    const KIND: &str = "container instance change";
    let is = |field: &str, value: Value| detail.get(field) == Some(&value);
    let drained = Drained {
        cluster: cluster(detail, KIND)?,
        arn: field(detail, KIND, "detail.containerInstanceArn").parsed()?,
        agent_connected: is("agentConnected", true.into()),
        at: at(event),
    };
    let empty = is("status", "DRAINING".into())
        && is("runningTasksCount", 0.into())
        && is("pendingTasksCount", 0.into());
    Ok(if empty { Notification::Drained(drained) } else { Notification::Skip(Skip::NoProgress) })
}

/// The time of an event. EventBridge truncates times to whole seconds.
fn at(event: &Value) -> Option<Time> {
    let time = event.get("time").and_then(Value::as_str);
    let at = time.and_then(|time| Time::parse(time, &Rfc3339).ok());
    at.and_then(|at| at.checked_add(Duration::SECOND))
}

fn task(event: &Value, detail: &Value) -> Result<Notification, Malformed> {
    const KIND: &str = "task change";
    if detail.get("containerInstanceArn").is_none() && detail.get("taskArn").is_some() {
        return Ok(Notification::Skip(Skip::NotOnContainerInstance));
    }
    if field(detail, KIND, "detail.lastStatus").text()? != "STOPPED" {
        return Ok(Notification::Skip(Skip::NoProgress));
    }
    Ok(Notification::Stopped(Stopped {
        cluster: cluster(detail, KIND)?,
        container_instance: field(detail, KIND, "detail.containerInstanceArn").parsed()?,
        arn: field(detail, KIND, "detail.taskArn").parsed()?,
        at: at(event),
        cut_short: cut_short(detail),
    }))
}

/// `"stopCode": "TerminationNotice"` with the reason `Host EC2 (instance i-…) terminated.`
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>)
fn cut_short(detail: &Value) -> Option<CutShort> {
    let text = |field: &str| detail.get(field).and_then(Value::as_str);
    text("stopCode").filter(|code| *code == "TerminationNotice")?;
    let reason = text("stoppedReason").unwrap_or_default();
    let mut words = reason.split(['(', ')', ' ']);
    Some(CutShort { instance: words.find_map(|word| word.parse().ok()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CLUSTER: &str = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
    const CONTAINER_INSTANCE: &str = "arn:aws:ecs:us-east-1:123456789012:container-instance/demo/1";
    const TASK: &str = "arn:aws:ecs:us-east-1:123456789012:task/demo/1";
    const INSTANCE: &str = "i-0123456789abcdef0";

    #[test]
    fn a_container_instance_is_empty_only_when_draining_with_nothing_running_or_pending() {
        let change = |status: &str, running: u64, pending: u64| {
            let event = json!({"detail-type": "ECS Container Instance State Change", "detail": {
                "clusterArn": CLUSTER, "containerInstanceArn": CONTAINER_INSTANCE, "status": status,
                "runningTasksCount": running, "pendingTasksCount": pending}});
            matches!(classify(&event), Ok(Notification::Drained(_)))
        };
        assert!(change("DRAINING", 0, 0));
        assert!(!change("ACTIVE", 0, 0));
        assert!(!change("DRAINING", 1, 0));
        assert!(!change("DRAINING", 0, 1));
    }

    #[test]
    fn only_a_stopped_task_on_a_container_instance_brings_a_drain_further() {
        let task = |detail: Value| {
            classify(&json!({"detail-type": "ECS Task State Change", "detail": detail}))
        };
        let stopped = json!({"clusterArn": CLUSTER, "containerInstanceArn": CONTAINER_INSTANCE, "taskArn": TASK,
            "lastStatus": "STOPPED"});
        assert!(matches!(task(stopped.clone()), Ok(Notification::Stopped(_))));
        let mut stopping = stopped.clone();
        stopping["lastStatus"] = json!("STOPPING");
        assert_eq!(task(stopping), Ok(Notification::Skip(Skip::NoProgress)));
        let fargate = json!({"clusterArn": CLUSTER, "taskArn": TASK, "lastStatus": "STOPPED"});
        assert_eq!(task(fargate), Ok(Notification::Skip(Skip::NotOnContainerInstance)));
        let mut nameless = stopped;
        nameless["taskArn"] = json!(null);
        let error = task(nameless).unwrap_err().to_string();
        assert_eq!(error, "task change: field `detail.taskArn` is not a string");
    }

    #[test]
    fn a_task_that_died_with_its_instance_is_told_from_others() {
        let stopped = |code: &str, reason: &str| {
            let event = json!({"detail-type": "ECS Task State Change", "detail": {
                "clusterArn": CLUSTER, "containerInstanceArn": CONTAINER_INSTANCE, "taskArn": TASK,
                "lastStatus": "STOPPED", "stopCode": code, "stoppedReason": reason}});
            match classify(&event) {
                Ok(Notification::Stopped(stopped)) => stopped.cut_short,
                other => panic!("{other:?}"),
            }
        };
        let host = format!("Host EC2 (instance {INSTANCE}) terminated.");
        let instance = Some(INSTANCE.parse().unwrap());
        assert_eq!(stopped("TerminationNotice", &host), Some(CutShort { instance }));
        let unnamed = Some(CutShort { instance: None });
        assert_eq!(stopped("TerminationNotice", "by somebody"), unnamed);
        assert_eq!(stopped("ServiceSchedulerInitiated", &host), None);
    }

    #[test]
    fn an_id_that_aws_does_not_give_is_named() {
        let event = json!({"detail-type": "ECS Container Instance State Change",
            "detail": {"clusterArn": CLUSTER, "containerInstanceArn": TASK}});
        assert_eq!(
            classify(&event).unwrap_err().to_string(),
            "container instance change: field `detail.containerInstanceArn` is not the ARN of a \
             container instance"
        );
    }

    #[test]
    fn a_spot_interruption_without_a_time_or_an_instance_is_named() {
        let spot = |time: Value, detail: Value| {
            classify(&json!({"detail-type": "EC2 Spot Instance Interruption Warning",
                "time": time, "detail": detail}))
            .map_err(|error| error.to_string())
        };
        let instance = json!({"instance-id": INSTANCE});
        assert!(matches!(
            spot(json!("2026-11-22T09:00:00Z"), instance.clone()),
            Ok(Notification::SpotInterruption(_))
        ));
        assert_eq!(
            spot(json!("yesterday"), instance).unwrap_err(),
            "Spot interruption: field `time` is not an RFC 3339 time"
        );
        assert_eq!(
            spot(json!("2026-11-22T09:00:00Z"), json!(null)).unwrap_err(),
            "Spot interruption: field `detail.instance-id` is absent"
        );
    }

    #[test]
    fn a_lifecycle_event_is_the_notification_in_its_detail_and_a_rebalance_is_a_skip() {
        let event = json!({"detail-type": "EC2 Instance-terminate Lifecycle Action", "detail": {
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
            "AutoScalingGroupName": "demo-group", "EC2InstanceId": INSTANCE}});
        assert!(matches!(classify(&event), Ok(Notification::Terminating(_))));
        for (kind, skip) in [
            ("EC2 Instance Rebalance Recommendation", Skip::RebalanceRecommendation),
            ("EC2 Instance-launch Lifecycle Action", Skip::Launching),
            ("Scheduled Event", Skip::Unknown),
        ] {
            assert_eq!(classify(&json!({"detail-type": kind})), Ok(Notification::Skip(skip)));
        }
    }
}
