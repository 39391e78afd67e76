//! The protocols that the region speaks: AWS JSON 1.1 for ECS, AWS Query for Auto
//! Scaling and SNS, Smithy RPC v2 CBOR and AWS JSON 1.0 for CloudWatch. All become JSON
//! values, so that an API is written once.

mod cbor;
mod json;
mod query;

use serde_json::Value;

use crate::api::ApiError;
use crate::region::Api;

/// A request as it comes off the wire, as far as it tells what is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The path.
    pub path: &'a str,
    /// The `X-Amz-Target` header.
    pub target: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// A call taken off the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The API.
    pub api: Api,
    /// The operation's name.
    pub operation: String,
    /// Its input.
    pub input: Value,
}

/// Header fields, by their names.
pub type Headers = &'static [(&'static str, &'static str)];

/// An answer for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The content type, and what else the protocol wants.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// What is answered instead of what the protocol cannot say.
    fn unwritable() -> Self {
        let headers = &[("content-type", "text/plain")];
        Self { status: 500, headers, body: b"unwritable".to_vec() }
    }
}

/// How a request is written, and so its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// AWS JSON, 1.0 or 1.1.
    Json,
    /// AWS Query.
    Query,
    /// Smithy RPC v2 CBOR.
    Cbor,
}

impl Protocol {
    /// The protocol of a request: its path tells CBOR, the `X-Amz-Target` header JSON,
    /// and the absence of both the query protocol.
    pub fn of(request: &Request<'_>) -> Self {
        match request.target {
            _ if cbor::speaks(request.path) => Self::Cbor,
            Some(_) => Self::Json,
            None => Self::Query,
        }
    }

    /// Read a request.
    ///
    /// # Errors
    /// A path, target, version or body that no API here has.
    pub fn read(self, request: &Request<'_>) -> Result<Call, ApiError> {
        match self {
            Self::Json => json::read(request.target.unwrap_or_default(), request.body),
            Self::Query => query::read(request.body),
            Self::Cbor => cbor::read(request.path, request.body),
        }
    }

    /// Write what `api` answered to `operation`.
    pub fn write(self, api: Api, operation: &str, answer: Result<Value, ApiError>) -> Answer {
        match self {
            Self::Json => json::write(api, answer),
            Self::Query => query::write(api, operation, answer),
            Self::Cbor => cbor::write(answer),
        }
    }

    /// Write an error about a request that named no API.
    pub fn write_unread(self, error: ApiError) -> Answer {
        match self {
            Self::Json => json::write(Api::Ecs, Err(error)),
            Self::Query => query::write(Api::AutoScaling, "Unknown", Err(error)),
            Self::Cbor => cbor::write(Err(error)),
        }
    }
}
