//! The template's parameters: what they admit, and the values they get.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{TemplateError, allowed_pattern};

/// A parameter of the template.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameter {
    pub name: String,
    /// Its type, such as `String`, `Number` or `CommaDelimitedList`.
    pub kind: String,
    /// The value it has if none is given; without one, a value is required.
    pub default: Option<String>,
    /// The only values it takes; empty means no such bound.
    pub allowed_values: Vec<String>,
    /// The regular expression that a value, or each item of a list, must match as a whole.
    pub allowed_pattern: Option<String>,
    /// The least number it takes.
    pub min_value: Option<f64>,
    /// The greatest number it takes.
    pub max_value: Option<f64>,
    /// What it is for.
    pub description: String,
}

/// A scalar as text, the way CloudFormation sees the value of a parameter.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// All parameters of a template, by name.
pub(super) fn read(template: &Value) -> Result<Vec<Parameter>, TemplateError> {
    let Some(declared) = template.get("Parameters") else { return Ok(Vec::new()) };
    let declared = declared.as_object().ok_or_else(|| {
        TemplateError::Yaml("the section `Parameters` must be an object".to_owned())
    })?;
    declared.iter().map(|(name, body)| one(name, body)).collect()
}

fn one(name: &str, body: &Value) -> Result<Parameter, TemplateError> {
    let field = |key: &str| body.get(key).and_then(text);
    let bound = |key: &str| {
        field(key)
            .map(|text| {
                text.parse().map_err(|_| refuse(name, format!("has `{key}` {text}; give a number")))
            })
            .transpose()
    };
    let allowed = match body.get("AllowedValues") {
        None => Vec::new(),
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        Some(_) => return Err(refuse(name, "has `AllowedValues` that are no list".to_owned())),
    };
    Ok(Parameter {
        name: name.to_owned(),
        kind: field("Type").ok_or_else(|| refuse(name, "has no `Type`; add one".to_owned()))?,
        default: field("Default"),
        allowed_values: allowed,
        allowed_pattern: field("AllowedPattern"),
        min_value: bound("MinValue")?,
        max_value: bound("MaxValue")?,
        description: field("Description").unwrap_or_default(),
    })
}

fn refuse(name: &str, problem: String) -> TemplateError {
    TemplateError::Parameter { name: name.to_owned(), problem }
}

/// The value of every parameter: what was given, else the default.
pub(super) fn values(
    declared: &[Parameter],
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>, TemplateError> {
    if let Some(name) = given.keys().find(|name| !declared.iter().any(|p| p.name == **name)) {
        return Err(refuse(name, "is not declared; remove it or correct its name".to_owned()));
    }
    declared
        .iter()
        .map(|parameter| {
            let given = given.get(&parameter.name).or(parameter.default.as_ref());
            let text = given.ok_or_else(|| {
                refuse(&parameter.name, "has no default; give it a value".to_owned())
            })?;
            Ok((parameter.name.clone(), parameter.admit(text)?))
        })
        .collect()
}

impl Parameter {
    fn admit(&self, text: &str) -> Result<Value, TemplateError> {
        let is_list = self.kind == "CommaDelimitedList" || self.kind.starts_with("List<");
        let entries: Vec<&str> = if is_list && text.is_empty() {
            Vec::new()
        } else if is_list {
            text.split(',').map(str::trim).collect()
        } else {
            vec![text]
        };
        entries.iter().try_for_each(|entry| self.check(entry))?;
        Ok(if is_list { json!(entries) } else { json!(text) })
    }

    fn check(&self, text: &str) -> Result<(), TemplateError> {
        if !self.allowed_values.is_empty() && !self.allowed_values.iter().any(|a| a == text) {
            let choice = self.allowed_values.join(", ");
            return Err(refuse(&self.name, format!("is `{text}`; use one of {choice}")));
        }
        if let Some(pattern) = &self.allowed_pattern
            && allowed_pattern::matches(pattern, text) == Some(false)
        {
            return Err(refuse(&self.name, format!("is `{text}`; match the pattern {pattern}")));
        }
        if !matches!(self.kind.as_str(), "Number" | "List<Number>") {
            return Ok(());
        }
        let number: f64 =
            text.parse().map_err(|_| refuse(&self.name, format!("is `{text}`; give a number")))?;
        if let Some(least) = self.min_value.filter(|least| number < *least) {
            return Err(refuse(&self.name, format!("is {text}; give at least {least}")));
        }
        if let Some(most) = self.max_value.filter(|most| number > *most) {
            return Err(refuse(&self.name, format!("is {text}; give at most {most}")));
        }
        Ok(())
    }
}
