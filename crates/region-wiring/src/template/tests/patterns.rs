//! Patterns and filter policies that a stack could not create, and limits beside them.

use super::*;

use serde_json::Value;

/// A template with one topic, queue and function, and `resource`.
fn with(resource: &str) -> String {
    format!(
        "
Resources:
  T: {{Type: AWS::SNS::Topic}}
  Q: {{Type: AWS::SQS::Queue}}
  F: {{Type: AWS::Serverless::Function}}
  {resource}
"
    )
}

fn rule(properties: &str) -> String {
    with(&format!("R: {{Type: AWS::Events::Rule, Properties: {{{properties}}}}}"))
}

fn subscription(properties: &str) -> String {
    with(&format!(
        "S: {{Type: AWS::SNS::Subscription, Properties: {{TopicArn: !Ref T, Protocol: sqs, \
         Endpoint: !GetAtt Q.Arn, {properties}}}}}"
    ))
}

fn mapping(filters: &str) -> String {
    with(&format!(
        "M: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !GetAtt Q.Arn, \
         FunctionName: !Ref F, FilterCriteria: {{Filters: [{filters}]}}}}}}"
    ))
}

fn accepted(text: &str) -> Wiring {
    read(text, &BTreeMap::new()).unwrap()
}

#[test]
fn a_refused_pattern_is_named_with_resource_and_property() {
    let sam = "E: {Type: AWS::Serverless::Function, Properties: {Events: {On: {Type: \
               EventBridgeRule, Properties: {Pattern: {source: aws.ecs}}}}}}";
    for (text, expected) in [
        (
            rule("EventPattern: {source: []}"),
            "resource `R`: `EventPattern` is refused with InvalidEventPatternException: Event \
             pattern is not valid. Reason: Empty arrays are not allowed",
        ),
        (
            with(sam),
            "resource `EOn`: `Pattern` is refused with InvalidEventPatternException: Event \
             pattern is not valid. Reason: \"source\" must be an object or an array",
        ),
        (
            subscription("FilterPolicy: {kind: [{wildcard: 'a*'}]}"),
            "resource `S`: `FilterPolicy` is refused with InvalidParameter: Invalid parameter: \
             Attributes Reason: FilterPolicy: Unrecognized match type wildcard",
        ),
        (
            with(
                "T2: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, \
                  Endpoint: !GetAtt Q.Arn, FilterPolicy: {a: {b: [c]}}}]}}",
            ),
            "resource `T2`: `FilterPolicy` is refused with InvalidParameter: Invalid parameter: \
             Attributes Reason: Filter policy scope MessageAttributes does not support nested \
             filter policy",
        ),
        (
            mapping(r#"{Pattern: '{"body": {"kind": "drain"}}'}"#),
            "resource `M`: `FilterCriteria.Filters` is refused with \
             InvalidParameterValueException: Invalid filter pattern definition. (\"kind\" must be \
             an object or an array)",
        ),
    ] {
        assert_eq!(refusal(&text), expected);
    }
}

#[test]
fn a_policy_nests_on_the_body_only() {
    let policy = "FilterPolicy: {a: {b: [c]}}";
    let wiring = accepted(&subscription(&format!("FilterPolicyScope: MessageBody, {policy}")));
    assert!(matches!(wiring.subscriptions[0].filter, Some(FilterPolicy::Body(_))));
    let flat = subscription("FilterPolicy: {a: [b]}");
    assert!(matches!(accepted(&flat).subscriptions[0].filter, Some(FilterPolicy::Attributes(_))));
    let branches = "FilterPolicy: {$or: [{a: [1]}, {b: {c: [1]}}]}";
    assert!(refusal(&subscription(branches)).contains("does not support nested"));
}

#[test]
fn an_empty_policy_is_none() {
    assert_eq!(accepted(&subscription("FilterPolicy: {}")).subscriptions[0].filter, None);
}

#[test]
fn a_policy_has_five_keys_and_150_combinations_at_most() {
    let body = |policy: &str| {
        subscription(&format!("FilterPolicyScope: MessageBody, FilterPolicy: {policy}"))
    };
    // The length of each list times the depth of its key: 3 × 4, 2 × 3 and 4 make 288.
    let deep = "{a: {b: {c: [1, 2, 3, 4]}}, d: {e: [1, 2, 3]}, f: [1, 2, 3, 4]}";
    let keys = "{a: [1], b: [1], c: [1], d: [1], e: {f: [1], g: [1], h: [1]}}";
    assert!(refusal(&body(deep)).contains("Filter policy is too complex"));
    accepted(&body(&deep.replace("c: [1, 2, 3, 4]", "c: [1, 2]")));
    accepted(&body(keys));
    let six = keys.replace("{a:", "{z: [1], a:");
    assert!(refusal(&body(&six)).contains("can not have more than 5 keys"));
}

#[test]
fn a_rule_is_of_the_default_bus() {
    let of_bus = |bus: &str| rule(&format!("EventBusName: {bus}, EventPattern: {{a: [1]}}"));
    for bus in ["default", "arn:aws:events:us-east-1:123456789012:event-bus/default"] {
        assert_eq!(accepted(&of_bus(bus)).rules.len(), 1, "{bus}");
    }
    assert_eq!(
        refusal(&of_bus("orders")),
        "resource `R`: `EventBusName` is `orders`; only the default bus is modeled, so remove it"
    );
    let sam = "E: {Type: AWS::Serverless::Function, Properties: {Events: {On: {Type: \
               EventBridgeRule, Properties: {EventBusName: orders, Pattern: {a: [1]}}}}}}";
    assert!(refusal(&with(sam)).starts_with("resource `EOn`: `EventBusName` is `orders`"));
}

#[test]
fn a_rule_has_five_targets_and_2048_characters_at_most() {
    let targets = |count: usize| {
        let targets = vec!["{Id: t, Arn: !GetAtt Q.Arn}"; count].join(", ");
        rule(&format!("EventPattern: {{a: [1]}}, Targets: [{targets}]"))
    };
    assert_eq!(accepted(&targets(5)).rules[0].targets.len(), 5);
    assert!(refusal(&targets(6)).ends_with("`Targets` has 6; a rule takes 5 at most"));
    let long = |length: usize| rule(&format!("EventPattern: {{a: ['{}']}}", "x".repeat(length)));
    accepted(&long(2048 - r#"{"a":[""]}"#.len()));
    let refused = refusal(&long(2049 - r#"{"a":[""]}"#.len()));
    assert!(refused.ends_with("has 2049 characters; EventBridge takes 2048 at most"), "{refused}");
}

#[test]
fn a_mapping_filters_by_the_body_with_five_filters_at_most() {
    let filter = |pattern: Value| format!("{{Pattern: '{pattern}'}}");
    let body = filter(json!({"body": {"kind": ["a"]}, "body.size": [{"exists": false}]}));
    let five = vec![body.clone(); 5].join(", ");
    assert_eq!(accepted(&mapping(&five)).mappings[0].filters.len(), 5);
    assert!(refusal(&mapping(&format!("{five}, {body}"))).contains("has 6; a mapping takes 5"));
    let other = mapping(&filter(json!({"messageAttributes": {"a": [{"exists": true}]}})));
    assert!(refusal(&other).ends_with(
        "`FilterCriteria.Filters` tests `messageAttributes.a`; Lambda filters SQS messages by \
         `body` only"
    ));
    let long = filter(json!({"body": ["x".repeat(4096)]}));
    assert!(refusal(&mapping(&long)).ends_with("has one of 4109 characters; Lambda takes 4096"));
}
