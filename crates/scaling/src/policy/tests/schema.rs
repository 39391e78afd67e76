//! The schema for completion in editors.

use super::*;

const CHECKED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policy.schema.json");

pub(super) fn generated() -> Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Policies>()
        .to_value()
}

#[test]
fn the_checked_in_schema_is_that_of_the_types() {
    let text = format!("{}\n", serde_json::to_string_pretty(&generated()).unwrap());
    if std::env::var_os("WRITE_SCHEMA").is_some() {
        std::fs::write(CHECKED_IN, &text).unwrap();
    }
    let checked_in = std::fs::read_to_string(CHECKED_IN).unwrap_or_default();
    assert_eq!(checked_in, text, "regenerate it: WRITE_SCHEMA=1 cargo test -p scaling schema");
}

#[test]
fn the_schema_accepts_the_examples() {
    let schema = generated();
    for (name, text) in EXAMPLES {
        let value = text::parse(text).unwrap();
        assert_eq!(validator::fault(&schema, &schema, &value), None, "{name}");
    }
}

#[test]
fn the_schema_rejects_what_an_editor_should_mark() {
    let schema = generated();
    for (field, value) in [
        ("Alarms", json!("high")),
        ("Alarm", json!("")),
        ("ResourceId", json!("web")),
        ("MinCapacity", json!(-1)),
        ("AdjustmentType", json!("Change")),
        ("StepAdjustments", json!([])),
        ("StepAdjustments", json!([{"ScalingAdjustment": "1"}])),
        ("MinAdjustmentMagnitude", json!(0)),
        ("ScaleOutCooldown", json!(86_401)),
        ("MissingData", json!({"ScaleTo": -1})),
        ("MissingData", json!("Ignore")),
        ("MaxDrainingPercent", json!(101)),
        ("Enabled", json!("yes")),
    ] {
        let mut policy = sound();
        policy[field] = value;
        let fault = validator::fault(&schema, &schema, &document(policy.clone()));
        assert!(fault.is_some(), "{policy}");
        assert!(Policies::from_value(&document(policy)).is_err());
    }
    let missing = |field: &str| {
        let mut policy = sound();
        policy.as_object_mut().unwrap().remove(field);
        validator::fault(&schema, &schema, &document(policy))
    };
    let required: Vec<String> = sound()
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| missing(name).is_some())
        .cloned()
        .collect();
    assert_eq!(required.len(), sound().as_object().unwrap().len(), "{required:?}");
}
