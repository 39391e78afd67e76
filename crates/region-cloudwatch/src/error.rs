//! The error of most refused calls.

use region_core::api::ApiError;

/// CloudWatch's code for nearly everything it refuses.
pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}
