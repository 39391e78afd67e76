//! The two protocols that the region speaks: AWS JSON 1.1 for ECS, AWS Query for
//! Auto Scaling and SNS. Both become JSON values, so that an API is written once.

mod json;
mod query;

use serde_json::Value;

use crate::api::ApiError;
use crate::region::Api;

/// A call taken off the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The API.
    pub api: Api,
    /// The operation's name.
    pub operation: String,
    /// Its input.
    pub input: Value,
}

/// An answer for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body's content type.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// Read a request: the `X-Amz-Target` header tells the JSON protocol, its absence
/// the other.
///
/// # Errors
/// A target, version or body that no API here has.
pub fn read(target: Option<&str>, body: &[u8]) -> Result<Call, ApiError> {
    match target {
        Some(target) => json::read(target, body),
        None => query::read(body),
    }
}

/// Write what `api` answered to `operation`.
pub fn write(api: Api, operation: &str, answer: Result<Value, ApiError>) -> Answer {
    match api {
        Api::Ecs => json::write(answer),
        Api::AutoScaling | Api::Sns => query::write(api, operation, answer),
    }
}

/// Write an error about a request that named no API.
pub fn write_unread(target: Option<&str>, error: ApiError) -> Answer {
    match target {
        Some(_) => json::write(Err(error)),
        None => query::write(Api::AutoScaling, "Unknown", Err(error)),
    }
}
