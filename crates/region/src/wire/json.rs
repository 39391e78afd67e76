//! AWS JSON 1.1.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::api::ApiError;
use crate::region::Api;

/// What ECS's targets begin with.
const ECS: &str = "AmazonEC2ContainerServiceV20141113.";

pub(super) fn read(target: &str, body: &[u8]) -> Result<Call, ApiError> {
    let operation = target.strip_prefix(ECS).ok_or_else(|| {
        ApiError::client("UnknownOperationException", format!("no operation {target} here"))
    })?;
    let input = serde_json::from_slice(body)
        .map_err(|error| ApiError::client("SerializationException", error.to_string()))?;
    Ok(Call { api: Api::Ecs, operation: operation.to_owned(), input })
}

pub(super) fn write(answer: Result<Value, ApiError>) -> Answer {
    let (status, body) = match answer {
        Ok(output) => (200, output),
        Err(error) => (error.status, json!({"__type": error.code, "message": error.message})),
    };
    Answer { status, content_type: "application/x-amz-json-1.1", body: body.to_string() }
}
