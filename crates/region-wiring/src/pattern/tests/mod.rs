//! Patterns against events, one file of cases a subject, and properties of all patterns.
//!
//! The rules are as recorded from AWS by LocalStack (`test_events_patterns.py`,
//! `test_sns_filter_policy.py`) and as in the source of Event Ruler. The cases are our own.

mod properties;

use serde_json::Value;

use super::{Pattern, Refusal, Service};

fn cases(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

fn hold(text: &str) {
    for case in cases(text) {
        let name = &case["case"];
        let pattern = Pattern::of_rule(&case["pattern"]).unwrap_or_else(|r| panic!("{name}: {r}"));
        for (events, expected) in [("matches", true), ("misses", false)] {
            for event in case[events].as_array().unwrap() {
                assert_eq!(pattern.matches(event), expected, "{name}: {event}");
            }
        }
    }
}

fn are_refused(service: Service, text: &str) {
    for case in cases(text) {
        let refused = Pattern::read(service, &case["pattern"]);
        let refusal = service.refusal(case["reason"].as_str().unwrap());
        assert_eq!(refused, Err(refusal), "{}", case["case"]);
    }
}

#[test]
fn values_match_by_type_and_value() {
    hold(include_str!("cases/literals.json"));
}

#[test]
fn joined_and_nested_keys_are_the_same_path() {
    hold(include_str!("cases/paths.json"));
}

#[test]
fn fields_below_one_list_come_from_one_element() {
    hold(include_str!("cases/lists.json"));
}

#[test]
fn exists_asks_for_leaves() {
    hold(include_str!("cases/exists.json"));
}

#[test]
fn texts_match_by_prefix_suffix_and_case() {
    hold(include_str!("cases/texts.json"));
}

#[test]
fn anything_but_passes_all_other_leaves() {
    hold(include_str!("cases/anything_but.json"));
}

#[test]
fn numbers_match_by_range() {
    hold(include_str!("cases/numbers.json"));
}

#[test]
fn addresses_match_by_network() {
    hold(include_str!("cases/networks.json"));
}

#[test]
fn a_star_of_a_wildcard_stands_for_any_text() {
    hold(include_str!("cases/wildcards.json"));
}

#[test]
fn one_branch_of_or_is_enough() {
    hold(include_str!("cases/or.json"));
}

#[test]
fn eventbridge_refuses_in_its_words() {
    are_refused(Service::EventBridge, include_str!("cases/refused_by_eventbridge.json"));
    let refused = Pattern::of_rule(&serde_json::json!({"n": []})).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "is refused with InvalidEventPatternException: Event pattern is not valid. Reason: Empty \
         arrays are not allowed"
    );
}

#[test]
fn a_mapping_takes_fewer_operators() {
    are_refused(Service::Lambda, include_str!("cases/refused_by_lambda.json"));
    let refused = Pattern::of_mapping(&serde_json::json!({"body": []})).unwrap_err();
    let Refusal { code, message } = refused;
    assert_eq!(code, "InvalidParameterValueException");
    assert!(message.starts_with("Invalid filter pattern definition."));
}

#[test]
fn or_multiplies_to_a_thousand_at_most() {
    let or = |branches: usize, name: &str| {
        let branch = |index: usize| format!(r#"{{"{name}{index}": [1]}}"#);
        let branches: Vec<_> = (0..branches).map(branch).collect();
        format!(r#"{{"$or": [{}]}}"#, branches.join(", "))
    };
    for (first, second, expected) in [(40, 25, true), (40, 26, false)] {
        let text = format!(r#"{{"x": {}, "y": {}}}"#, or(first, "a"), or(second, "b"));
        let pattern = serde_json::from_str(&text).unwrap();
        assert_eq!(Pattern::of_rule(&pattern).is_ok(), expected, "{first} {second}");
    }
}
