//! The fields that each operation of ECS reads.

use region_core::api::ApiError;
use region_core::input::{text, texts, unread};
use serde_json::Value;

use super::error::invalid;
use crate::fields::not_modeled;

/// The fields of an operation; none for one that is not modeled.
fn fields(operation: &str) -> Option<&'static [&'static str]> {
    Some(match operation {
        "DeleteAttributes" | "PutAttributes" => &["cluster", "attributes"],
        "DeregisterContainerInstance" => &["cluster", "containerInstance", "force"],
        "DescribeClusters" => &["clusters", "include"],
        "DescribeContainerInstances" => &["cluster", "containerInstances", "include"],
        "DescribeServices" => &["cluster", "services", "include"],
        "DescribeTaskDefinition" => &["taskDefinition", "include"],
        "DescribeTasks" => &["cluster", "tasks", "include"],
        "GetTaskProtection" => &["cluster", "tasks"],
        "ListAttributes" => {
            &["cluster", "targetType", "attributeName", "attributeValue", "maxResults", "nextToken"]
        }
        "ListClusters" => &["maxResults", "nextToken"],
        "ListContainerInstances" => &["cluster", "filter", "status", "maxResults", "nextToken"],
        "ListServices" => &[
            "cluster",
            "launchType",
            "schedulingStrategy",
            "resourceManagementType",
            "maxResults",
            "nextToken",
        ],
        "ListTasks" => &[
            "cluster",
            "containerInstance",
            "family",
            "startedBy",
            "serviceName",
            "desiredStatus",
            "launchType",
            "maxResults",
            "nextToken",
        ],
        "StopTask" => &["cluster", "task", "reason"],
        "TagResource" => &["resourceArn", "tags"],
        "UpdateContainerInstancesState" => &["cluster", "containerInstances", "status"],
        "UpdateService" => &[
            "cluster",
            "service",
            "desiredCount",
            "taskDefinition",
            "deploymentConfiguration",
            "forceNewDeployment",
        ],
        _ => return None,
    })
}

/// Refuse a field that is not read, by its name.
///
/// # Errors
/// `InvalidParameterException`.
pub(super) fn check(operation: &str, input: &Value) -> Result<(), ApiError> {
    let Some(known) = fields(operation) else { return Ok(()) };
    only(operation, input, known)?;
    let configuration = input.get("deploymentConfiguration").unwrap_or(&Value::Null);
    only(operation, configuration, &["minimumHealthyPercent", "maximumPercent"])
}

fn only(operation: &str, input: &Value, known: &[&str]) -> Result<(), ApiError> {
    match unread(input, known) {
        Some(field) => Err(invalid(not_modeled(operation, field))),
        None => Ok(()),
    }
}

/// What the call includes of these choices.
///
/// # Errors
/// `InvalidParameterException` for anything else.
pub(super) fn included<'a>(input: &'a Value, choices: &[&str]) -> Result<Vec<&'a str>, ApiError> {
    let include = texts(input, "include");
    match include.iter().find(|include| !choices.contains(include)) {
        Some(other) => {
            Err(invalid(format!("the simulated region does not include {other} in this answer")))
        }
        None => Ok(include),
    }
}

/// A field that takes one of `choices`.
///
/// # Errors
/// `InvalidParameterException` for any other value.
pub(super) fn choice<'a>(
    input: &'a Value,
    name: &str,
    choices: &[&str],
) -> Result<Option<&'a str>, ApiError> {
    match text(input, name) {
        Some(other) if !choices.contains(&other) => {
            Err(invalid(format!("{name} should be one of [{}].", choices.join(","))))
        }
        chosen => Ok(chosen),
    }
}
