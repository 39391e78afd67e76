//! Compares the policies of alarm-scaling in the template with those of native scaling.

use std::collections::BTreeSet;

use scenarios::stack::{self, ALARM_SCALING, WITH_ALARM_SCALING};
use serde_json::{Value, json};

use crate::stacks::conditions::holds;
use crate::stacks::scaling::{CLUSTER, SERVICE};
use crate::stacks::{MAIN, load, parameters};

/// Lambda's limit in bytes for all environment variables, measured as one JSON object.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const ENVIRONMENT: usize = 4096;

/// The policy document for these values of parameters.
fn document(parameters: &[(&str, &str)]) -> Value {
    let wiring = stack::wiring(parameters).unwrap();
    let environment = stack::environment(&wiring, ALARM_SCALING);
    serde_json::from_str(&environment["POLICIES"]).unwrap()
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

fn alarms(document: &Value) -> BTreeSet<String> {
    let policies = document["Policies"].as_array().unwrap().iter();
    policies.map(|policy| policy["Alarm"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn alarm_scaling_has_the_steps_and_cooldowns_of_native_scaling() {
    let document = document(&WITH_ALARM_SCALING);
    for (stacks, out, inward) in
        [(SERVICE, "tasks-out", "tasks-in-both"), (CLUSTER, "instances-out", "instances-in")]
    {
        let resources = load(stacks.policies)["Resources"].clone();
        for (id, alarm, cooldown) in
            [("OutPolicy", out, "ScaleOutCooldown"), ("InPolicy", inward, "ScaleInCooldown")]
        {
            let native = &resources[id]["Properties"];
            let native = native.get("StepScalingPolicyConfiguration").unwrap_or(native);
            let alarm_scaling = policy(&document, &format!("ecs-tide-{alarm}"));
            assert_eq!(steps(alarm_scaling), steps(native), "{id} of {}", stacks.policies);
            // A group has no cooldown. Its warm-up limits the rate of scale-outs.
            let of_native = native.get("Cooldown").cloned().unwrap_or(json!(0));
            assert_eq!(alarm_scaling[cooldown], of_native, "{id} of {}", stacks.policies);
        }
    }
}

/// The alarms of a stack that have actions with these parameters.
fn acting(path: &str, values: &[(&str, &str)]) -> BTreeSet<String> {
    let template = load(path);
    let is_there = |body: &Value| {
        body.get("Condition").is_none_or(|condition| {
            holds(&template["Conditions"], &json!({ "Condition": condition }), values)
        })
    };
    let resources = template["Resources"].as_object().unwrap().values();
    let alarms = resources.filter(|body| is_there(body)).map(|body| &body["Properties"]);
    let acting = alarms.filter(|alarm| alarm.get("AlarmActions").is_some());
    let name = |alarm: &Value| alarm["AlarmName"]["Fn::Sub"].as_str().unwrap().to_owned();
    acting.map(|alarm| name(alarm).replace("${Stack}", "ecs-tide")).collect()
}

#[test]
fn each_alarm_that_acts_has_a_policy_and_each_policy_an_alarm() {
    let [service, scaling, _] = WITH_ALARM_SCALING;
    let metrics = parameters(SERVICE.alarms).into_iter().find(|p| p.name == "ServiceMetric");
    let conditions = load(MAIN)["Conditions"].clone();
    for metric in &metrics.unwrap().allowed_values {
        for on_both in ["true", "false"] {
            let given = [service, scaling, ("ServiceMetric", metric), ("ScaleInOnBoth", on_both)];
            let in_on_both = holds(&conditions, &json!({"Condition": "InOnBoth"}), &given);
            let handed_on =
                [("ServiceMetric", metric.as_str()), ("InOnBoth", &in_on_both.to_string())];
            let document = document(&given);
            assert_eq!(alarms(&document), acting(SERVICE.alarms, &handed_on), "{given:?}");
            assert_eq!(alarms(&document).len(), 2, "{given:?}");
        }
    }
}

#[test]
fn one_dimension_alone_has_its_policies_and_no_others() {
    let [name, service, cluster] = WITH_ALARM_SCALING;
    let service = document(&[name, service]);
    assert_eq!(service.get("Clusters"), None);
    let cluster = document(&[cluster]);
    assert_eq!(alarms(&cluster), acting(CLUSTER.alarms, &[]));
    let both = document(&WITH_ALARM_SCALING);
    assert_eq!(alarms(&both), &alarms(&service) | &alarms(&cluster));
    assert_eq!(both["Clusters"], cluster["Clusters"]);
}

#[test]
fn tasks_go_when_both_are_low_only_where_a_composite_alarm_can_act() {
    let conditions = load(MAIN)["Conditions"].clone();
    for (scaling, metric, on_both, expected) in [
        ("alarm-scaling", "cpu", "true", true),
        ("alarm-scaling", "memory", "true", true),
        ("alarm-scaling", "cpu", "false", false),
        ("alarm-scaling", "sqs-backlog-per-task", "true", false),
        ("native", "cpu", "true", false),
    ] {
        let given =
            [("ServiceScaling", scaling), ("ServiceMetric", metric), ("ScaleInOnBoth", on_both)];
        let in_on_both = holds(&conditions, &json!({"Condition": "InOnBoth"}), &given);
        assert_eq!(in_on_both, expected, "{given:?}");
    }
}

#[test]
fn policies_name_what_is_scaled_and_take_what_is_given() {
    let [name, service, cluster] = WITH_ALARM_SCALING;
    let given = [
        ("TasksMin", "3"),
        ("TasksMax", "9"),
        ("MaxDrainingPercent", "40"),
        ("AddInstancesForTasks", "false"),
    ];
    let document = document(&[&[name, service, cluster][..], &given].concat());
    let of =
        |alarm: &str, field: &str| policy(&document, &format!("ecs-tide-{alarm}"))[field].clone();
    for way in ["tasks-out", "tasks-in-both"] {
        assert_eq!(of(way, "ResourceId"), format!("service/{}/web", stack::CLUSTER));
        assert_eq!([of(way, "MinCapacity"), of(way, "MaxCapacity")], [3, 9]);
    }
    let group = format!("autoScalingGroup/{}", stack::GROUP);
    for way in ["instances-out", "instances-in"] {
        assert_eq!(of(way, "ResourceId"), group);
        // The group's own bounds apply.
        assert_eq!([of(way, "MinCapacity"), of(way, "MaxCapacity")], [0, i64::from(i32::MAX)]);
    }
    assert_eq!(of("instances-in", "MaxDrainingPercent"), 40);
    let expected = json!([{
        "Cluster": stack::CLUSTER, "ResourceId": group,
        "AddInstancesForTasks": false, "KeepCapacityForTasks": true,
    }]);
    assert_eq!(document["Clusters"], expected);
}

#[test]
fn the_environment_holds_the_policies_of_long_names() {
    let long = "n".repeat(100);
    let names = ["Cluster", "Group", "Service"].map(|name| (name, long.as_str()));
    let wiring = stack::wiring(&[&names[..], &WITH_ALARM_SCALING[1..]].concat()).unwrap();
    let environment = stack::environment(&wiring, ALARM_SCALING);
    let bytes = serde_json::to_string(&environment).unwrap().len();
    assert!(bytes < ENVIRONMENT, "{bytes} bytes");
}

#[test]
fn the_policies_are_as_long_as_ops_computes() {
    // The same number is in ops/tests/test_sizes.py.
    let wiring = stack::wiring(&WITH_ALARM_SCALING).unwrap();
    assert_eq!(stack::environment(&wiring, ALARM_SCALING)["POLICIES"].len(), 1532);
}
