//! Compares the documents of alarm-scaling with the policies of native scaling in the same stack.

use std::collections::{BTreeMap, BTreeSet};

use aws::Parameters;
use region::wiring::template::{self, Resource};
use scaling::policy::{Policies, Target, group_of_cluster};
use serde_json::{Value, json};

use crate::page;
use crate::stacks::scaling::{CLUSTER, SERVICE};
use crate::stacks::{MAIN, load, parameters};

/// Bytes of a standard parameter's value.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>
const DOCUMENT: usize = 4096;

const ALARM_SCALING: (&str, &str) = ("Scaling", "alarm-scaling");
const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:ecs-tide-alarms";

/// The resources of a stack of the service `tide/web`, or of the group `tide-group`.
fn resources(path: &str, given: &[(&str, &str)]) -> Vec<Resource> {
    let named = [("Cluster", "tide"), ("Service", "web"), ("Group", "tide-group")];
    let declared: BTreeSet<String> = parameters(path).into_iter().map(|p| p.name).collect();
    let values: BTreeMap<String, String> = named
        .iter()
        .chain(given)
        .filter(|(name, _)| declared.contains(*name))
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    template::resources(&page::read(path), &values).unwrap()
}

fn text(resource: &Resource, property: &str) -> String {
    resource.properties[property].as_str().unwrap().to_owned()
}

/// The documents by their names.
fn documents(path: &str, given: &[(&str, &str)]) -> BTreeMap<String, String> {
    let made = resources(path, &[&[ALARM_SCALING], given].concat()).into_iter();
    let made = made.filter(|one| one.kind == "AWS::SSM::Parameter");
    made.map(|one| (text(&one, "Name"), text(&one, "Value"))).collect()
}

/// The document of the target itself.
fn document(path: &str, given: &[(&str, &str)]) -> Value {
    let mut documents = documents(path, given);
    let text = documents.remove(&target(path).document()).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn target(path: &str) -> Target {
    let target = if path == SERVICE { "service/tide/web" } else { "autoScalingGroup/tide-group" };
    target.parse().unwrap()
}

fn policy<'a>(document: &'a Value, alarm: &str) -> &'a Value {
    let policies = document["Policies"].as_array().unwrap();
    let mut of_it = policies.iter().filter(|policy| policy["Alarm"] == alarm);
    of_it.next().unwrap_or_else(|| panic!("no policy of {alarm}"))
}

/// The properties that policies of both kinds share.
fn steps(policy: &Value) -> Value {
    let steps = policy["StepAdjustments"].clone();
    json!([policy["AdjustmentType"], policy.get("MinAdjustmentMagnitude"), steps])
}

/// The most calls that all processes of alarm-scaling make to Systems Manager in a second: an
/// eighth of what AWS allows an account.
const CALLS_A_SECOND: u64 = 5;

#[test]
fn five_calls_a_second_go_to_parameter_store_at_most() {
    let main = load(MAIN);
    let events = main["Resources"]["AlarmScaling"]["Properties"]["Events"].as_object().unwrap();
    let concurrency = events.values().map(|event| {
        assert_eq!(event["Type"], "SQS", "nothing limits how many invocations it starts");
        event["Properties"]["ScalingConfig"]["MaximumConcurrency"].as_u64().unwrap()
    });
    let processes: u64 = concurrency.sum();
    assert!(processes * u64::from(Parameters::CALLS_A_SECOND) <= CALLS_A_SECOND, "{processes}");
}

#[test]
fn alarm_scaling_has_the_steps_and_cooldowns_of_native_scaling() {
    for (path, out, inward) in
        [(SERVICE, "tasks-out", "tasks-in-both"), (CLUSTER, "instances-out", "instances-in")]
    {
        let (document, resources) = (document(path, &[]), load(path)["Resources"].clone());
        for (id, alarm, cooldown) in
            [("OutPolicy", out, "ScaleOutCooldown"), ("InPolicy", inward, "ScaleInCooldown")]
        {
            let native = &resources[id]["Properties"];
            let native = native.get("StepScalingPolicyConfiguration").unwrap_or(native);
            let alarm_scaling = policy(&document, &format!("ecs-tide-{alarm}"));
            assert_eq!(steps(alarm_scaling), steps(native), "{id} of {path}");
            // A group has no cooldown. Its warm-up limits the rate of scale-outs.
            let of_native = native.get("Cooldown").cloned().unwrap_or(json!(0));
            assert_eq!(alarm_scaling[cooldown], of_native, "{id} of {path}");
        }
    }
}

#[test]
fn the_documents_are_those_of_their_targets() {
    for path in [SERVICE, CLUSTER] {
        let text = document(path, &[]).to_string();
        Policies::of_target(&text, &target(path)).unwrap();
    }
    let mut of_cluster = documents(CLUSTER, &[]);
    let group = of_cluster.remove("/ecs-tide/targets/cluster/tide").unwrap();
    assert_eq!(group_of_cluster(&group), Ok(target(CLUSTER)));
    assert_eq!(documents(SERVICE, &[]).len(), 1);
}

#[test]
fn additional_policies_are_in_the_same_document() {
    for (path, name) in
        [(SERVICE, "AdditionalServicePolicies"), (CLUSTER, "AdditionalGroupPolicies")]
    {
        let own = document(path, &[]);
        let more = policy(&own, &format!("ecs-tide-{}", first_alarm(path))).to_string();
        let document = document(path, &[(name, &format!("{more},{more}"))]);
        assert_eq!(document["Policies"].as_array().unwrap().len(), 4);
    }
}

fn first_alarm(path: &str) -> &'static str {
    if path == SERVICE { "tasks-out" } else { "instances-out" }
}

#[test]
fn every_alarm_that_acts_has_a_policy_a_tag_and_the_topic() {
    let metrics = parameters(SERVICE).into_iter().find(|p| p.name == "ServiceMetric").unwrap();
    let of_service = metrics.allowed_values.iter().flat_map(|metric| {
        ["true", "false"]
            .map(|both| vec![("ServiceMetric", metric.as_str()), ("ScaleInOnBoth", both)])
    });
    let cases = of_service.map(|given| (SERVICE, given)).chain([(CLUSTER, Vec::new())]);
    for (path, given) in cases {
        let made = resources(path, &[&[ALARM_SCALING], &given[..]].concat());
        let acting: Vec<&Resource> =
            made.iter().filter(|one| one.properties.get("AlarmActions").is_some()).collect();
        for alarm in &acting {
            assert_eq!(alarm.properties["AlarmActions"], json!([TOPIC]), "{given:?}");
            let tag = json!([{"Key": "ecs-tide:target", "Value": target(path).to_string()}]);
            assert_eq!(alarm.properties["Tags"], tag, "{given:?}");
        }
        let names: BTreeSet<String> = acting.iter().map(|one| text(one, "AlarmName")).collect();
        let document = document(path, &given);
        let policies = document["Policies"].as_array().unwrap().iter();
        let named: BTreeSet<String> =
            policies.map(|policy| policy["Alarm"].as_str().unwrap().to_owned()).collect();
        assert_eq!(named, names, "{given:?}");
        assert_eq!(named.len(), 2, "{given:?}");
    }
}

#[test]
fn native_scaling_has_policies_and_no_document() {
    for path in [SERVICE, CLUSTER] {
        let made = resources(path, &[("Scaling", "native")]);
        let count = |kind: &str| made.iter().filter(|one| one.kind.ends_with(kind)).count();
        assert_eq!((count("::ScalingPolicy"), count("::Parameter")), (2, 0), "{path}");
        assert_eq!(count("::CompositeAlarm"), 0, "{path}");
        let alarms = made.iter().filter(|one| one.kind == "AWS::CloudWatch::Alarm");
        for alarm in alarms {
            assert_ne!(alarm.properties["AlarmActions"], json!([TOPIC]), "{path}");
        }
        let by_function = resources(path, &[ALARM_SCALING]);
        assert!(by_function.iter().all(|one| !one.kind.ends_with("::ScalingPolicy")), "{path}");
    }
}

#[test]
fn tasks_go_when_both_are_low_only_where_a_composite_alarm_can_act() {
    for (metric, on_both, expected) in [
        ("cpu", "true", true),
        ("memory", "true", true),
        ("cpu", "false", false),
        ("sqs-backlog-per-task", "true", false),
    ] {
        let given = [ALARM_SCALING, ("ServiceMetric", metric), ("ScaleInOnBoth", on_both)];
        let composite = resources(SERVICE, &given);
        let composite = composite.iter().any(|one| one.kind == "AWS::CloudWatch::CompositeAlarm");
        assert_eq!(composite, expected, "{given:?}");
    }
}

#[test]
fn policies_name_what_is_scaled_and_take_what_is_given() {
    let given = [
        ("TasksMin", "3"),
        ("TasksMax", "9"),
        ("MaxDrainingPercent", "40"),
        ("AddInstancesForTasks", "false"),
    ];
    let (service, group) = (document(SERVICE, &given), document(CLUSTER, &given));
    let of = |document: &Value, alarm: &str, field: &str| {
        policy(document, &format!("ecs-tide-{alarm}"))[field].clone()
    };
    for way in ["tasks-out", "tasks-in-both"] {
        assert_eq!(of(&service, way, "ResourceId"), "service/tide/web");
        let bounds = ["MinCapacity", "MaxCapacity"].map(|name| of(&service, way, name));
        assert_eq!(bounds, [3, 9]);
    }
    for way in ["instances-out", "instances-in"] {
        assert_eq!(of(&group, way, "ResourceId"), "autoScalingGroup/tide-group");
        // The group's own bounds apply.
        let bounds = ["MinCapacity", "MaxCapacity"].map(|name| of(&group, way, name));
        assert_eq!(bounds, [0, i64::from(i32::MAX)]);
    }
    assert_eq!(of(&group, "instances-in", "MaxDrainingPercent"), 40);
    let expected = json!([{
        "Cluster": "tide", "ResourceId": "autoScalingGroup/tide-group",
        "AddInstancesForTasks": false, "KeepCapacityForTasks": true,
    }]);
    assert_eq!(group["Clusters"], expected);
}

#[test]
fn a_document_holds_the_policies_of_long_names() {
    let long = "n".repeat(100);
    let names = ["Cluster", "Group", "Service"].map(|name| (name, long.as_str()));
    for path in [SERVICE, CLUSTER] {
        let documents = documents(path, &names);
        let longest = documents.values().map(String::len).max().unwrap();
        assert!(longest < DOCUMENT / 2, "{path}: {longest} bytes");
    }
}
