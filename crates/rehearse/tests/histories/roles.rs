//! The roles of the template, held against all that was done by them in the histories.

use std::collections::{BTreeMap, BTreeSet};

use region::delivery::{ACCOUNT, REGION, Wiring, pattern_matches};
use region::ledger::Made;
use region::region::Api;
use region::template::Statement;
use rehearse::stack::{self, AUTO_DRAIN, CLUSTER, REINVOKE};
use serde_json::json;

use crate::seeds::total;

/// What somebody does by a role, as IAM is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Need {
    action: String,
    /// `*` where the action is on no resource in particular.
    resource: String,
    /// The cluster that the call names, for the condition key `ecs:cluster`.
    cluster: Option<String>,
}

impl Need {
    fn of(action: &str, resource: &str) -> Self {
        Self { action: action.to_owned(), resource: resource.to_owned(), cluster: None }
    }

    /// Every operation that is called here has an action of its own name. The resource is
    /// the one that the Service Authorization Reference says it is on.
    fn call(made: &Made) -> Self {
        let within = made.within.as_deref().unwrap_or_default();
        let name = within.rsplit('/').next().unwrap_or_default();
        let cluster = arn("ecs", &format!("cluster/{name}"));
        let resource = match made.operation.as_str() {
            "Publish" => within.to_owned(),
            "CompleteLifecycleAction" | "RecordLifecycleActionHeartbeat" => {
                let path = format!("autoScalingGroup:0a1b:autoScalingGroupName/{within}");
                arn("autoscaling", &path)
            }
            "ListContainerInstances" => cluster.clone(),
            "DescribeTasks" | "GetTaskProtection" | "StopTask" => {
                arn("ecs", &format!("task/{name}/0a1b"))
            }
            "DescribeServices" => arn("ecs", &format!("service/{name}/web")),
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
        };
        Self { action: format!("{service}:{}", made.operation), resource, cluster }
    }

    fn is_met(&self, statement: &Statement, action: &str) -> bool {
        let condition = json!({"ArnEquals": {"ecs:cluster": self.cluster}});
        self.action == action
            && statement.resources.iter().any(|pattern| is_like(&self.resource, pattern))
            && (statement.condition.is_null() || statement.condition == condition)
    }
}

fn arn(service: &str, path: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{path}")
}

/// Whether `text` matches a pattern, whose stars stand for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    pattern_matches(&json!({"arn": [{"wildcard": pattern}]}), &json!({"arn": text}))
}

/// What Lambda does for a function by its role, though the function calls nothing: it
/// writes the log, takes messages from the queues that are mapped to it
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>), and sends
/// what failed to its destination.
fn of_lambda(wiring: &Wiring, function: &str) -> BTreeSet<Need> {
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

/// What is done by each role of the template.
fn needs() -> BTreeMap<String, BTreeSet<Need>> {
    let wiring = stack::wiring(&[]).unwrap();
    let mut needs = BTreeMap::new();
    for (function, role) in [(AUTO_DRAIN, "AutoDrainRole"), (REINVOKE, "ReinvokeRole")] {
        let mut of_role = of_lambda(&wiring, function);
        of_role.extend(total().made.get(function).into_iter().flatten().map(Need::call));
        needs.insert(role.to_owned(), of_role);
    }
    // Auto Scaling publishes by the role that the hook names.
    let topics = wiring.hooks.iter().filter_map(|hook| hook.topic_arn.as_deref());
    needs.insert("HookRole".to_owned(), topics.map(|arn| Need::of("sns:Publish", arn)).collect());
    needs
}

/// Needs that no statement meets.
fn missing(statements: &[Statement], needs: &BTreeSet<Need>) -> Vec<Need> {
    let is_met = |need: &Need| {
        statements.iter().any(|s| s.actions.iter().any(|action| need.is_met(s, action)))
    };
    needs.iter().filter(|need| !is_met(need)).cloned().collect()
}

/// Actions, each on the resources of its statement, that meet no need.
fn unused(statements: &[Statement], needs: &BTreeSet<Need>) -> Vec<(String, String)> {
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

#[test]
fn every_role_allows_what_is_done_by_it_and_nothing_else() {
    let (roles, needs) = (stack::roles(&[]).unwrap(), needs());
    assert_eq!(roles.keys().collect::<Vec<_>>(), needs.keys().collect::<Vec<_>>());
    for (role, needs) in &needs {
        let statements = roles.get(role).unwrap();
        assert_eq!(missing(statements, needs), [], "{role} does not allow");
        assert_eq!(unused(statements, needs), [], "{role} allows what nobody does");
    }
}

#[test]
fn a_role_that_allows_less_or_more_is_told() {
    let needs = needs();
    for (role, statements) in stack::roles(&[]).unwrap() {
        let needs = needs.get(&role).unwrap();
        for (place, statement) in statements.iter().enumerate() {
            for action in &statement.actions {
                let mut less = statements.clone();
                less[place].actions.retain(|kept| kept != action);
                let lacks: BTreeSet<String> =
                    missing(&less, needs).into_iter().map(|need| need.action).collect();
                assert_eq!(lacks, [action.clone()].into(), "{role}");
            }
            let on = |resources: Vec<String>| {
                let mut changed = statements.clone();
                changed[place].resources = resources;
                (missing(&changed, needs).len(), unused(&changed, needs).len())
            };
            let (missing, unused) = on(vec!["arn:aws:ecs:*:cluster/nobody".to_owned()]);
            assert!(missing > 0 && unused > 0, "{role} of nobody: {statement:?}");
            // No star stands for our cluster alone.
            let narrow = statement.resources.iter().map(|r| r.replace('*', CLUSTER)).collect();
            if narrow != statement.resources {
                assert!(on(narrow).0 > 0, "{role} of {CLUSTER}: {statement:?}");
            }
        }
        let mut more = statements.clone();
        more[0].actions.push("ecs:DeleteCluster".to_owned());
        assert_eq!(unused(&more, needs)[0].0, "ecs:DeleteCluster", "{role}");
    }
}
