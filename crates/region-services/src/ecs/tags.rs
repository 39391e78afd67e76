//! TagResource, for services.

use serde_json::{Value, json};

use super::Ecs;
use super::error::invalid;
use crate::arena::ServiceKey;
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::text;

/// Tags of one resource (API_TagResource).
const MOST: usize = 50;
/// Characters of a key and of a value (API_Tag).
const LONGEST: (usize, usize) = (128, 256);

/// Letters, digits, spaces and a few signs (API_Tag).
fn of_charset(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "+-=._:/@".contains(c))
}

/// A key and a value that AWS takes.
///
/// # Errors
/// `InvalidParameterException`.
fn tag(tag: &Value) -> Result<(String, String), ApiError> {
    let key = text(tag, "key").unwrap_or_default();
    let value = tag.get("value").and_then(Value::as_str).unwrap_or_default();
    let short = key.chars().count() <= LONGEST.0 && value.chars().count() <= LONGEST.1;
    let reserved = key.to_ascii_lowercase().starts_with("aws:");
    if key.is_empty() || !short || reserved || !of_charset(key) || !of_charset(value) {
        return Err(invalid(format!("Invalid tag: {key}={value}")));
    }
    Ok((key.to_owned(), value.to_owned()))
}

impl Ecs {
    pub(super) fn tag_resource(
        &mut self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let key = self.service_of_arn(text(input, "resourceArn").unwrap_or_default())?;
        let listed = input.get("tags").and_then(Value::as_array);
        let listed = listed.filter(|tags| !tags.is_empty());
        let listed = listed.ok_or_else(|| invalid("tags cannot be empty."))?;
        let mut tags = self.services[key].tags.clone();
        tags.extend(listed.iter().map(tag).collect::<Result<Vec<_>, _>>()?);
        if tags.len() > MOST {
            return Err(invalid("A resource can have at most 50 tags."));
        }
        self.services[key].tags = tags;
        self.record_service(context, key);
        Ok(json!({}))
    }

    fn service_of_arn(&self, arn: &str) -> Result<ServiceKey, ApiError> {
        let (_, path) = arn.split_once(":service/").ok_or_else(|| {
            invalid("the simulated region tags services only, named by their long ARN")
        })?;
        let (cluster, name) = path.split_once('/').unwrap_or(("default", path));
        let missing = || {
            let text = "The specified resource wasn't found.";
            ApiError::client("ResourceNotFoundException", text)
        };
        self.service(cluster, name).map_err(|_| missing())
    }
}
