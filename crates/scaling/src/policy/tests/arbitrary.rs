//! Broken documents never panic, and what is accepted agrees with the schema.

use proptest::prelude::*;

use super::*;

/// Values that come near to those of a policy.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..15).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z:/]{0,8}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            "ChangeInCapacity",
            "ExactCapacity",
            "PercentChangeInCapacity",
            "Hold",
            "FirstStep",
            "service/tide/web",
            "autoScalingGroup/tide-group",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn names() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "Policies",
        "Alarm",
        "ResourceId",
        "MinCapacity",
        "MaxCapacity",
        "AdjustmentType",
        "StepAdjustments",
        "MetricIntervalLowerBound",
        "MetricIntervalUpperBound",
        "ScalingAdjustment",
        "MinAdjustmentMagnitude",
        "ScaleOutCooldown",
        "ScaleInCooldown",
        "MissingData",
        "MaxDrainingPercent",
        "Enabled",
        "ScaleTo",
        "AtLeast",
        "$schema",
        "Other",
    ])
    .prop_map(str::to_owned)
}

/// A sound policy with some fields set to anything, or taken away.
fn broken() -> impl Strategy<Value = Value> {
    prop::collection::vec((names(), prop::option::of(values())), 0..3).prop_map(|changes| {
        let mut policy = sound();
        for (name, value) in changes {
            match (policy.as_object_mut(), value) {
                (Some(fields), Some(value)) => drop(fields.insert(name, value)),
                (Some(fields), None) => drop(fields.remove(&name)),
                (None, _) => {}
            }
        }
        policy
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn any_json_is_read_or_has_faults_that_name_their_field(value in values()) {
        if let Err(Faults(faults)) = Policies::from_value(&value) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| !fault.path.is_empty()));
        }
    }

    #[test]
    fn any_text_is_read_or_has_faults(
        text in "([-{}\\[\\],:?&*!|>'\"%@#~ \n\ta-cP0.\\\\]{0,40})",
        other: String,
    ) {
        for text in [text, other] {
            if let Err(Faults(faults)) = Policies::read(&text) {
                prop_assert!(!faults.is_empty());
            }
        }
    }

    #[test]
    fn what_is_accepted_is_accepted_by_the_schema_and_read_back_as_it_is(policy in broken()) {
        let document = document(policy);
        if let Ok(policies) = Policies::from_value(&document) {
            let schema = schema::generated();
            prop_assert_eq!(validator::fault(&schema, &schema, &document), None);
            let written = serde_json::to_string(&policies).unwrap();
            prop_assert_eq!(Policies::read(&written), Ok(policies));
        }
    }
}
