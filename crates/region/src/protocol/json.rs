//! AWS JSON 1.1 for ECS and Systems Manager, and 1.0 for CloudWatch.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::exchange::{Answer, Asked, Unread};
use super::{Call, cloudwatch};
use region_core::api::{Api, ApiError};

/// What ECS's targets begin with.
const ECS: &str = "AmazonEC2ContainerServiceV20141113.";

/// What CloudWatch's targets begin with.
const CLOUD_WATCH: &str = "GraniteServiceVersion20100801.";

/// What the targets of Systems Manager begin with.
const SSM: &str = "AmazonSSM.";

pub(super) fn read(target: &str, body: Result<Cow<'_, [u8]>, String>) -> Result<Call, Unread> {
    let apis = [(ECS, Api::Ecs), (CLOUD_WATCH, Api::CloudWatch), (SSM, Api::Ssm)];
    let named =
        apis.into_iter().find_map(|(prefix, api)| Some((api, target.strip_prefix(prefix)?)));
    let (api, operation) = named.ok_or_else(|| {
        Unread::new(Api::Ecs, "UnknownOperationException", format!("no operation {target} here"))
    })?;
    let input = body.and_then(|body| serde_json::from_slice(&body).map_err(|e| e.to_string()));
    let input = input.map_err(|error| Unread::new(api, "SerializationException", error))?;
    Ok(Call::new(api, operation, input))
}

pub(super) fn write(asked: Asked<'_>, answer: Result<Value, ApiError>) -> Answer {
    let version = match asked.api {
        Api::CloudWatch => "application/x-amz-json-1.0",
        Api::Ecs | Api::AutoScaling | Api::Sns | Api::Ssm => "application/x-amz-json-1.1",
    };
    let answered = |status, body: &Value| match serde_json::to_vec(body) {
        Ok(body) => Answer::new(status, version, asked, body),
        Err(_) => Answer::unwritable(asked),
    };
    match (answer, asked.api) {
        (Ok(output), _) => answered(200, &output),
        (Err(error), Api::CloudWatch) => {
            let status = cloudwatch::status(&error, asked.query_mode);
            let header = cloudwatch::query_error(&error);
            answered(status, &cloudwatch::body(&error)).with("x-amzn-query-error", header)
        }
        (Err(error), _) => {
            answered(error.status, &json!({"__type": error.code, "message": error.message}))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f54ac5e-3e57-4a13-8b5f-0e2f8cf7a0c1";

    fn asked(api: Api) -> Asked<'static> {
        Asked { api, operation: "ListTasks", id: ID, query_mode: false }
    }

    fn body(text: &str) -> Result<Cow<'_, [u8]>, String> {
        Ok(Cow::Borrowed(text.as_bytes()))
    }

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
            ("AmazonSSM.ListTasks", Api::Ssm, "application/x-amz-json-1.1"),
        ] {
            let call = read(target, body("{}")).unwrap();
            assert_eq!((call.api, call.operation.as_str()), (api, "ListTasks"));
            assert_eq!(
                write(asked(api), Ok(json!({}))).headers,
                [("content-type", version.to_owned()), ("x-amzn-requestid", ID.to_owned())]
            );
        }
        let unread = read("Lambda.Invoke", body("{}")).unwrap_err();
        assert_eq!(unread.error.code, "UnknownOperationException");
    }

    #[test]
    fn a_body_that_is_no_json_is_refused() {
        let target = "GraniteServiceVersion20100801.DescribeAlarms";
        for malformed in [body("{"), Err("the body is not gzip".to_owned())] {
            let unread = read(target, malformed).unwrap_err();
            assert_eq!(unread.api, Api::CloudWatch);
            assert_eq!(unread.error.code, "SerializationException");
        }
    }

    /// As recorded from AWS (LocalStack's `test_exception_serializing_with_no_shape_in_spec`).
    #[test]
    fn an_error_of_cloudwatch_names_its_shape_and_its_code() {
        let gone = ApiError { status: 404, code: "ResourceNotFound".into(), message: "".into() };
        let answer = write(asked(Api::CloudWatch), Err(gone.clone()));
        assert_eq!(answer.status, 400);
        let shape = "com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound";
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body, json!({"__type": shape}));
        let header = ("x-amzn-query-error", "ResourceNotFound;Sender".to_owned());
        assert!(answer.headers.contains(&header));
        let query_mode = Asked { query_mode: true, ..asked(Api::CloudWatch) };
        assert_eq!(write(query_mode, Err(gone.clone())).status, 404);
        assert_eq!(write(asked(Api::Ecs), Err(gone)).headers.len(), 2);
    }
}
