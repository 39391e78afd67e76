//! AWS errors: a kind for each that needs its own handling, and the rest by code.

use aws_sdk_ecs::error::{BuildError, DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}{kind}")]
pub struct Error {
    pub operation: &'static str,
    pub kind: ErrorKind,
}

/// What kind of failure it was, with the message of AWS or the cause that the SDK reports. Its text
/// follows the name of the operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    #[error(" was throttled")]
    Throttled,
    /// The lifecycle action is over: completed, timed out, or its hook is gone.
    #[error(": the lifecycle action is over already")]
    AlreadyDone,
    #[error(": no such cluster")]
    NoSuchCluster,
    #[error(": no such Auto Scaling group")]
    NoSuchGroup,
    /// A container instance has ten custom attributes already.
    #[error(": no room for another attribute")]
    AttributesFull,
    /// The function's role lacks the permission.
    #[error(" was denied: {0}")]
    Denied(String),
    #[error(" got no answer: {0}")]
    Unreachable(String),
    /// No call was made, because the SDK could not build its request.
    #[error(" was not sent: {0}")]
    InvalidRequest(String),
    /// AWS refused the call for any other reason.
    #[error(" was refused ({code}): {message}")]
    Refused { code: String, message: String },
}

/// The reason in `failures[]` for an item that does not exist, or no longer.
const MISSING: &str = "MISSING";

impl ErrorKind {
    /// The name in log records.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::AlreadyDone => "already_done",
            Self::NoSuchCluster => "no_such_cluster",
            Self::NoSuchGroup => "no_such_group",
            Self::AttributesFull => "record_refused",
            Self::Denied(_) => "denied",
            Self::Unreachable(_) => "unreachable",
            Self::InvalidRequest(_) => "invalid_request",
            Self::Refused { .. } => "refused",
        }
    }

    /// `ValidationError` also stands for invalid input, so a lifecycle action that is over and a
    /// group that is gone are recognized by the message too.
    fn of(code: &str, message: &str) -> Self {
        let message = message.to_owned();
        match code {
            "Throttling"
            | "ThrottlingException"
            | "Throttled"
            | "RequestLimitExceeded"
            | "TooManyRequestsException" => Self::Throttled,
            "ValidationError" if message.starts_with("No active Lifecycle Action") => {
                Self::AlreadyDone
            }
            "ValidationError" if message.starts_with("AutoScalingGroup name not found") => {
                Self::NoSuchGroup
            }
            "ClusterNotFoundException" => Self::NoSuchCluster,
            "AttributeLimitExceededException" => Self::AttributesFull,
            "AccessDenied" | "AccessDeniedException" | "AuthorizationError" => {
                Self::Denied(message)
            }
            _ => Self::Refused { code: code.to_owned(), message },
        }
    }
}

impl Error {
    /// Whether the same call may succeed soon.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, ErrorKind::Throttled | ErrorKind::Unreachable(_))
    }

    /// Whether an item of `failures[]` failed because it does not exist.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(&self.kind, ErrorKind::Refused { code, .. } if code == MISSING)
    }

    pub(crate) fn of<E, R>(operation: &'static str) -> impl Fn(SdkError<E, R>) -> Self + Copy
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        move |error| {
            let cause = || DisplayErrorContext(&error).to_string();
            let kind = match (error.code(), &error) {
                (Some(code), _) => ErrorKind::of(code, error.message().unwrap_or_default()),
                (None, SdkError::ConstructionFailure(_)) => ErrorKind::InvalidRequest(cause()),
                (None, _) => ErrorKind::Unreachable(cause()),
            };
            Self { operation, kind }
        }
    }

    pub(crate) fn unbuilt(operation: &'static str) -> impl Fn(BuildError) -> Self {
        move |error| Self { operation, kind: ErrorKind::InvalidRequest(error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::operation::list_tasks::ListTasksError;

    use super::*;

    #[test]
    fn a_request_that_was_not_built_is_not_unreachable() {
        let error = |cause: SdkError<ListTasksError, ()>| Error::of("ListTasks")(cause);
        let unbuilt = error(SdkError::construction_failure("no cluster"));
        assert!(unbuilt.to_string().starts_with("ListTasks was not sent: "), "{unbuilt}");
        let late = error(SdkError::timeout_error("too late"));
        assert!(late.to_string().starts_with("ListTasks got no answer: "), "{late}");
        assert_eq!((unbuilt.is_transient(), late.is_transient()), (false, true));
    }
}
