//! The ECS cluster of widdix/aws-cf-templates: it sends itself a message every 60 s and records a
//! heartbeat with each. It is done when ListTasks, which lists tasks that are to run, lists none.
//! <https://github.com/widdix/aws-cf-templates/blob/master/ecs/cluster.yaml>
//!
//! The function has a reserved concurrency of 1, and its mapping no maximum concurrency. What the
//! mapping receives while the function runs is throttled, stays hidden for the visibility timeout,
//! and after five receives goes to the dead-letter queue.
//!
//! The model differs in one point. The notification passes through a topic, because the simulated
//! region needs one between hook and queue (20 to 100 ms).

use region::api::{Api, ApiError};
use region::wiring::{Endpoint, MappingSpec, Redrive, Wiring};
use serde_json::{Value, json};
use time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::parts::{arn, function_arn, queue, wiring as wire};
use super::sdk::Sdk;
use super::{FUNCTION, list, text};
use scenarios::stack::CLUSTER;

const HEARTBEAT_SECONDS: u32 = 600;
const TIMEOUT_SECONDS: u32 = 30;
const VISIBILITY_SECONDS: u32 = 60;
const RECEIVES: u32 = 5;
const DELAY_SECONDS: u32 = 60;

/// The default of `DrainingTimeoutInSeconds`.
const DRAINING_TIMEOUT: Duration = Duration::minutes(10);

pub(super) fn wiring() -> Wiring {
    let dead = queue("DeadLetters", VISIBILITY_SECONDS);
    let redrive = Redrive { queue_arn: dead.arn.clone(), max_receive_count: RECEIVES };
    let hooks = queue("Hooks", VISIBILITY_SECONDS);
    let endpoint = Endpoint::Queue(hooks.arn.clone());
    let mapping = MappingSpec {
        logical_id: FUNCTION.to_owned(),
        queue_arn: hooks.arn.clone(),
        function_arn: function_arn(),
        batch_size: 1,
        window_seconds: 0,
        maximum_concurrency: None,
        report_batch_item_failures: false,
        filters: Vec::new(),
        enabled: true,
    };
    let mut wiring = wire(HEARTBEAT_SECONDS, "CONTINUE", endpoint, true, TIMEOUT_SECONDS);
    for function in &mut wiring.functions {
        function.reserved_concurrency = Some(1);
    }
    wiring.queues.push(region::wiring::QueueSpec { redrive: Some(redrive), ..hooks });
    wiring.queues.push(dead);
    wiring.mappings.push(mapping);
    wiring
}

pub(super) async fn handle(sdk: &Sdk, event: &Value) -> Result<(), ApiError> {
    let body = serde_json::from_str(text(event, "/Records/0/body")).unwrap_or_default();
    match text(&body, "/Event") {
        "custom:DRAIN_WAIT" => poll(sdk, &body).await,
        _ if text(&body, "/LifecycleTransition") == "autoscaling:EC2_INSTANCE_TERMINATING" => {
            begin(sdk, &body).await
        }
        _ => Ok(()),
    }
}

async fn begin(sdk: &Sdk, notification: &Value) -> Result<(), ApiError> {
    let instance = text(notification, "/EC2InstanceId");
    let filter = json!({"cluster": CLUSTER, "filter": format!("ec2InstanceId == {instance}")});
    let found = sdk.call(Api::Ecs, "ListContainerInstances", &filter).await?;
    let arn = text(&found, "/containerInstanceArns/0");
    let draining = json!({"cluster": CLUSTER, "containerInstances": [arn], "status": "DRAINING"});
    sdk.call(Api::Ecs, "UpdateContainerInstancesState", &draining).await?;
    let wait = json!({
        "Service": "DrainInstance",
        "Event": "custom:DRAIN_WAIT",
        "ContainerInstanceArn": arn,
        "AutoScalingGroupName": text(notification, "/AutoScalingGroupName"),
        "LifecycleHookName": text(notification, "/LifecycleHookName"),
        "LifecycleActionToken": text(notification, "/LifecycleActionToken"),
        "TerminateTime": text(notification, "/Time"),
    });
    again(sdk, &wait).await
}

async fn poll(sdk: &Sdk, wait: &Value) -> Result<(), ApiError> {
    let on_it =
        json!({"cluster": CLUSTER, "containerInstance": text(wait, "/ContainerInstanceArn")});
    let tasks = list(&sdk.call(Api::Ecs, "ListTasks", &on_it).await?, "/taskArns");
    let mut action = json!({
        "AutoScalingGroupName": text(wait, "/AutoScalingGroupName"),
        "LifecycleHookName": text(wait, "/LifecycleHookName"),
        "LifecycleActionToken": text(wait, "/LifecycleActionToken"),
    });
    let began = OffsetDateTime::parse(text(wait, "/TerminateTime"), &Rfc3339);
    let late = began.is_ok_and(|began| sdk.now() - began >= DRAINING_TIMEOUT);
    if !tasks.is_empty() && !late {
        sdk.call(Api::AutoScaling, "RecordLifecycleActionHeartbeat", &action).await?;
        return again(sdk, wait).await;
    }
    if let Some(fields) = action.as_object_mut() {
        fields.insert("LifecycleActionResult".to_owned(), json!("CONTINUE"));
    }
    sdk.call(Api::AutoScaling, "CompleteLifecycleAction", &action).await.map(|_| ())
}

async fn again(sdk: &Sdk, wait: &Value) -> Result<(), ApiError> {
    sdk.send(&arn("sqs", "Hooks"), wait, DELAY_SECONDS).await
}
