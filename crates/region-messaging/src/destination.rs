//! What Lambda sends when it gives up an asynchronous invocation.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>

use serde::Serialize;
use serde_json::Value;

use region_core::Time;
use region_core::wording::rfc3339;

use super::attribute::{Attribute, Attributes};
use super::failure::FunctionError;

/// Bytes of an error message in the attributes of a dead letter.
const LONGEST_MESSAGE: usize = 1024;

/// Why an asynchronous invocation is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Reason {
    RetriesExhausted,
    EventAgeExceeded,
    ZeroReservedConcurrency,
    RecursiveInvocation,
}

/// An asynchronous invocation that was given up.
#[derive(Debug, Clone, Copy)]
pub(super) struct GivenUp<'a> {
    pub(super) reason: Reason,
    pub(super) function_arn: &'a str,
    pub(super) request_id: &'a str,
    pub(super) payload: &'a Value,
    pub(super) attempts: u32,
    /// The last error of the function; none if it never ran.
    pub(super) failure: Option<&'a FunctionError>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    version: &'static str,
    timestamp: String,
    request_context: RequestContext<'a>,
    request_payload: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_context: Option<ResponseContext>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_payload: Option<&'a Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    request_id: &'a str,
    function_arn: String,
    condition: Reason,
    approximate_invoke_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseContext {
    status_code: u16,
    executed_version: &'static str,
    function_error: &'static str,
}

impl GivenUp<'_> {
    /// The record for the on-failure destination, JSON as text.
    pub(super) fn record(&self, now: Time) -> String {
        let record = Record {
            version: "1.0",
            timestamp: rfc3339(now),
            request_context: RequestContext {
                request_id: self.request_id,
                function_arn: format!("{}:$LATEST", self.function_arn),
                condition: self.reason,
                approximate_invoke_count: self.attempts,
            },
            request_payload: self.payload,
            response_context: self.failure.map(|_| ResponseContext {
                status_code: 200,
                executed_version: "$LATEST",
                function_error: "Unhandled",
            }),
            response_payload: self.failure.map(FunctionError::payload),
        };
        serde_json::to_string(&record).unwrap_or_default()
    }

    /// The attributes of the event that the dead-letter queue or topic gets.
    pub(super) fn dead_letter_attributes(&self) -> Attributes {
        let (code, message) = match (self.failure, self.reason) {
            (Some(failure), _) => (Some(200), failure.message()),
            (None, Reason::ZeroReservedConcurrency) => (None, ZERO_CONCURRENCY),
            (None, Reason::RecursiveInvocation) => (Some(400), RECURSIVE),
            (None, Reason::RetriesExhausted | Reason::EventAgeExceeded) => (Some(429), THROTTLED),
        };
        let code = code.map(|code| ("ErrorCode".to_owned(), Attribute::number(code)));
        let message = shortened(message);
        let texts = [("RequestID", self.request_id), ("ErrorMessage", message)];
        // An attribute cannot be empty.
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
        let texts = texts.map(|(name, text)| (name.to_owned(), Attribute::string(text)));
        texts.chain(code).collect()
    }
}

const ZERO_CONCURRENCY: &str =
    "Function not invoked. Function is configured with zero reserved concurrent executions";
const THROTTLED: &str = "Rate Exceeded.";
const RECURSIVE: &str = "Lambda has detected your function being invoked in a recursive loop with \
    other Amazon Web Services resources and stopped your function's invocation.";

fn shortened(message: &str) -> &str {
    let end = message.floor_char_boundary(LONGEST_MESSAGE);
    message.get(..end).unwrap_or_default()
}
