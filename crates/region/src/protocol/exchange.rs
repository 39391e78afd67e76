//! Answers, and what they take from the request.

use region_core::api::{Api, ApiError};

/// An encoded answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header fields: the content type, the request's id, and what else the protocol requires.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub(super) fn new(status: u16, content_type: &str, asked: Asked<'_>, body: Vec<u8>) -> Self {
        let headers = vec![
            ("content-type", content_type.to_owned()),
            ("x-amzn-requestid", asked.id.to_owned()),
        ];
        Self { status, headers, body }
    }

    /// The answer where the protocol cannot encode the real one.
    pub(super) fn unwritable(asked: Asked<'_>) -> Self {
        Self::new(500, "text/plain", asked, b"unwritable".to_vec())
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// What was asked for, as far as an answer shows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) api: Api,
    pub(super) operation: &'a str,
    /// The request's id.
    pub(super) id: &'a str,
    pub(super) query_mode: bool,
}

/// A request that could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    /// The API that it is for, or one that has its protocol.
    pub(crate) api: Api,
    pub(crate) error: ApiError,
}

impl Unread {
    pub(super) fn new(api: Api, code: &str, message: impl Into<String>) -> Self {
        Self { api, error: ApiError::client(code, message) }
    }
}
