//! The errors of refused calls.

use region_core::api::ApiError;

/// CloudWatch's code for nearly everything it refuses.
pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

/// A value that CloudWatch does not accept.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterValue", message)
}

/// Values that do not go together.
pub(crate) fn combined(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterCombination", message)
}

/// A parameter without which CloudWatch cannot do anything.
pub(crate) fn missing(place: &str) -> ApiError {
    ApiError::client("MissingParameter", required(place))
}

/// What CloudWatch says of a parameter that is not there.
pub(crate) fn required(place: &str) -> String {
    format!("The parameter {place} is required.")
}

/// The place of an item in a list of a request, from 0.
pub(crate) fn member(list: &str, index: usize) -> String {
    format!("{list}.member.{}", index + 1)
}
