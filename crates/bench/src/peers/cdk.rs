//! The AWS CDK's drain hook (`aws-ecs/lib/drain-hook`): one run lasts for the whole drain, and
//! checks the tasks that ran at the beginning every 10 s.
//! <https://github.com/aws/aws-cdk/blob/main/packages/@aws-cdk/custom-resource-handlers/lib/aws-ecs/lambda-source/index.py>
//!
//! `drainTime` is the hook's heartbeat timeout. The function's timeout is 10 s more, up to the 900
//! s that Lambda allows.

use region::api::{Api, ApiError};
use region::wiring::{Endpoint, Wiring};
use serde_json::{Value, json};

use super::parts::{function_arn, wiring as wire};
use super::sdk::Sdk;
use super::{count, list, notification, sleep, text};
use scenarios::stack::CLUSTER;

const PAUSE_SECONDS: u64 = 10;
const LONGEST_RUN_SECONDS: u32 = 900;

pub(super) fn wiring(drain_seconds: u32) -> Wiring {
    let timeout = drain_seconds.saturating_add(10).min(LONGEST_RUN_SECONDS);
    wire(drain_seconds, "CONTINUE", Endpoint::Function(function_arn()), false, timeout)
}

pub(super) async fn handle(sdk: &Sdk, event: &Value) -> Result<(), ApiError> {
    let notification = notification(event);
    let instance = text(&notification, "/EC2InstanceId");
    if instance.is_empty() {
        return Ok(());
    }
    let filter = json!({"cluster": CLUSTER, "filter": format!("ec2InstanceId == {instance}")});
    let found = sdk.call(Api::Ecs, "ListContainerInstances", &filter).await?;
    let arn = text(&found, "/containerInstanceArns/0");
    if arn.is_empty() {
        return Ok(());
    }
    let on_it = json!({"cluster": CLUSTER, "containerInstance": arn});
    let snapshot = list(&sdk.call(Api::Ecs, "ListTasks", &on_it).await?, "/taskArns");
    while has_tasks(sdk, arn, &snapshot).await? {
        sleep(PAUSE_SECONDS).await;
    }
    let complete = json!({
        "LifecycleHookName": text(&notification, "/LifecycleHookName"),
        "LifecycleActionToken": text(&notification, "/LifecycleActionToken"),
        "AutoScalingGroupName": text(&notification, "/AutoScalingGroupName"),
        "LifecycleActionResult": "CONTINUE",
    });
    // The original only logs an error.
    let _ = sdk.call(Api::AutoScaling, "CompleteLifecycleAction", &complete).await;
    Ok(())
}

async fn has_tasks(sdk: &Sdk, arn: &str, snapshot: &[Value]) -> Result<bool, ApiError> {
    let describe = json!({"cluster": CLUSTER, "containerInstances": [arn]});
    let described = sdk.call(Api::Ecs, "DescribeContainerInstances", &describe).await?;
    let Some(instance) = described.pointer("/containerInstances/0") else { return Ok(false) };
    if text(instance, "/status") == "ACTIVE" {
        let draining =
            json!({"cluster": CLUSTER, "containerInstances": [arn], "status": "DRAINING"});
        sdk.call(Api::Ecs, "UpdateContainerInstancesState", &draining).await?;
        return Ok(true);
    }
    let pending = count(instance, "/pendingTasksCount");
    if !snapshot.is_empty() {
        let describe = json!({"cluster": CLUSTER, "tasks": snapshot});
        let tasks = list(&sdk.call(Api::Ecs, "DescribeTasks", &describe).await?, "/tasks");
        if pending > 0 || tasks.iter().any(|task| text(task, "/lastStatus") != "STOPPED") {
            return Ok(true);
        }
    }
    Ok(count(instance, "/runningTasksCount") + pending > 0)
}
