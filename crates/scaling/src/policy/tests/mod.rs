//! What is read, and every fault by its name.

mod arbitrary;
mod faults;
mod schema;
mod validator;

use serde_json::{Value, json};

use super::*;

/// The examples of the documentation.
const EXAMPLES: [(&str, &str); 3] = [
    ("service-and-group.yaml", include_str!("../../../policies/service-and-group.yaml")),
    ("composite.yaml", include_str!("../../../policies/composite.yaml")),
    ("queue.json", include_str!("../../../policies/queue.json")),
];

/// A policy without fault.
fn sound() -> Value {
    json!({
        "Alarm": "high",
        "ResourceId": "service/tide/web",
        "MinCapacity": 1,
        "MaxCapacity": 10,
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
    })
}

/// A document of one policy.
fn document(policy: Value) -> Value {
    json!({"Policies": [policy]})
}

#[test]
fn the_examples_have_no_fault() {
    for (name, text) in EXAMPLES {
        let read = Policies::read(text);
        assert!(read.is_ok(), "{name}: {read:?}");
    }
}

#[test]
fn what_is_left_out_has_its_default() {
    let read = Policies::from_value(&document(sound())).unwrap();
    let expected = Policy {
        alarm: "high".parse().unwrap(),
        resource_id: "service/tide/web".parse().unwrap(),
        min_capacity: 1,
        max_capacity: 10,
        adjustment_type: AdjustmentType::ChangeInCapacity,
        step_adjustments: vec![StepAdjustment {
            metric_interval_lower_bound: Some(0.0),
            metric_interval_upper_bound: None,
            scaling_adjustment: 1,
        }],
        min_adjustment_magnitude: None,
        scale_out_cooldown: 300,
        scale_in_cooldown: 300,
        missing_data: MissingData::Hold,
        max_draining_percent: None,
        enabled: true,
    };
    assert_eq!(read.policies, [expected]);
}

#[test]
fn what_aws_prints_of_a_step_is_read_as_it_is() {
    let mut policy = sound();
    policy["StepAdjustments"] = json!([
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 0},
        {"MetricIntervalLowerBound": 10.0, "MetricIntervalUpperBound": null, "ScalingAdjustment": 1},
    ]);
    assert!(Policies::from_value(&document(policy)).is_ok());
}

#[test]
fn an_alarm_is_named_by_its_name_or_by_its_arn() {
    let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:web:high";
    let named = |alarm: &str| {
        let mut policy = sound();
        policy["Alarm"] = json!(alarm);
        Policies::from_value(&document(policy)).unwrap().of(&arn.parse().unwrap()).count()
    };
    assert_eq!((named("web:high"), named(arn)), (1, 1));
    assert_eq!((named("high"), named("web")), (0, 0));
    let elsewhere = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web:high";
    assert_eq!(named(elsewhere), 0);
}

#[test]
fn yaml_and_json_come_to_the_same() {
    let (_, yaml) = EXAMPLES[0];
    let read = Policies::read(yaml).unwrap();
    let json = serde_json::to_string_pretty(&read).unwrap();
    assert_eq!(Policies::read(&json), Ok(read));
}
