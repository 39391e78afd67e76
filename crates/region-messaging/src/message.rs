//! What SQS is sent, holds and counts.

use region_core::Time;

use super::attribute::Attributes;

/// What a sender hands to a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    pub body: String,
    pub attributes: Attributes,
    /// The message group. A standard queue shows it, and ignores it otherwise.
    pub group_id: Option<String>,
    /// FIFO: the deduplication id.
    pub deduplication_id: Option<String>,
    /// Standard: this message's own delay in seconds, instead of the queue's.
    pub delay_seconds: Option<u32>,
    /// The sender's trace header, the system attribute `AWSTraceHeader`.
    pub trace: Option<String>,
}

/// A message in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id that SQS gave it; a copy has the same, also in a dead-letter queue.
    pub id: String,
    /// What was sent.
    pub content: Outgoing,
    /// When it was sent.
    pub sent: Time,
    /// When it was first received, if it was.
    pub first_received: Option<Time>,
    /// How often it was received, also before it moved to a dead-letter queue.
    pub receive_count: u32,
    /// FIFO: its place in the order of the queue.
    pub sequence: u64,
    /// In a dead-letter queue: the ARN of the queue from which it moved.
    pub source_queue: Option<String>,
}

impl Message {
    /// A message that was not received yet. The queue gives it its place.
    pub(super) fn new(id: &str, content: Outgoing, sent: Time) -> Self {
        let id = id.to_owned();
        let (first_received, receive_count, sequence, source_queue) = (None, 0, 0, None);
        Self { id, content, sent, first_received, receive_count, sequence, source_queue }
    }
}

/// Counters of a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueTruth {
    /// Messages that could be received now, those of locked groups included.
    pub visible: u64,
    /// Messages received and neither deleted nor visible again.
    pub in_flight: u64,
    /// Messages whose delay is not over.
    pub delayed: u64,
    /// Messages accepted so far, copies included.
    pub sent: u64,
    /// Receives so far; a message received twice counts twice.
    pub received: u64,
    /// Messages deleted so far.
    pub deleted: u64,
    /// Messages refused as duplicates so far (FIFO).
    pub deduplicated: u64,
    /// Messages moved to the dead-letter queue so far.
    pub redriven: u64,
    /// Messages dropped at the end of their retention.
    pub expired: u64,
}
