//! The tick as a message: `{"tick":{"cluster":"demo","pace":"soon","bucket":357246301}}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{Buckets, Pace};

/// A request to look at a cluster again. It says nothing of what will be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// The cluster's name.
    pub cluster: String,
    /// How soon.
    pub pace: Pace,
    /// The time bucket the request fell into.
    pub bucket: i64,
}

/// A message that is meant as a tick and is none.
#[derive(Debug, thiserror::Error)]
#[error("tick: {0}")]
pub struct MalformedTick(#[from] serde_json::Error);

impl Tick {
    /// The tick that a request made at `now` stands for.
    pub fn new(cluster: &str, pace: Pace, buckets: Buckets, now: OffsetDateTime) -> Self {
        Self { cluster: cluster.to_owned(), pace, bucket: buckets.bucket(now) }
    }

    /// The deduplication id, which also is the message group id, so that one tick
    /// that fails blocks no other: 64 hexadecimal digits, whatever the cluster's name.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.cluster.as_str(), self.pace.name(), &self.bucket.to_string()] {
            hash.update(part);
            hash.update([0]);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The message body.
    pub fn body(&self) -> String {
        serde_json::json!({ "tick": self }).to_string()
    }

    /// The tick in `message`, if it is meant as one.
    ///
    /// # Errors
    /// A `tick` whose fields are absent or of the wrong type; the error names them.
    pub fn read(message: &Value) -> Option<Result<Self, MalformedTick>> {
        message.get("tick").map(|tick| Ok(Self::deserialize(tick)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick() -> Tick {
        Tick { cluster: "demo".to_owned(), pace: Pace::Soon, bucket: 7 }
    }

    #[test]
    fn a_tick_comes_back_as_it_was_sent() {
        let sent = serde_json::from_str(&tick().body()).unwrap();
        assert_eq!(Tick::read(&sent).unwrap().unwrap(), tick());
    }

    #[test]
    fn cluster_pace_and_bucket_each_make_another_id() {
        let ids = [
            tick(),
            Tick { cluster: "other".to_owned(), ..tick() },
            Tick { pace: Pace::Later, ..tick() },
            Tick { bucket: 8, ..tick() },
        ]
        .map(|tick| tick.id());
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 64));
    }

    #[test]
    fn a_tick_without_a_pace_is_named_and_another_message_is_none() {
        let error = Tick::read(&serde_json::json!({"tick": {"cluster": "demo", "bucket": 1}}))
            .unwrap()
            .unwrap_err();
        assert_eq!(error.to_string(), "tick: missing field `pace`");
        assert!(Tick::read(&serde_json::json!({"schedule": {}})).is_none());
    }
}
