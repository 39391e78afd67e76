//! Tests of template.yaml and of the stacks that are deployed with it.

mod alarm_scaling;
mod loads;
mod nested;
mod reference;
mod scaling;
mod steps;

use region::wiring::template::{self, Parameter};

use crate::page;
use serde_json::Value;

const MAIN: &str = "template.yaml";
const DEMO: &str = "stacks/demo.yaml";

fn load(path: &str) -> Value {
    template::load(&page::read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn parameters(path: &str) -> Vec<Parameter> {
    template::parameters(&page::read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every argument of a function such as `Ref`, anywhere in `value`.
fn arguments<'a>(value: &'a Value, function: &str) -> Vec<&'a Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(|item| arguments(item, function)).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, field)| {
                let argument = (key == function).then_some(field);
                argument.into_iter().chain(arguments(field, function))
            })
            .collect(),
        _ => Vec::new(),
    }
}
