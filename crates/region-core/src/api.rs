//! Calls of the simulated APIs and their answers, before they are encoded.

use serde_json::Value;

/// The APIs that the simulated region answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Api {
    /// Amazon ECS: JSON with AWS's own names, times as epoch seconds.
    Ecs,
    /// EC2 Auto Scaling: the query API's names, times as RFC 3339.
    AutoScaling,
    /// Amazon SNS.
    Sns,
    /// Amazon CloudWatch: AWS's own names, times as epoch seconds.
    CloudWatch,
    /// AWS Systems Manager: AWS's own names, times as epoch seconds.
    Ssm,
}

/// A decoded call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub api: Api,
    /// The operation's name.
    pub operation: String,
    pub input: Value,
    /// The `X-Amzn-Trace-Id` header, if the caller sends one.
    pub trace: Option<String>,
}

impl Call {
    /// A call without trace header.
    pub fn new(api: Api, operation: &str, input: Value) -> Self {
        Self { api, operation: operation.to_owned(), input, trace: None }
    }
}

/// An answer other than success, as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// HTTP status: 400 for client errors, 5xx for server errors.
    pub status: u16,
    /// The error code in the answer, such as `ClusterNotFoundException`.
    pub code: String,
    /// The text AWS sends with it.
    pub message: String,
}

impl ApiError {
    /// A client error: HTTP 400.
    pub fn client(code: &str, message: impl Into<String>) -> Self {
        Self { status: 400, code: code.to_owned(), message: message.into() }
    }

    /// The error of a call that is throttled. Each API has its own code.
    pub fn throttled(api: Api) -> Self {
        let code = match api {
            Api::Ecs | Api::Ssm => "ThrottlingException",
            Api::AutoScaling | Api::CloudWatch => "Throttling",
            Api::Sns => "Throttled",
        };
        Self::client(code, "Rate exceeded")
    }
}

/// What the services send through EventBridge and SNS.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A whole EventBridge event, envelope included, for the default bus.
    Event(Value),
    /// A message that AWS publishes: Auto Scaling through a hook's role, CloudWatch by itself.
    Publish {
        /// The topic that the lifecycle hook or the alarm names.
        topic_arn: String,
        /// The alarm that publishes, if one does. The topic's policy must admit it.
        alarm_arn: Option<String>,
        /// The subject line AWS gives it.
        subject: String,
        /// The message, JSON as text.
        message: String,
    },
}
