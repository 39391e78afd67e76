//! The error of a test action that is not possible.

use region_core::api::ApiError;

pub(crate) fn refused(why: &str) -> ApiError {
    ApiError::client("ControlRefused", why)
}
