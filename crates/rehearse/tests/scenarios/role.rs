//! Compares what is done with a role with what its policies allow.

use std::collections::{BTreeMap, BTreeSet};

use region::api::Api;
use region::ledger::Made;
use region::names::{ACCOUNT, REGION};
use region::wiring::template::Statement;
use region::wiring::{Wiring, glob};
use scenarios::stack;
use serde_json::Value;

/// A permission that is needed, in the terms of IAM.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub action: String,
    /// `*` if the action has no specific resource.
    resource: String,
    /// The values of condition keys.
    context: BTreeMap<String, BTreeSet<String>>,
}

impl Need {
    pub fn of(action: &str, resource: &str) -> Self {
        let context = BTreeMap::new();
        Self { action: action.to_owned(), resource: resource.to_owned(), context }
    }

    fn with(mut self, key: &str, values: impl IntoIterator<Item = String>) -> Self {
        self.context.insert(key.to_owned(), values.into_iter().collect());
        self
    }

    /// The needs of a call. Except for batches, each operation has an action of the same name.
    /// Resources are those of the Service Authorization Reference.
    pub fn call(made: &Made) -> Vec<Self> {
        let within = made.within.as_deref().unwrap_or_default();
        let name = within.rsplit('/').next().unwrap_or_default();
        let cluster = arn("ecs", &format!("cluster/{name}"));
        let resource = match made.operation.as_str() {
            "Publish" | "PublishBatch" | "TagResource" | "ListTagsForResource" => within.to_owned(),
            "CompleteLifecycleAction"
            | "RecordLifecycleActionHeartbeat"
            | "SetDesiredCapacity"
            | "PutLifecycleHook"
            | "DeleteLifecycleHook"
            | "CreateOrUpdateTags"
            | "DeleteTags" => group(within),
            "GetParameters" => arn("ssm", "parameter/ecs-tide/targets/service/demo/web"),
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
        let service = match made.api {
            Api::Ecs => "ecs",
            Api::AutoScaling => "autoscaling",
            Api::Sns => "sns",
            Api::CloudWatch => "cloudwatch",
            Api::Ssm => "ssm",
        };
        let action = made.operation.trim_end_matches("Batch");
        let mut need = Self::of(&format!("{service}:{action}"), &resource);
        if made.api == Api::Ecs && made.within.is_some() {
            need = need.with("ecs:cluster", [cluster]);
        }
        if !made.tag_keys.is_empty() {
            need = need.with("aws:TagKeys", made.tag_keys.clone());
        }
        for key in &made.group_tags {
            need = need.with(&format!("aws:ResourceTag/{key}"), []);
        }
        let pass = |role: &String| {
            let passed = ["autoscaling.amazonaws.com".to_owned()];
            Self::of("iam:PassRole", role).with("iam:PassedToService", passed)
        };
        made.role.iter().map(pass).chain([need]).collect()
    }

    fn is_met(&self, statement: &Statement, action: &str) -> bool {
        self.action == action
            && statement.resources.iter().any(|pattern| glob::matches(pattern, &self.resource))
            && self.fulfills(&statement.condition)
    }

    /// Whether every test of a condition holds. One that is not known here never does.
    fn fulfills(&self, condition: &Value) -> bool {
        let operators = condition.as_object().into_iter().flatten();
        let tests = operators.flat_map(|(operator, tests)| {
            tests.as_object().unwrap().iter().map(move |(key, wanted)| (operator, key, wanted))
        });
        tests.into_iter().all(|(operator, key, wanted)| {
            let values = self.context.get(key);
            let is_wanted = |value: &String| match wanted {
                Value::Array(all) => all.iter().any(|one| one == value.as_str()),
                one => one == value.as_str(),
            };
            let is_like = |value: &String| match wanted {
                Value::Array(all) => {
                    all.iter().filter_map(Value::as_str).any(|one| glob::matches(one, value))
                }
                one => one.as_str().is_some_and(|one| glob::matches(one, value)),
            };
            let all_wanted = |values: &BTreeSet<String>| values.iter().all(is_wanted);
            match operator.as_str() {
                "ArnEquals" | "StringEquals" => values.is_some_and(all_wanted),
                "ArnLike" => values.is_some_and(|values| values.iter().all(is_like)),
                "ForAllValues:StringEquals" => values.is_none_or(all_wanted),
                "Null" => values.is_none() == (wanted == "true"),
                _ => false,
            }
        })
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

/// Asserts that the statements of a role allow what is needed and nothing else. Without any of
/// their actions, that action must be missing and no other.
pub fn assert_exact(statements: &[Statement], needs: &BTreeSet<Need>) {
    assert_eq!(missing(statements, needs), [], "not allowed");
    assert_eq!(unused(statements, needs), [], "allowed and not needed");
    for (place, statement) in statements.iter().enumerate() {
        for action in &statement.actions {
            let mut less = statements.to_vec();
            less[place].actions.retain(|kept| kept != action);
            let lacks: BTreeSet<String> =
                missing(&less, needs).into_iter().map(|need| need.action).collect();
            assert_eq!(lacks, [action.clone()].into());
        }
    }
}
