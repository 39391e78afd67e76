//! AWS errors: a variant for each that needs its own handling, and the rest by code.

use aws_sdk_ecs::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The API throttled the call.
    #[error("{operation} was throttled; the next reconcile tries it again")]
    Throttled { operation: &'static str },
    /// The lifecycle action is over already: completed, timed out, or its hook is gone.
    #[error("{operation}: the lifecycle action is over already")]
    AlreadyDone { operation: &'static str },
    /// The cluster does not exist.
    #[error("{operation}: no such cluster, check the cluster's name")]
    NoSuchCluster { operation: &'static str },
    /// A container instance has ten custom attributes already.
    #[error("{operation}: no room for another attribute, remove one of the ten")]
    AttributesFull { operation: &'static str },
    /// The function's role lacks the permission.
    #[error("{operation} was denied, grant it to the function's role: {message}")]
    Denied {
        operation: &'static str,
        /// AWS's message.
        message: String,
    },
    /// No answer came.
    #[error("{operation} got no answer: {cause}")]
    Unreachable {
        operation: &'static str,
        /// The cause, as the SDK reports it.
        cause: String,
    },
    /// AWS refused the call for any other reason.
    #[error("{operation} was refused ({code}): {message}")]
    Refused {
        operation: &'static str,
        /// AWS's code.
        code: String,
        /// AWS's message.
        message: String,
    },
}

/// The reason in `failures[]` for an item that does not exist, or no longer.
const MISSING: &str = "MISSING";

impl Error {
    /// Whether an item of `failures[]` failed because it does not exist.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == MISSING)
    }

    /// The name in log records.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::AlreadyDone { .. } => "already_done",
            Self::NoSuchCluster { .. } => "no_such_cluster",
            Self::AttributesFull { .. } => "record_refused",
            Self::Denied { .. } => "denied",
            Self::Unreachable { .. } => "unreachable",
            Self::Refused { .. } => "refused",
        }
    }

    /// Converts an SDK error. `ValidationError` also stands for invalid input, so a lifecycle
    /// action that is already over is recognized by the message too.
    pub(crate) fn of<E, R>(operation: &'static str) -> impl Fn(SdkError<E, R>) -> Self + Copy
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        move |error| {
            let Some(code) = error.code().map(str::to_owned) else {
                let cause = DisplayErrorContext(&error).to_string();
                return Self::Unreachable { operation, cause };
            };
            let message = error.message().unwrap_or_default().to_owned();
            match code.as_str() {
                "Throttling"
                | "ThrottlingException"
                | "Throttled"
                | "RequestLimitExceeded"
                | "TooManyRequestsException" => Self::Throttled { operation },
                "ValidationError" if message.starts_with("No active Lifecycle Action") => {
                    Self::AlreadyDone { operation }
                }
                "ClusterNotFoundException" => Self::NoSuchCluster { operation },
                "AttributeLimitExceededException" => Self::AttributesFull { operation },
                "AccessDenied" | "AccessDeniedException" | "AuthorizationError" => {
                    Self::Denied { operation, message }
                }
                _ => Self::Refused { operation, code, message },
            }
        }
    }
}
