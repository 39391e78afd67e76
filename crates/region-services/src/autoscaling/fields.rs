//! The fields that each operation of Auto Scaling reads.

use serde_json::Value;

use super::error::validation;
use crate::fields::not_modeled;
use region_core::api::ApiError;
use region_core::input::unread;

/// The fields of an operation; none for one that is not modeled.
fn fields(operation: &str) -> Option<&'static [&'static str]> {
    Some(match operation {
        "CompleteLifecycleAction" => &[
            "AutoScalingGroupName",
            "LifecycleHookName",
            "LifecycleActionResult",
            "LifecycleActionToken",
            "InstanceId",
        ],
        "CreateOrUpdateTags" => &["Tags"],
        "DeleteLifecycleHook" => &["AutoScalingGroupName", "LifecycleHookName"],
        "DeleteTags" => &["Tags"],
        "DescribeAutoScalingGroups" => {
            &["AutoScalingGroupNames", "IncludeInstances", "Filters", "MaxRecords", "NextToken"]
        }
        "DescribeAutoScalingInstances" => &["InstanceIds", "MaxRecords", "NextToken"],
        "DescribeLifecycleHooks" => &["AutoScalingGroupName", "LifecycleHookNames"],
        "DescribeScalingActivities" => &[
            "ActivityIds",
            "AutoScalingGroupName",
            "IncludeDeletedGroups",
            "Filters",
            "MaxRecords",
            "NextToken",
        ],
        "DescribeWarmPool" => &["AutoScalingGroupName", "MaxRecords", "NextToken"],
        "PutLifecycleHook" => &[
            "AutoScalingGroupName",
            "LifecycleHookName",
            "LifecycleTransition",
            "RoleARN",
            "NotificationTargetARN",
            "NotificationMetadata",
            "HeartbeatTimeout",
            "DefaultResult",
        ],
        "RecordLifecycleActionHeartbeat" => {
            &["AutoScalingGroupName", "LifecycleHookName", "LifecycleActionToken", "InstanceId"]
        }
        "SetDesiredCapacity" => &["AutoScalingGroupName", "DesiredCapacity", "HonorCooldown"],
        "TerminateInstanceInAutoScalingGroup" => &["InstanceId", "ShouldDecrementDesiredCapacity"],
        _ => return None,
    })
}

/// Refuse a field that is not read, by its name.
///
/// # Errors
/// `ValidationError`.
pub(super) fn check(operation: &str, input: &Value) -> Result<(), ApiError> {
    let field = fields(operation).and_then(|known| unread(input, known));
    field.map_or(Ok(()), |field| Err(validation(not_modeled(operation, field))))
}
