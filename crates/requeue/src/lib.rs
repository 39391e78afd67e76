//! Requeue messages, with which the re-invoke loop schedules the next reconcile.
//!
//! A reconcile that leaves work requests a requeue message. The request is published to an SNS FIFO
//! topic with a deduplication id that names a time bucket, waits in a delay queue, and is delivered
//! as a message. Each bucket has one requeue message, however many reconciles request one.
//!
//! The same topic delivers [work items](work_item), which serialize reconciles that must not run at
//! the same time.

mod bucket;
mod message;
mod serialization_key;
pub mod work_item;

pub use bucket::{BadDelay, Buckets, SKEW};
pub use message::{Requeue, Subject};
pub use serialization_key::{SerializationKey, TargetKey};
pub use work_item::WorkItem;

use std::str::FromStr;

use aws_names::BadName;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How soon another reconcile is needed. The name is the value of the message attribute
/// `delay_class`, by which the subscriptions of the topic select the delay queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DelayClass {
    /// The fallback if events are lost: no fault is expected before it.
    Later,
    /// Each minute, as often as CloudWatch repeats its own scaling actions.
    Minute,
    /// For work to retry: throttled, out of time, or contradicted by an event.
    Soon,
}

impl DelayClass {
    /// The value of the message attribute `delay_class`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::Minute => "minute",
            Self::Later => "later",
        }
    }
}

/// The time buckets of all delay classes; those of `minute` are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DelayClasses {
    /// The buckets of the `soon` queue.
    pub soon: Buckets,
    /// The buckets of the `later` queue.
    pub later: Buckets,
}

impl DelayClasses {
    /// The buckets of one delay class.
    pub fn buckets(&self, delay_class: DelayClass) -> Buckets {
        match delay_class {
            DelayClass::Soon => self.soon,
            DelayClass::Minute => Buckets::MINUTE,
            DelayClass::Later => self.later,
        }
    }
}

/// A message with invalid fields.
#[derive(Debug, thiserror::Error)]
#[error("{kind}: {fault}")]
pub struct Malformed {
    kind: &'static str,
    fault: serde_json::Error,
}

/// The fields of a message that has them under its kind, as `{"requeue":{…}}` has.
fn read<'a, T: Deserialize<'a>>(
    message: &'a Value,
    kind: &'static str,
) -> Option<Result<T, Malformed>> {
    let fields = message.get(kind)?;
    Some(T::deserialize(fields).map_err(|fault| Malformed { kind, fault }))
}

/// The name in a field.
fn name<T: FromStr<Err = BadName>>(field: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|fault| format!("field `{field}` is {fault}"))
}

/// A SHA-256 digest of these parts in this order, as 64 hexadecimal digits.
fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
