//! What Auto Scaling refuses.

use serde_json::Value;

use region_core::api::ApiError;
use region_core::input::text;

/// Auto Scaling's code for nearly everything it refuses.
pub(super) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

/// A field that the call must have.
pub(super) fn needed<'a>(input: &'a Value, name: &str) -> Result<&'a str, ApiError> {
    text(input, name)
        .ok_or_else(|| validation(format!("1 validation error detected: {name} is needed")))
}
