//! What ECS refuses.

use region_core::api::ApiError;

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterException", message)
}
