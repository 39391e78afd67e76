//! Compares what is done with a role with what its policies allow.

use std::collections::BTreeSet;

use region::api::Api;
use region::ledger::Made;
use region::names::{ACCOUNT, REGION};
use region::wiring::template::Statement;
use region::wiring::{Wiring, glob};
use scenarios::stack::{self, GROUP};
use serde_json::{Value, json};

/// A permission that is needed, in the terms of IAM.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub action: String,
    /// `*` if the action has no specific resource.
    resource: String,
    /// The cluster in the call, for the condition key `ecs:cluster`.
    cluster: Option<String>,
}

impl Need {
    pub fn of(action: &str, resource: &str) -> Self {
        Self { action: action.to_owned(), resource: resource.to_owned(), cluster: None }
    }

    /// The need of a call. Except for batches, each operation has an action of the same name.
    /// Resources are those of the Service Authorization Reference.
    pub fn call(made: &Made) -> Self {
        let within = made.within.as_deref().unwrap_or_default();
        let name = within.rsplit('/').next().unwrap_or_default();
        let cluster = arn("ecs", &format!("cluster/{name}"));
        let resource = match made.operation.as_str() {
            "Publish" | "PublishBatch" | "TagResource" | "ListTagsForResource" => within.to_owned(),
            "GetParameters" => arn("ssm", "parameter/ecs-tide/targets/service/demo/web"),
            "CompleteLifecycleAction" | "RecordLifecycleActionHeartbeat" | "SetDesiredCapacity" => {
                group(within)
            }
            // Each tag contains its group.
            "CreateOrUpdateTags" => group(GROUP),
            "ListContainerInstances" | "DeregisterContainerInstance" => cluster.clone(),
            "DescribeTasks" | "GetTaskProtection" | "StopTask" => {
                arn("ecs", &format!("task/{name}/0a1b"))
            }
            "DescribeServices" | "UpdateService" => arn("ecs", &format!("service/{name}/web")),
            "DescribeContainerInstances"
            | "UpdateContainerInstancesState"
            | "PutAttributes"
            | "DeleteAttributes" => arn("ecs", &format!("container-instance/{name}/0a1b")),
            _ => "*".to_owned(),
        };
        let (service, cluster) = match made.api {
            Api::Ecs => ("ecs", made.within.is_some().then_some(cluster)),
            Api::AutoScaling => ("autoscaling", None),
            Api::Sns => ("sns", None),
            Api::CloudWatch => ("cloudwatch", None),
            Api::Ssm => ("ssm", None),
        };
        let action = made.operation.trim_end_matches("Batch");
        Self { action: format!("{service}:{action}"), resource, cluster }
    }

    fn is_met(&self, statement: &Statement, action: &str) -> bool {
        let cluster = json!({"ArnEquals": {"ecs:cluster": self.cluster}});
        // The only tag that the functions write.
        let tags = json!({
            "ForAllValues:StringEquals": {"aws:TagKeys": [aws::scalable::TAG]},
        });
        let condition = without_opt_in(&statement.condition);
        let tagging = self.action.contains("Tag") && condition == tags;
        self.action == action
            && statement.resources.iter().any(|pattern| glob::matches(pattern, &self.resource))
            && (condition.is_null() || condition == cluster || tagging)
    }
}

/// The rest of a condition that also requires a group to be opted in, as the groups here are.
fn without_opt_in(condition: &Value) -> Value {
    let opted_in = json!({"aws:ResourceTag/ecs-tide:cluster": "false"});
    match condition.as_object() {
        Some(operators) if operators.get("Null") == Some(&opted_in) => {
            let mut operators = operators.clone();
            operators.remove("Null");
            if operators.is_empty() { Value::Null } else { Value::Object(operators) }
        }
        _ => condition.clone(),
    }
}

fn group(name: &str) -> String {
    arn("autoscaling", &format!("autoScalingGroup:0a1b:autoScalingGroupName/{name}"))
}

fn arn(service: &str, path: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{path}")
}

/// What Lambda itself does with the role of a function: it writes the log, polls the mapped queues
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>), and sends failed
/// events to their destination.
pub fn of_lambda(wiring: &Wiring, function: &str) -> BTreeSet<Need> {
    let spec = wiring.functions.iter().find(|spec| spec.logical_id == function).unwrap();
    let (_, binary) = stack::BINARIES.into_iter().find(|(id, _)| *id == function).unwrap();
    let log = arn("logs", &format!("log-group:/aws/lambda/ecs-tide-{binary}:log-stream:today"));
    let logs = ["logs:CreateLogStream", "logs:PutLogEvents"].map(|action| Need::of(action, &log));
    let polls = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    let mapped = wiring.mappings.iter().filter(|mapping| mapping.function_arn == spec.arn);
    let polled =
        mapped.flat_map(|mapping| polls.map(|action| Need::of(action, &mapping.queue_arn)));
    let failed = spec.on_failure.iter().map(|queue| Need::of("sqs:SendMessage", queue));
    logs.into_iter().chain(polled).chain(failed).collect()
}

/// Needs that no statement allows.
pub fn missing(statements: &[Statement], needs: &BTreeSet<Need>) -> Vec<Need> {
    let is_met = |need: &Need| {
        statements.iter().any(|s| s.actions.iter().any(|action| need.is_met(s, action)))
    };
    needs.iter().filter(|need| !is_met(need)).cloned().collect()
}

/// Actions, each with a resource of its statement, that no need requires.
pub fn unused(statements: &[Statement], needs: &BTreeSet<Need>) -> Vec<(String, String)> {
    let grants = statements.iter().flat_map(|statement| {
        let each = statement
            .resources
            .iter()
            .map(|resource| Statement { resources: vec![resource.clone()], ..statement.clone() });
        each.flat_map(|one| {
            one.actions.clone().into_iter().map(move |action| (one.clone(), action))
        })
    });
    grants
        .filter(|(one, action)| !needs.iter().any(|need| need.is_met(one, action)))
        .map(|(one, action)| (action, one.resources.concat()))
        .collect()
}
