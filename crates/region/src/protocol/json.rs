//! AWS JSON 1.1, and 1.0 for CloudWatch.

use serde_json::{Value, json};

use super::{Answer, Call};
use region_core::api::{Api, ApiError};

/// What ECS's targets begin with.
const ECS: &str = "AmazonEC2ContainerServiceV20141113.";

/// What CloudWatch's targets begin with.
const CLOUD_WATCH: &str = "GraniteServiceVersion20100801.";

pub(super) fn read(target: &str, body: &[u8]) -> Result<Call, ApiError> {
    let apis = [(ECS, Api::Ecs), (CLOUD_WATCH, Api::CloudWatch)];
    let named =
        apis.into_iter().find_map(|(prefix, api)| Some((api, target.strip_prefix(prefix)?)));
    let (api, operation) = named.ok_or_else(|| {
        ApiError::client("UnknownOperationException", format!("no operation {target} here"))
    })?;
    let input = serde_json::from_slice(body)
        .map_err(|error| ApiError::client("SerializationException", error.to_string()))?;
    Ok(Call::new(api, operation, input))
}

pub(super) fn write(api: Api, answer: Result<Value, ApiError>) -> Answer {
    let (status, body) = match answer {
        Ok(output) => (200, output),
        Err(error) => (error.status, json!({"__type": error.code, "message": error.message})),
    };
    let headers = match api {
        Api::CloudWatch => &[("content-type", "application/x-amz-json-1.0")],
        Api::Ecs | Api::AutoScaling | Api::Sns => &[("content-type", "application/x-amz-json-1.1")],
    };
    let body = serde_json::to_vec(&body);
    body.map_or_else(|_| Answer::unwritable(), |body| Answer { status, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_names_the_api_and_its_version_of_json() {
        for (target, api, version) in [
            (
                "AmazonEC2ContainerServiceV20141113.ListTasks",
                Api::Ecs,
                "application/x-amz-json-1.1",
            ),
            (
                "GraniteServiceVersion20100801.ListTasks",
                Api::CloudWatch,
                "application/x-amz-json-1.0",
            ),
        ] {
            let call = read(target, b"{}").unwrap();
            assert_eq!((call.api, call.operation.as_str()), (api, "ListTasks"));
            assert_eq!(write(api, Ok(json!({}))).headers, [("content-type", version)]);
        }
        assert_eq!(read("Lambda.Invoke", b"{}").unwrap_err().code, "UnknownOperationException");
    }
}
