//! From YAML text to JSON, with the short tags in their long form.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

use super::TemplateError;

/// Read a template as JSON in which `!Sub x` reads `{"Fn::Sub": x}`, so that the short and the
/// long form of a function are one from here on.
///
/// # Errors
/// If the text is no YAML, or has what cannot be read here.
pub fn load(text: &str) -> Result<Value, TemplateError> {
    let documents =
        Yaml::load_from_str(text).map_err(|error| TemplateError::Yaml(error.to_string()))?;
    match documents.first() {
        Some(document) => value(document),
        None => Err(TemplateError::Yaml("the template is empty".to_owned())),
    }
}

fn value(yaml: &Yaml<'_>) -> Result<Value, TemplateError> {
    match yaml {
        Yaml::Value(scalar) => Ok(self::scalar(scalar)),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(entries) => {
            let mut fields = Map::new();
            for (key, field) in entries {
                fields.insert(name(key)?, value(field)?);
            }
            Ok(Value::Object(fields))
        }
        Yaml::Tagged(tag, inner) => {
            let function = match tag.suffix.as_str() {
                short @ ("Ref" | "Condition") => short.to_owned(),
                other => format!("Fn::{other}"),
            };
            Ok(json!({function: value(inner)?}))
        }
        Yaml::Representation(text, ..) => Ok(json!(text)),
        Yaml::Alias(_) | Yaml::BadValue => Err(TemplateError::Yaml(
            "an alias or a malformed scalar cannot be read; write the value out".to_owned(),
        )),
    }
}

fn scalar(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(flag) => json!(flag),
        Scalar::Integer(number) => json!(number),
        Scalar::FloatingPoint(number) => json!(number.into_inner()),
        Scalar::String(text) => json!(text),
    }
}

fn name(key: &Yaml<'_>) -> Result<String, TemplateError> {
    match value(key)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => Err(TemplateError::Yaml(format!("the key {other} must be a plain name"))),
    }
}
