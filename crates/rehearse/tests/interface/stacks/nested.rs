//! Nested stacks get exactly the parameters that they declare, and accept every value that the
//! outer template accepts.

use std::collections::BTreeSet;

use region::wiring::template::Parameter;
use serde_json::{Map, Value};

use crate::stacks::{DEMO, MAIN, arguments, load, parameters};

/// A nested stack.
struct Nested {
    id: String,
    outer: String,
    inner: String,
    passed: Map<String, Value>,
}

/// All nested stacks of a template, at any depth.
fn nested(outer: &str) -> Vec<Nested> {
    let template = load(outer);
    let resources = template["Resources"].as_object().unwrap();
    let stacks = resources.iter().filter(|(_, body)| body["Type"] == "AWS::CloudFormation::Stack");
    let mut all = Vec::new();
    for (id, body) in stacks {
        let properties = &body["Properties"];
        let url = properties["TemplateURL"].as_str().unwrap();
        let inner = outer.rsplit_once('/').map_or(url.to_owned(), |(at, _)| format!("{at}/{url}"));
        all.extend(nested(&inner));
        let passed = properties["Parameters"].as_object().cloned().unwrap_or_default();
        all.push(Nested { id: id.clone(), outer: outer.to_owned(), inner, passed });
    }
    all
}

/// The nested stacks of every template that is deployed.
fn all_nested() -> Vec<Nested> {
    [MAIN, DEMO].into_iter().flat_map(nested).collect()
}

#[test]
fn every_nested_stack_is_handed_what_it_declares_and_nothing_else() {
    for Nested { id, outer, inner, passed } in all_nested() {
        let declared: BTreeSet<String> = parameters(&inner).into_iter().map(|p| p.name).collect();
        assert_eq!(passed.keys().cloned().collect::<BTreeSet<_>>(), declared, "{id} of {outer}");
    }
}

/// How a parameter of the inner template differs from that of the same name in the outer one.
///
/// The inner template must accept every value that the outer one accepts, or a deployment would
/// fail halfway and roll back. So the inner pattern must be the same or missing. The exception is
/// the empty text, which means that there is no value: a nested stack that is deployed only if
/// there is a value, as a rule of template.yaml ensures, may require one.
pub fn differences(outer: &Parameter, inner: &Parameter) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, outer: String, inner: String, admitted: bool| {
        if outer != inner && !admitted {
            differences.push(format!("{what} is {inner}, not {outer}"));
        }
    };
    let may_be_empty = outer.default.as_deref() == Some("");
    let asked_for = may_be_empty && inner.default.is_none();
    let filled = outer.allowed_pattern.as_ref().map(|pattern| pattern.replace("{0,", "{1,"));
    let admits = inner.allowed_pattern.is_none()
        || asked_for && inner.allowed_pattern == filled && filled != outer.allowed_pattern;
    let text = |value: &dyn std::fmt::Debug| format!("{value:?}");
    compare("Type", text(&outer.kind), text(&inner.kind), false);
    compare("Default", text(&outer.default), text(&inner.default), asked_for);
    compare("MinValue", text(&outer.min_value), text(&inner.min_value), false);
    compare("MaxValue", text(&outer.max_value), text(&inner.max_value), false);
    compare("AllowedValues", text(&outer.allowed_values), text(&inner.allowed_values), false);
    compare("AllowedPattern", text(&outer.allowed_pattern), text(&inner.allowed_pattern), admits);
    differences
}

#[test]
fn a_parameter_is_the_same_in_every_template_and_is_handed_on_under_its_name() {
    let mut wrong = Vec::new();
    for Nested { id, outer, inner, passed } in all_nested() {
        let declared = parameters(&outer);
        for parameter in parameters(&inner) {
            let name = &parameter.name;
            let Some(same) = declared.iter().find(|p| p.name == *name) else { continue };
            let differences = differences(same, &parameter).into_iter();
            wrong.extend(differences.map(|d| format!("{name} of {inner}: {d} as in {outer}")));
            if !arguments(&passed[name], "Ref").iter().any(|referred| *referred == name) {
                wrong.push(format!("{id} of {outer} does not hand on {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_output_of_a_nested_stack_that_is_used_exists() {
    let mut used = 0;
    for Nested { id, outer, inner, .. } in all_nested() {
        let (outer_body, outputs) = (load(&outer), load(&inner)["Outputs"].clone());
        for attribute in arguments(&outer_body, "Fn::GetAtt") {
            let Some(attribute) = attribute.as_str().and_then(|path| path.strip_prefix(&id)) else {
                continue;
            };
            let Some(output) = attribute.strip_prefix(".Outputs.") else { continue };
            assert!(outputs.get(output).is_some(), "{outer} uses {id}{attribute}");
            used += 1;
        }
    }
    assert!(used > 0);
}

#[test]
fn a_parameter_that_differs_is_reported() {
    let percent = Parameter {
        name: "ServiceInPercent".to_owned(),
        kind: "Number".to_owned(),
        default: Some("30".to_owned()),
        min_value: Some(1.0),
        max_value: Some(30.0),
        ..Parameter::default()
    };
    let service = Parameter {
        name: "Service".to_owned(),
        kind: "String".to_owned(),
        default: Some(String::new()),
        allowed_pattern: Some("^[a-z]{0,9}$".to_owned()),
        ..Parameter::default()
    };
    let pattern = |pattern: &str| Some(pattern.to_owned());
    let required =
        Parameter { default: None, allowed_pattern: pattern("^[a-z]{1,9}$"), ..service.clone() };
    for (outer, inner, expected) in [
        (&percent, percent.clone(), 0),
        (&percent, Parameter { default: Some("20".to_owned()), ..percent.clone() }, 1),
        (&percent, Parameter { default: None, max_value: None, ..percent.clone() }, 2),
        (&percent, Parameter { min_value: Some(2.0), ..percent.clone() }, 1),
        (&percent, Parameter { kind: "String".to_owned(), ..percent.clone() }, 1),
        (&percent, Parameter { allowed_values: vec!["30".to_owned()], ..percent.clone() }, 1),
        (&service, service.clone(), 0),
        (&service, required.clone(), 0),
        (&service, Parameter { allowed_pattern: None, ..service.clone() }, 0),
        (&service, Parameter { allowed_pattern: pattern("^[a-z]{1,9}$"), ..service.clone() }, 1),
        (&service, Parameter { allowed_pattern: pattern("^[a-z]{1,8}$"), ..required.clone() }, 1),
        (&required, service.clone(), 2),
    ] {
        assert_eq!(differences(outer, &inner).len(), expected, "{inner:?}");
    }
}
