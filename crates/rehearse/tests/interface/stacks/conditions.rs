//! Evaluates conditions of a template.

use serde_json::Value;

/// Whether a condition holds for these values of parameters.
pub fn holds(conditions: &Value, condition: &Value, values: &[(&str, &str)]) -> bool {
    let (function, argument) = condition.as_object().unwrap().iter().next().unwrap();
    let each = || argument.as_array().unwrap().iter();
    let text = |value: &Value| match value.get("Ref") {
        Some(name) => {
            let value = values.iter().find(|(given, _)| name == given);
            value.unwrap_or_else(|| panic!("no value for {name}")).1.to_owned()
        }
        None => value.as_str().unwrap().to_owned(),
    };
    match function.as_str() {
        "Condition" => holds(conditions, &conditions[argument.as_str().unwrap()], values),
        "Fn::Equals" => text(&argument[0]) == text(&argument[1]),
        "Fn::And" => each().all(|one| holds(conditions, one, values)),
        "Fn::Or" => each().any(|one| holds(conditions, one, values)),
        "Fn::Not" => !holds(conditions, &argument[0], values),
        other => panic!("{other} is not known here"),
    }
}
