//! getsocial-rnd/ecs-drain-lambda: one run lasts for the whole drain. It lists the tasks that are to
//! run when it begins, and describes them every 10 s until all are STOPPED.
//! <https://github.com/getsocial-rnd/ecs-drain-lambda/blob/master/ecs.go>
//!
//! An EventBridge rule triggers it. The group has the hook of its README, with ABANDON after 900 s,
//! which is also the function's timeout. Its calls of EC2, which find the cluster in the instance's
//! user data, are counted and always succeed.

use region::api::{Api, ApiError};
use region::wiring::{Pattern, RuleSpec, TargetInput, TargetSpec, Trigger, Wiring};
use serde_json::{Value, json};

use super::parts::{arn, function, function_arn, hook};
use super::sdk::Sdk;
use super::{count, list, sleep, text};
use scenarios::stack::CLUSTER;

const HEARTBEAT_SECONDS: u32 = 900;
const TIMEOUT_SECONDS: u32 = 900;
const PAUSE_SECONDS: u64 = 10;

pub(super) fn wiring() -> Wiring {
    Wiring {
        rules: rule().into_iter().collect(),
        functions: vec![function(TIMEOUT_SECONDS)],
        hooks: vec![hook(HEARTBEAT_SECONDS, "ABANDON", None)],
        ..Wiring::default()
    }
}

/// `None` only if the pattern were refused.
fn rule() -> Option<RuleSpec> {
    let pattern = Pattern::of_rule(&json!({
        "source": ["aws.autoscaling"],
        "detail-type": ["EC2 Instance-terminate Lifecycle Action"],
    }));
    let target = TargetSpec {
        arn: function_arn(),
        input: TargetInput::Event,
        group_id: None,
        permitted: true,
    };
    Some(RuleSpec {
        logical_id: "Terminations".to_owned(),
        name: "Terminations".to_owned(),
        arn: arn("events", "rule/Terminations"),
        enabled: true,
        trigger: Trigger::Pattern(pattern.ok()?),
        targets: vec![target],
    })
}

pub(super) async fn handle(sdk: &Sdk, event: &Value) -> Result<(), ApiError> {
    let id = text(event, "/detail/EC2InstanceId");
    sdk.call_beside("DescribeInstances").await;
    sdk.call_beside("DescribeInstanceAttribute").await;
    drain(sdk, id).await?;
    let complete = json!({
        "InstanceId": id,
        "LifecycleHookName": text(event, "/detail/LifecycleHookName"),
        "LifecycleActionToken": text(event, "/detail/LifecycleActionToken"),
        "AutoScalingGroupName": text(event, "/detail/AutoScalingGroupName"),
        "LifecycleActionResult": "CONTINUE",
    });
    sdk.call(Api::AutoScaling, "CompleteLifecycleAction", &complete).await.map(|_| ())
}

/// Waits until all tasks of the instance are STOPPED. An instance without running tasks is neither
/// set to DRAINING nor waited for.
async fn drain(sdk: &Sdk, id: &str) -> Result<(), ApiError> {
    let mut instance = find(sdk, id).await?;
    let mut left = count(&instance, "/runningTasksCount") > 0;
    let mut tasks = Vec::new();
    while left {
        if text(&instance, "/status") != "DRAINING" {
            let arn = text(&instance, "/containerInstanceArn");
            let draining =
                json!({"cluster": CLUSTER, "containerInstances": [arn], "status": "DRAINING"});
            sdk.call(Api::Ecs, "UpdateContainerInstancesState", &draining).await?;
            let on_it = json!({"cluster": CLUSTER, "containerInstance": arn});
            tasks = list(&sdk.call(Api::Ecs, "ListTasks", &on_it).await?, "/taskArns");
            instance = find(sdk, id).await?;
        }
        if tasks.is_empty() {
            break;
        }
        let describe = json!({"cluster": CLUSTER, "tasks": tasks});
        let described = list(&sdk.call(Api::Ecs, "DescribeTasks", &describe).await?, "/tasks");
        left = described.iter().any(|task| text(task, "/lastStatus") != "STOPPED");
        sleep(PAUSE_SECONDS).await;
    }
    Ok(())
}

/// Describes every page of container instances, and then searches them. A page that cannot be
/// described ends the list without an error.
async fn find(sdk: &Sdk, id: &str) -> Result<Value, ApiError> {
    let mut page = json!({"cluster": CLUSTER});
    let mut instances = Vec::new();
    loop {
        let listed = sdk.call(Api::Ecs, "ListContainerInstances", &page).await?;
        let arns = list(&listed, "/containerInstanceArns");
        let describe = json!({"cluster": CLUSTER, "containerInstances": arns});
        match sdk.call(Api::Ecs, "DescribeContainerInstances", &describe).await {
            Ok(described) => instances.extend(list(&described, "/containerInstances")),
            Err(_) => break,
        }
        match text(&listed, "/nextToken") {
            "" => break,
            token => page = json!({"cluster": CLUSTER, "nextToken": token}),
        }
    }
    let found = instances.into_iter().find(|found| text(found, "/ec2InstanceId") == id);
    found.ok_or_else(|| ApiError::client("errorString", format!("{id:?} not found")))
}
