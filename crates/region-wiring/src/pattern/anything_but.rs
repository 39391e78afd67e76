//! `anything-but`: one or several texts or numbers, or one operator on one or several texts.

use serde_json::{Map, Value};

use super::condition::{Test, TextTest};
use super::number;
use super::service::Service;
use super::wildcard::Wildcard;

/// Read the operand.
pub(super) fn read(service: Service, operand: &Value) -> Result<Test, String> {
    let excluded = match operand {
        Value::Array(values) => list(values)?,
        Value::Object(inner) => operator(service, inner)?,
        Value::String(_) | Value::Number(_) => vec![value(operand)?],
        _ => return Err(no_value()),
    };
    Ok(Test::AnythingBut(excluded))
}

fn no_value() -> String {
    "Value of anything-but must be an array or single string/number value.".to_owned()
}

fn list(values: &[Value]) -> Result<Vec<Test>, String> {
    let excluded = values.iter().map(value).collect::<Result<Vec<_>, _>>()?;
    let numbers = values.iter().filter(|value| value.is_number()).count();
    if values.is_empty() || (numbers > 0 && numbers < values.len()) {
        let rule = "either all values are number or string, mixed type is not supported";
        return Err(format!("Inside anything but list, {rule}"));
    }
    Ok(excluded)
}

fn value(value: &Value) -> Result<Test, String> {
    match value {
        Value::String(_) => Ok(Test::Literal(value.clone())),
        Value::Number(number) => match number::comparable(number) {
            Some(_) => Ok(Test::Number(number.clone())),
            None => Err(number::not_comparable(number)),
        },
        _ => Err("Inside anything but list, start|null|boolean is not supported.".to_owned()),
    }
}

fn operator(service: Service, inner: &Map<String, Value>) -> Result<Vec<Test>, String> {
    let mut entries = inner.iter();
    let Some((name, operand)) = entries.next() else {
        return Err("Anything-But expression name not found".to_owned());
    };
    if !service.takes_inside_anything_but(name) {
        return Err(format!("Unsupported anything-but pattern: {name}"));
    }
    if entries.next().is_some() {
        return Err("Too many elements in numeric expression".to_owned());
    }
    let operands = match operand {
        _ if service == Service::Sns => std::slice::from_ref(operand),
        Value::Array(operands) if operands.is_empty() => {
            return Err("Empty arrays are not allowed".to_owned());
        }
        Value::Array(operands) => operands.as_slice(),
        Value::String(_) | Value::Number(_) => std::slice::from_ref(operand),
        _ => return Err(no_value()),
    };
    operands.iter().map(|operand| Ok(Test::Text(text_test(service, name, operand)?))).collect()
}

fn text_test(service: Service, operator: &str, operand: &Value) -> Result<TextTest, String> {
    let affix = if service == Service::Sns { "prefix" } else { "prefix/suffix" };
    let Some(text) = operand.as_str() else {
        return Err(match operator {
            "equals-ignore-case" => {
                "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not \
                 supported."
                    .to_owned()
            }
            "wildcard" => "wildcard match pattern must be a string".to_owned(),
            _ => format!("{affix} match pattern must be a string"),
        });
    };
    match operator {
        "equals-ignore-case" => Ok(TextTest::AnyCase(text.to_lowercase())),
        "wildcard" => Ok(TextTest::Wildcard(Wildcard::read(text)?)),
        _ if text.is_empty() => Err(format!("Null {affix} not allowed")),
        "prefix" => Ok(TextTest::Prefix(text.to_owned())),
        _ => Ok(TextTest::Suffix(text.to_owned())),
    }
}
