//! Function errors.

use std::fmt;

use serde_json::{Value, json};

/// The error object of a runtime, such as `{"errorType": "…", "errorMessage": "…"}`.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionError(Value);

impl FunctionError {
    /// An error object with the two usual fields.
    pub fn new(kind: &str, message: &str) -> Self {
        Self(json!({"errorType": kind, "errorMessage": message}))
    }

    /// The error of a run that did not end by its deadline (recording
    /// `test_lambda.py::TestLambdaBehavior::test_lambda_invoke_with_timeout`).
    pub(super) fn timed_out(request_id: &str, timeout_seconds: u32) -> Self {
        let message = format!(
            "RequestId: {request_id} Error: Task timed out after {timeout_seconds}.00 seconds"
        );
        Self::new("Sandbox.Timedout", &message)
    }

    /// The object itself.
    pub(super) fn payload(&self) -> &Value {
        &self.0
    }

    /// `errorMessage`, empty if there is none.
    pub(super) fn message(&self) -> &str {
        self.field("errorMessage").unwrap_or_default()
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }
}

impl From<Value> for FunctionError {
    fn from(payload: Value) -> Self {
        Self(payload)
    }
}

impl From<&str> for FunctionError {
    fn from(message: &str) -> Self {
        Self(json!({ "errorMessage": message }))
    }
}

impl From<String> for FunctionError {
    fn from(message: String) -> Self {
        message.as_str().into()
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.field("errorType"), self.field("errorMessage")) {
            (Some(kind), Some(message)) => write!(f, "{kind}: {message}"),
            (None, Some(message)) => f.write_str(message),
            (_, None) => self.0.fmt(f),
        }
    }
}
