//! The protocols of the simulated region: AWS JSON 1.1 for ECS and Systems Manager, AWS Query for
//! Auto Scaling and SNS, and for CloudWatch Smithy RPC v2 CBOR, AWS JSON 1.0 and AWS Query. All are decoded to JSON
//! values, so that each API is implemented once.

mod body;
mod cbor;
mod cloudwatch;
mod exchange;
mod form;
mod json;
mod query;
mod xml;

use serde_json::Value;

use self::exchange::{Asked, Unread};
use region_core::api::{ApiError, Call};

pub use self::exchange::Answer;

/// An encoded request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub path: &'a str,
    /// The `X-Amz-Target` header.
    pub target: Option<&'a str>,
    /// The `Content-Encoding` header.
    pub encoding: Option<&'a str>,
    /// Whether the client expects the statuses that errors have in AWS Query, which it says by the
    /// header `x-amzn-query-mode: true`.
    pub query_mode: bool,
    /// The `X-Amzn-Trace-Id` header.
    pub trace: Option<&'a str>,
    pub body: &'a [u8],
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
    /// For a path, target, version, encoding or body that no API here has.
    pub(crate) fn read(self, request: &Request<'_>) -> Result<Call, Unread> {
        let body = body::decoded(request.encoding, request.body);
        let call = match self {
            Self::Json => json::read(request.target.unwrap_or_default(), body),
            Self::Query => query::read(body),
            Self::Cbor => cbor::read(request.path, body),
        }?;
        Ok(Call { trace: request.trace.map(str::to_owned), ..call })
    }

    /// Encode the answer to a request that was read as `read`, under the request's id.
    pub(crate) fn write(
        self,
        request: &Request<'_>,
        id: &str,
        read: &Result<Call, Unread>,
        answer: Result<Value, ApiError>,
    ) -> Answer {
        let (api, operation) = match read {
            Ok(call) => (call.api, call.operation.as_str()),
            Err(unread) => (unread.api, "Unknown"),
        };
        let asked = Asked { api, operation, id, query_mode: request.query_mode };
        match self {
            Self::Json => json::write(asked, answer),
            Self::Query => xml::write(asked, answer),
            Self::Cbor => cbor::write(asked, answer),
        }
    }
}
