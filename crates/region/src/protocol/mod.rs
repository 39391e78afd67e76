//! The protocols of the simulated region: AWS JSON 1.1 for ECS, AWS Query for Auto
//! Scaling and SNS, Smithy RPC v2 CBOR and AWS JSON 1.0 for CloudWatch. All are decoded to
//! JSON values, so that each API is implemented once.

mod cbor;
mod json;
mod query;

use serde_json::Value;

use region_core::api::{Api, ApiError, Call};

/// An encoded request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub path: &'a str,
    /// The `X-Amz-Target` header.
    pub target: Option<&'a str>,
    /// The `X-Amzn-Trace-Id` header.
    pub trace: Option<&'a str>,
    pub body: &'a [u8],
}

/// Header fields, by their names.
pub type Headers = &'static [(&'static str, &'static str)];

/// An encoded answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The content type, and what else the protocol requires.
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer where the protocol cannot encode the real one.
    fn unwritable() -> Self {
        let headers = &[("content-type", "text/plain")];
        Self { status: 500, headers, body: b"unwritable".to_vec() }
    }
}

/// The protocol of a request and its answer.
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
    /// The protocol of a request: CBOR by its path, JSON by its `X-Amz-Target` header, and
    /// otherwise Query.
    pub fn of(request: &Request<'_>) -> Self {
        match request.target {
            _ if cbor::speaks(request.path) => Self::Cbor,
            Some(_) => Self::Json,
            None => Self::Query,
        }
    }

    /// Decode a request.
    ///
    /// # Errors
    /// For a path, target, version or body that no API here has.
    pub fn read(self, request: &Request<'_>) -> Result<Call, ApiError> {
        let call = match self {
            Self::Json => json::read(request.target.unwrap_or_default(), request.body),
            Self::Query => query::read(request.body),
            Self::Cbor => cbor::read(request.path, request.body),
        }?;
        Ok(Call { trace: request.trace.map(str::to_owned), ..call })
    }

    /// Encode the answer of `api` to `operation`.
    pub fn write(self, api: Api, operation: &str, answer: Result<Value, ApiError>) -> Answer {
        match self {
            Self::Json => json::write(api, answer),
            Self::Query => query::write(api, operation, answer),
            Self::Cbor => cbor::write(answer),
        }
    }

    /// Encode an error about a request that could not be decoded.
    pub fn write_unread(self, error: ApiError) -> Answer {
        match self {
            Self::Json => json::write(Api::Ecs, Err(error)),
            Self::Query => query::write(Api::AutoScaling, "Unknown", Err(error)),
            Self::Cbor => cbor::write(Err(error)),
        }
    }
}
