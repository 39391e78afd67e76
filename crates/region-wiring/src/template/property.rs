//! The properties of one resource, with errors that name resource and property.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::TemplateError;
use super::parameter::text;

/// Resolved properties. A property is named by its path, such as `RedrivePolicy.maxReceiveCount`.
#[derive(Debug)]
pub(super) struct Properties {
    pub(super) id: String,
    pub(super) body: Value,
}

impl Properties {
    pub(super) fn new(id: impl Into<String>, body: Value) -> Self {
        Self { id: id.into(), body }
    }

    pub(super) fn error(&self, property: &str, problem: impl Into<String>) -> TemplateError {
        TemplateError::Property {
            id: self.id.clone(),
            property: property.to_owned(),
            problem: problem.into(),
        }
    }

    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        let found = path.split('.').try_fold(&self.body, |value, key| value.get(key));
        found.filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, path: &str) -> Result<Option<String>, TemplateError> {
        let Some(value) = self.get(path) else { return Ok(None) };
        text(value).map(Some).ok_or_else(|| self.error(path, format!("is {value}; give a text")))
    }

    pub(super) fn required(&self, path: &str) -> Result<String, TemplateError> {
        self.text(path)?.ok_or_else(|| self.error(path, "is missing; add it"))
    }

    pub(super) fn number(
        &self,
        path: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, TemplateError> {
        let Some(text) = self.text(path)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| {
            let (least, most) = range.into_inner();
            self.error(path, format!("is `{text}`; give a whole number from {least} to {most}"))
        })
    }

    pub(super) fn flag(&self, path: &str) -> Result<bool, TemplateError> {
        Ok(self.choice(path, &["true", "false"])?.as_deref() == Some("true"))
    }

    pub(super) fn choice(
        &self,
        path: &str,
        choices: &[&str],
    ) -> Result<Option<String>, TemplateError> {
        let text = self.text(path)?;
        match &text {
            Some(text) if !choices.contains(&text.as_str()) => {
                Err(self.error(path, format!("is `{text}`; use one of {}", choices.join(", "))))
            }
            _ => Ok(text),
        }
    }

    /// A list; what is absent is empty.
    pub(super) fn list(&self, path: &str) -> Result<&[Value], TemplateError> {
        match self.get(path) {
            None => Ok(&[]),
            Some(Value::Array(list)) => Ok(list),
            Some(other) => Err(self.error(path, format!("is {other}; give a list"))),
        }
    }

    /// JSON that may stand as an object or as its text.
    pub(super) fn json(&self, path: &str) -> Result<Option<Value>, TemplateError> {
        match self.get(path) {
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|error| self.error(path, format!("is no JSON ({error}); correct it"))),
            other => Ok(other.cloned()),
        }
    }
}
