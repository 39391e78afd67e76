//! The re-invoke loop's tick: when another look is asked for, how requests fold
//! into one, and the message that carries it.
//!
//! Whoever still has work asks for a tick. The request is published to an SNS FIFO
//! topic with a deduplication id that names a time bucket, waits in a delay queue,
//! and comes back as a message. However many looks ask, each bucket holds one tick.

mod bucket;
mod message;

pub use bucket::{BadDelay, Buckets, SKEW};
pub use message::{MalformedTick, Tick};

use serde::{Deserialize, Serialize};

/// How soon another look is wanted. The name is the value of the message attribute
/// `pace`, by which the topic's subscriptions choose the delay queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    /// The net under the events: nothing is expected to go wrong before it.
    Later,
    /// For what must be tried again: throttled, out of time, contradicted.
    Soon,
}

impl Pace {
    /// The attribute's value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::Later => "later",
        }
    }
}
