//! The re-invoke loop's tick: when another look is asked for, how requests fold
//! into one, and the message that carries it.
//!
//! Whoever still has work asks for a tick. The request is published to an SNS FIFO
//! topic with a deduplication id that names a time bucket, waits in a delay queue,
//! and comes back as a message. However many looks ask, each bucket holds one tick.
//!
//! The same topic gives out [turns](turn), by which looks that must not meet follow one
//! another.

mod bucket;
mod message;
pub mod turn;

pub use bucket::{BadDelay, Buckets, SKEW};
pub use message::{MalformedTick, Subject, Tick};
pub use turn::{MalformedTurn, Turn};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How soon another look is wanted. The name is the value of the message attribute
/// `pace`, by which the topic's subscriptions choose the delay queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    /// The net under the events: nothing is expected to go wrong before it.
    Later,
    /// As often as CloudWatch repeats its own scaling actions.
    Minute,
    /// For what must be tried again: throttled, out of time, contradicted.
    Soon,
}

impl Pace {
    /// The attribute's value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::Minute => "minute",
            Self::Later => "later",
        }
    }
}

/// The buckets of every delay queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paces {
    /// Those of the soon queue.
    pub soon: Buckets,
    /// Those of the later queue.
    pub later: Buckets,
}

impl Paces {
    /// The buckets of `pace`.
    pub fn buckets(&self, pace: Pace) -> Buckets {
        match pace {
            Pace::Soon => self.soon,
            Pace::Minute => Buckets::MINUTE,
            Pace::Later => self.later,
        }
    }
}

/// 64 hexadecimal digits that only these parts, in this order, have.
fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
