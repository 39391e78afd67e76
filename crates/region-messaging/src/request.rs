//! The request and the answer of SNS's Publish.

use super::attribute::Attributes;

/// A request to the `Publish` API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publish {
    pub topic_arn: String,
    /// The message body.
    pub message: String,
    /// The subject line, if any.
    pub subject: Option<String>,
    pub attributes: Attributes,
    /// The message group, which a FIFO topic needs.
    pub group_id: Option<String>,
    /// FIFO topics: the deduplication id.
    pub deduplication_id: Option<String>,
    /// The sender's trace header.
    pub trace: Option<String>,
}

/// The answer of the `Publish` API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The message's id.
    pub message_id: String,
    /// FIFO topics: its place in the order of the topic.
    pub sequence_number: Option<String>,
}
