//! Answers of the simulated APIs, before they are encoded.

use serde_json::Value;

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
}

/// What the world sends to the delivery services.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A whole EventBridge event, envelope included, for the default bus.
    Event(Value),
    /// A message that AWS publishes: Auto Scaling through a hook's role, CloudWatch by itself.
    Publish {
        /// The topic that the lifecycle hook or the alarm names.
        topic_arn: String,
        /// The subject line AWS gives it.
        subject: String,
        /// The message, JSON as text.
        message: String,
    },
}
