//! GetParameters in AWS JSON 1.1.
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>

use std::collections::BTreeMap;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::{Value, json};

const TARGET: &str = "AmazonSSM.GetParameters";

/// An answer other than success.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(ErrorMetadata);

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

pub(super) fn request(names: Vec<String>) -> Result<HttpRequest, BoxError> {
    let body = json!({ "Names": names }).to_string();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    request.set_uri("/")?;
    request.headers_mut().try_insert("content-type", "application/x-amz-json-1.1")?;
    request.headers_mut().try_insert("x-amz-target", TARGET)?;
    Ok(request)
}

pub(super) fn response(
    response: &HttpResponse,
) -> Result<BTreeMap<String, String>, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    let read = serde_json::from_slice::<Value>(body);
    if !response.status().is_success() {
        let status = response.status().as_u16();
        return Err(OrchestratorError::operation(refused(status, read.ok().as_ref())));
    }
    let answer = read.map_err(OrchestratorError::other)?;
    let found = answer.get("Parameters").and_then(Value::as_array);
    let text = |parameter: &Value, field: &str| Some(parameter.get(field)?.as_str()?.to_owned());
    let found = found.into_iter().flatten();
    Ok(found
        .filter_map(|parameter| Some((text(parameter, "Name")?, text(parameter, "Value")?)))
        .collect())
}

/// The error in a body. Its type may be that of a shape: `namespace#Code`, or `Code:more`.
fn refused(status: u16, body: Option<&Value>) -> Refused {
    let text =
        |names: &[&str]| names.iter().find_map(|name| body?.get(name)?.as_str()).map(str::to_owned);
    let code = text(&["__type", "code"]).map(|code| {
        let code = code.rsplit('#').next().unwrap_or_default();
        code.split(':').next().unwrap_or_default().to_owned()
    });
    let builder = ErrorMetadata::builder()
        .code(code.unwrap_or_else(|| format!("status {status}")))
        .message(text(&["message", "Message"]).unwrap_or_default());
    Refused(builder.build())
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;

    use super::*;

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
    }

    #[test]
    fn values_are_read_by_name() {
        let body = r#"{"Parameters":[{"Name":"/a","Value":"1"}],"InvalidParameters":["/b"]}"#;
        let expected = BTreeMap::from([("/a".to_owned(), "1".to_owned())]);
        assert_eq!(response(&answer(200, body)).unwrap(), expected);
        assert!(response(&answer(200, "not JSON")).is_err());
    }

    #[test]
    fn an_error_has_the_code_that_its_type_names() {
        for (status, body, code) in [
            (400, r#"{"__type":"ThrottlingException"}"#, "ThrottlingException"),
            (400, r#"{"__type":"com.amazonaws.ssm#Down:x","message":"m"}"#, "Down"),
            (503, "", "status 503"),
        ] {
            let error = response(&answer(status, body)).unwrap_err();
            assert_eq!(error.as_operation_error().unwrap().code(), Some(code));
        }
    }
}
