//! aws-samples/ecs-cid-sample, August 2018: every run describes all container instances until one
//! matches, and publishes the notification to its topic again while `runningTasksCount` is above 0.
//! <https://github.com/aws-samples/ecs-cid-sample/blob/master/cform/ecs.yaml>
//!
//! It records no heartbeat, so the hook's timeout of 900 s ends the drain with ABANDON.

use region::api::{Api, ApiError};
use region::wiring::{Endpoint, Wiring};
use serde_json::{Value, json};

use super::parts::{function_arn, wiring as wire};
use super::sdk::Sdk;
use super::{count, list, notification, sleep, text};
use scenarios::stack::CLUSTER;

const HEARTBEAT_SECONDS: u32 = 900;
const TIMEOUT_SECONDS: u32 = 60;
const PAUSE_SECONDS: u64 = 5;

pub(super) fn wiring(loop_allowed: bool) -> Wiring {
    let endpoint = Endpoint::Function(function_arn());
    let mut wiring = wire(HEARTBEAT_SECONDS, "ABANDON", endpoint, false, TIMEOUT_SECONDS);
    for function in &mut wiring.functions {
        function.recursive_loop_allowed = loop_allowed;
    }
    wiring
}

pub(super) async fn handle(sdk: &Sdk, event: &Value) -> Result<(), ApiError> {
    let notification = notification(event);
    if !text(&notification, "/LifecycleTransition").contains("autoscaling:EC2_INSTANCE_TERMINATING")
    {
        return Ok(());
    }
    if has_running_tasks(sdk, text(&notification, "/EC2InstanceId")).await? {
        sleep(PAUSE_SECONDS).await;
        let again = json!({
            "TopicArn": text(event, "/Records/0/Sns/TopicArn"),
            "Message": notification.to_string(),
            "Subject": "the tasks run on",
        });
        sdk.call(Api::Sns, "Publish", &again).await?;
        return Ok(());
    }
    let complete = json!({
        "LifecycleHookName": text(&notification, "/LifecycleHookName"),
        "AutoScalingGroupName": text(&notification, "/AutoScalingGroupName"),
        "LifecycleActionResult": "CONTINUE",
        "InstanceId": text(&notification, "/EC2InstanceId"),
    });
    sdk.call(Api::AutoScaling, "CompleteLifecycleAction", &complete).await.map(|_| ())
}

/// Whether the counts show running tasks. An instance that is not registered counts as empty.
async fn has_running_tasks(sdk: &Sdk, instance: &str) -> Result<bool, ApiError> {
    let Some(found) = find(sdk, instance).await? else { return Ok(false) };
    if text(&found, "/status") != "DRAINING" {
        let arn = text(&found, "/containerInstanceArn");
        let draining =
            json!({"cluster": CLUSTER, "containerInstances": [arn], "status": "DRAINING"});
        sdk.call(Api::Ecs, "UpdateContainerInstancesState", &draining).await?;
    }
    Ok(count(&found, "/runningTasksCount") > 0)
}

async fn find(sdk: &Sdk, instance: &str) -> Result<Option<Value>, ApiError> {
    let mut page = json!({"cluster": CLUSTER});
    loop {
        let listed = sdk.call(Api::Ecs, "ListContainerInstances", &page).await?;
        let arns = list(&listed, "/containerInstanceArns");
        let describe = json!({"cluster": CLUSTER, "containerInstances": arns});
        let described = sdk.call(Api::Ecs, "DescribeContainerInstances", &describe).await?;
        let mut found = list(&described, "/containerInstances").into_iter();
        if let Some(found) = found.find(|found| text(found, "/ec2InstanceId") == instance) {
            return Ok(Some(found));
        }
        match text(&listed, "/nextToken") {
            "" => return Ok(None),
            token => page = json!({"cluster": CLUSTER, "nextToken": token}),
        }
    }
}
