//! Each fault, by the path of its field and what to do.

use super::*;

fn faults(document: &Value) -> Vec<String> {
    match Policies::from_value(document) {
        Ok(policies) => panic!("no fault: {policies:?}"),
        Err(Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The faults of a sound policy in which one field is another.
fn with(field: &str, value: Value) -> Vec<String> {
    let mut policy = sound();
    policy[field] = value;
    faults(&document(policy))
}

/// Steps by their bounds.
fn steps(bounds: &[(Option<f64>, Option<f64>)]) -> Vec<String> {
    let steps: Vec<Value> = bounds
        .iter()
        .map(|(lower, upper)| {
            json!({
                "MetricIntervalLowerBound": lower,
                "MetricIntervalUpperBound": upper,
                "ScalingAdjustment": 1,
            })
        })
        .collect();
    with("StepAdjustments", json!(steps))
}

#[test]
fn wrong_types_and_values() {
    for (field, value, fault) in [
        ("Alarm", json!(""), "is empty; give the alarm's name or ARN"),
        ("Alarm", json!(7), "is 7; give the alarm's name or ARN"),
        (
            "Alarm",
            json!("arn:aws:sns:us-east-1:123456789012:topic"),
            "is the ARN of something else; give arn:aws:cloudwatch:…:alarm:<name>, or the name",
        ),
        (
            "ResourceId",
            json!("web"),
            "is \"web\"; give service/<cluster>/<service> or autoScalingGroup/<name>",
        ),
        (
            "ResourceId",
            json!("service/arn:aws:ecs/web"),
            "is \"service/arn:aws:ecs/web\"; give service/<cluster>/<service> or autoScalingGroup/<name>",
        ),
        (
            "ResourceId",
            json!("autoScalingGroup/"),
            "is \"autoScalingGroup/\"; give service/<cluster>/<service> or autoScalingGroup/<name>",
        ),
        ("MinCapacity", json!(-1), "is -1; give a whole number from 0 to 2147483647"),
        ("MinCapacity", json!(1.5), "is 1.5; give a whole number from 0 to 2147483647"),
        ("MaxCapacity", json!("10"), "is \"10\"; give a whole number from 0 to 2147483647"),
        (
            "MaxCapacity",
            json!(2_147_483_648_u32),
            "is 2147483648; give a whole number from 0 to 2147483647",
        ),
        ("MinCapacity", json!(11), "is 11, more than MaxCapacity, 10; give at most that"),
        (
            "AdjustmentType",
            json!("changeincapacity"),
            "is \"changeincapacity\"; give ChangeInCapacity, ExactCapacity or PercentChangeInCapacity",
        ),
        ("StepAdjustments", json!([]), "is an empty list; give a list of steps"),
        ("StepAdjustments", json!({}), "is an object; give a list of steps"),
        (
            "MinAdjustmentMagnitude",
            json!(2),
            "needs AdjustmentType PercentChangeInCapacity; remove it",
        ),
        ("ScaleOutCooldown", json!(86_401), "is 86401; give a whole number from 0 to 86400"),
        ("ScaleInCooldown", json!([]), "is an empty list; give a whole number from 0 to 86400"),
        (
            "MissingData",
            json!("Ignore"),
            "is \"Ignore\"; give Hold, FirstStep, ScaleTo: <capacity> or AtLeast: <capacity>",
        ),
        (
            "MissingData",
            json!({"ScaleTo": 2, "AtLeast": 2}),
            "is an object; give Hold, FirstStep, ScaleTo: <capacity> or AtLeast: <capacity>",
        ),
        (
            "MaxDrainingPercent",
            json!(25),
            "is for an Auto Scaling group, and ResourceId names a service; remove it",
        ),
        ("ScaleInCooldown", json!(null), "is null; give a whole number from 0 to 86400"),
        ("Enabled", json!("yes"), "is \"yes\"; give true or false"),
    ] {
        assert_eq!(with(field, value), [format!("Policies[0].{field}: {fault}")]);
    }
}

#[test]
fn fields_of_fields() {
    assert_eq!(
        with("MissingData", json!({"ScaleTo": "two"})),
        ["Policies[0].MissingData.ScaleTo: is \"two\"; give a whole number from 0 to 2147483647"]
    );
    for kind in ["ScaleTo", "AtLeast"] {
        assert_eq!(
            with("MissingData", json!({kind: 11})),
            [format!(
                "Policies[0].MissingData.{kind}: is 11; give a capacity from MinCapacity, 1, to MaxCapacity, 10"
            )]
        );
    }
    let wrong =
        json!([{"MetricIntervalLowerBound": "0", "ScalingAdjustment": 0.5, "Cooldown": 1}, 3]);
    assert_eq!(
        with("StepAdjustments", wrong),
        [
            "Policies[0].StepAdjustments[0].MetricIntervalLowerBound: is \"0\"; give a number",
            "Policies[0].StepAdjustments[0].ScalingAdjustment: is 0.5; give a whole number from -2147483648 to 2147483647",
            "Policies[0].StepAdjustments[0].Cooldown: is unknown; there are MetricIntervalLowerBound, MetricIntervalUpperBound, ScalingAdjustment",
            "Policies[0].StepAdjustments[1]: is 3; give fields and their values",
        ]
    );
}

#[test]
fn zero_or_negative_amounts() {
    let mut policy = sound();
    policy["AdjustmentType"] = json!("PercentChangeInCapacity");
    policy["MinAdjustmentMagnitude"] = json!(0);
    assert_eq!(
        faults(&document(policy)),
        ["Policies[0].MinAdjustmentMagnitude: is 0; give a whole number from 1 to 2147483647"]
    );
    let mut policy = sound();
    policy["AdjustmentType"] = json!("ExactCapacity");
    policy["StepAdjustments"][0]["ScalingAdjustment"] = json!(-2);
    assert_eq!(
        faults(&document(policy)),
        ["Policies[0].StepAdjustments[0].ScalingAdjustment: is -2; give a capacity, 0 or more"]
    );
}

#[test]
fn what_is_missing_or_unknown() {
    assert_eq!(
        faults(&json!({"Policies": [{"Alarms": "high"}], "Version": 1})),
        [
            "Policies[0].Alarm: is missing; give the alarm's name or ARN",
            "Policies[0].ResourceId: is missing; give service/<cluster>/<service> or autoScalingGroup/<name>",
            "Policies[0].MinCapacity: is missing; give a whole number from 0 to 2147483647",
            "Policies[0].MaxCapacity: is missing; give a whole number from 0 to 2147483647",
            "Policies[0].AdjustmentType: is missing; give ChangeInCapacity, ExactCapacity or PercentChangeInCapacity",
            "Policies[0].StepAdjustments: is missing; give a list of steps",
            "Policies[0].Alarms: is unknown; there are AdjustmentType, Alarm, Enabled, MaxCapacity, MaxDrainingPercent, MinAdjustmentMagnitude, MinCapacity, MissingData, ResourceId, ScaleInCooldown, ScaleOutCooldown, StepAdjustments",
            "Version: is unknown; there are $schema, Clusters, Policies",
        ]
    );
    assert_eq!(faults(&json!({})), ["Policies: is missing; give a list of policies"]);
    assert_eq!(
        faults(&json!({"Policies": [sound()], "": 1})),
        ["\"\": is unknown; there are $schema, Clusters, Policies"]
    );
    assert_eq!(
        faults(&json!([])),
        ["the document: is an empty list; give fields and their values"]
    );
}

#[test]
fn gaps_and_overlaps() {
    assert_eq!(
        steps(&[(Some(0.0), Some(10.0)), (Some(20.0), None)]),
        [
            "Policies[0].StepAdjustments[1].MetricIntervalLowerBound: is 20: it leaves a gap after StepAdjustments[0]; give 10"
        ]
    );
    assert_eq!(
        steps(&[(Some(5.0), None), (Some(0.0), Some(10.0))]),
        [
            "Policies[0].StepAdjustments[0].MetricIntervalLowerBound: is 5: it overlaps StepAdjustments[1]; give 10"
        ]
    );
    // The second lies within the first; the third goes on where the first ends.
    assert_eq!(
        steps(&[(Some(0.0), Some(10.0)), (Some(2.0), Some(4.0)), (Some(10.0), None)]),
        [
            "Policies[0].StepAdjustments[1].MetricIntervalLowerBound: is 2: it overlaps StepAdjustments[0]; give 10"
        ]
    );
}

#[test]
fn open_ends() {
    assert_eq!(
        steps(&[(None, None)]),
        [
            "Policies[0].StepAdjustments[0]: has neither MetricIntervalLowerBound nor MetricIntervalUpperBound; give one"
        ]
    );
    assert_eq!(
        steps(&[(Some(0.0), None), (Some(10.0), None)]),
        [
            "Policies[0].StepAdjustments[1].MetricIntervalUpperBound: is missing, and in StepAdjustments[0] too; give one"
        ]
    );
    assert_eq!(
        steps(&[(None, Some(-10.0)), (None, Some(0.0))]),
        [
            "Policies[0].StepAdjustments[1].MetricIntervalLowerBound: is missing, and in StepAdjustments[0] too; give one"
        ]
    );
    assert_eq!(
        steps(&[(Some(-10.0), Some(0.0))]),
        [
            "Policies[0].StepAdjustments[0].MetricIntervalLowerBound: is -10 and no step is open below; leave out the lowest one's"
        ]
    );
    assert_eq!(
        steps(&[(Some(0.0), Some(10.0))]),
        [
            "Policies[0].StepAdjustments[0].MetricIntervalUpperBound: is 10 and no step is open above; leave out the highest one's"
        ]
    );
    assert_eq!(
        steps(&[(Some(10.0), Some(10.0)), (Some(10.0), None)]),
        [
            "Policies[0].StepAdjustments[0].MetricIntervalUpperBound: is 10; give more than MetricIntervalLowerBound, 10"
        ]
    );
}

#[test]
fn clusters() {
    let with = |clusters: Value| faults(&json!({"Policies": [sound()], "Clusters": clusters}));
    let tide = json!({"Cluster": "tide", "ResourceId": "autoScalingGroup/tide-group"});
    for clusters in [json!([tide]), json!([])] {
        let document = json!({"Policies": [sound()], "Clusters": clusters});
        assert!(Policies::from_value(&document).is_ok(), "{document}");
    }
    assert_eq!(with(json!("tide")), ["Clusters: is \"tide\"; give a list of clusters"]);
    assert_eq!(
        with(json!([{"ResourceId": "service/tide/web", "Group": 1}, 7])),
        [
            "Clusters[0].Cluster: is missing; give the cluster's name",
            "Clusters[0].ResourceId: names a service; give autoScalingGroup/<name>",
            "Clusters[0].Group: is unknown; there are AddInstancesForTasks, Cluster, KeepCapacityForTasks, ResourceId",
            "Clusters[1]: is 7; give fields and their values",
        ]
    );
    assert_eq!(
        with(
            json!([{"Cluster": "a/b", "ResourceId": "autoScalingGroup/g", "AddInstancesForTasks": "no"}])
        ),
        [
            "Clusters[0].Cluster: is \"a/b\"; give the cluster's name",
            "Clusters[0].AddInstancesForTasks: is \"no\"; give true or false",
        ]
    );
    assert_eq!(
        with(json!([tide, tide])),
        [
            "Clusters[1].Cluster: is that of an earlier one; give each once",
            "Clusters[1].ResourceId: is that of an earlier one; give each once",
        ]
    );
}

#[test]
fn a_share_that_may_drain_is_one_of_a_cluster() {
    let mut policy = sound();
    policy["ResourceId"] = json!("autoScalingGroup/tide-group");
    policy["MaxDrainingPercent"] = json!(25);
    let needs =
        "Policies[0].MaxDrainingPercent: needs the cluster of the group; name both in Clusters";
    assert_eq!(faults(&document(policy.clone())), [needs]);
    let cluster = json!({"Cluster": "tide", "ResourceId": "autoScalingGroup/tide-group"});
    let both = json!({"Policies": [policy, sound()], "Clusters": [cluster]});
    let read = Policies::from_value(&both).unwrap();
    assert_eq!((read.policies.len(), read.clusters.len()), (2, 1));
}

#[test]
fn one_target_has_one_pair_of_bounds() {
    let mut other = sound();
    other["MaxCapacity"] = json!(12);
    let mut elsewhere = other.clone();
    elsewhere["ResourceId"] = json!("service/tide/jobs");
    assert_eq!(
        faults(&json!({"Policies": [sound(), elsewhere, other]})),
        ["Policies[2].MaxCapacity: is 12, and 10 in Policies[0] for the same target; give one"]
    );
}

#[test]
fn all_at_once() {
    let document = json!({"Policies": [
        {
            "Alarm": "high", "ResourceId": "web", "MinCapacity": 5, "MaxCapacity": 2,
            "AdjustmentType": "ExactCapacity", "MinAdjustmentMagnitude": 0,
            "StepAdjustments": [
                {"MetricIntervalLowerBound": -5, "MetricIntervalUpperBound": 5, "ScalingAdjustment": -1},
                {"MetricIntervalLowerBound": 6, "MetricIntervalUpperBound": 9, "ScalingAdjustment": 1},
            ],
        },
        "second",
    ]});
    let paths: Vec<String> = match Policies::from_value(&document) {
        Ok(policies) => panic!("no fault: {policies:?}"),
        Err(Faults(faults)) => faults.into_iter().map(|fault| fault.path).collect(),
    };
    assert_eq!(
        paths,
        [
            "Policies[0].ResourceId",
            "Policies[0].MinAdjustmentMagnitude",
            "Policies[0].MinCapacity",
            "Policies[0].MinAdjustmentMagnitude",
            "Policies[0].StepAdjustments[0].ScalingAdjustment",
            "Policies[0].StepAdjustments[0].MetricIntervalLowerBound",
            "Policies[0].StepAdjustments[0].MetricIntervalUpperBound",
            "Policies[0].StepAdjustments[1].MetricIntervalLowerBound",
            "Policies[1]",
        ]
    );
}

#[test]
fn text_that_is_not_a_document() {
    for (text, fault) in [
        ("", "line 1: there is nothing; give Policies"),
        ("a: 1\na: 2\n", "line 2: gives a again; give it once"),
        ("{\"a\": 1,\n \"a\": 2}", "line 2: gives a again; give it once"),
        ("a: &x 1\nb: *x\n", "line 2: is an alias; write the value out"),
        ("a: !!int 1\n", "line 1: has a tag; remove it"),
        ("a: !b [1]\n", "line 1: has a tag; remove it"),
        ("a: !b {c: 1}\n", "line 1: has a tag; remove it"),
        ("a: 1\n---\nb: 2\n", "line 2: begins a second document; give one"),
        ("? [a]\n: b\n", "line 1: has a key that is not a name"),
        ("Policies: 0x10\n", "Policies: is \"0x10\"; give a list of policies"),
    ] {
        assert_eq!(
            Policies::read(text).map_err(|faults| faults.to_string()),
            Err(fault.to_owned())
        );
    }
    let unclosed = Policies::read("Policies: [").unwrap_err().to_string();
    assert!(unclosed.contains("line 2") || unclosed.contains("line 1"), "{unclosed}");
}

#[test]
fn a_deep_nesting_ends_before_the_stack_does() {
    for text in ["- ".repeat(100_000), "[".repeat(100_000), "{a: ".repeat(100_000)] {
        let fault = Policies::read(&text).unwrap_err().to_string();
        // The parser's own limit may come first: it reads ahead.
        let named = fault.contains("nested too deep") || fault.contains("recursion limit");
        assert!(named, "{fault}");
    }
}
