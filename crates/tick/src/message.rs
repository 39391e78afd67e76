//! The tick as a message: `{"tick":{"cluster":"demo","pace":"soon","bucket":357246301}}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::{Buckets, Pace, digest};

/// What a tick is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A cluster, by its name: what auto-drain looks at.
    Cluster(String),
    /// A lane of scaling, by its name: what alarm-scaling looks at when its turn comes.
    Lane(String),
}

/// A request to look again. It says nothing of what will be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "Text")]
pub struct Tick {
    /// At what.
    pub of: Subject,
    /// How soon.
    pub pace: Pace,
    /// The time bucket the request fell into.
    pub bucket: i64,
}

/// A tick's fields on the wire.
#[derive(Serialize, Deserialize)]
struct Text {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lane: Option<String>,
    pace: Pace,
    bucket: i64,
}

impl From<Tick> for Text {
    fn from(Tick { of, pace, bucket }: Tick) -> Self {
        let (cluster, lane) = match of {
            Subject::Cluster(name) => (Some(name), None),
            Subject::Lane(name) => (None, Some(name)),
        };
        Self { cluster, lane, pace, bucket }
    }
}

impl TryFrom<Text> for Tick {
    type Error = &'static str;

    fn try_from(Text { cluster, lane, pace, bucket }: Text) -> Result<Self, Self::Error> {
        let of = match (cluster, lane) {
            (Some(name), None) => Subject::Cluster(name),
            (None, Some(name)) => Subject::Lane(name),
            (None, None) => return Err("missing field `cluster` or `lane`"),
            (Some(_), Some(_)) => return Err("fields `cluster` and `lane` exclude each other"),
        };
        Ok(Self { of, pace, bucket })
    }
}

/// A message that is meant as a tick and is none.
#[derive(Debug, thiserror::Error)]
#[error("tick: {0}")]
pub struct MalformedTick(#[from] serde_json::Error);

impl Tick {
    /// The tick that a request made at `now` stands for.
    pub fn new(of: Subject, pace: Pace, buckets: Buckets, now: OffsetDateTime) -> Self {
        Self { of, pace, bucket: buckets.bucket(now) }
    }

    /// The deduplication id, which also is the message group id, so that one tick
    /// that fails blocks no other: 64 hexadecimal digits, whatever the subject's name.
    pub fn id(&self) -> String {
        let (kind, name) = match &self.of {
            Subject::Cluster(name) => ("cluster", name),
            Subject::Lane(name) => ("lane", name),
        };
        digest(&[kind, name, self.pace.name(), &self.bucket.to_string()])
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
    use serde_json::json;

    fn tick() -> Tick {
        Tick { of: Subject::Cluster("demo".to_owned()), pace: Pace::Soon, bucket: 7 }
    }

    fn lane() -> Tick {
        Tick { of: Subject::Lane("demo".to_owned()), ..tick() }
    }

    #[test]
    fn a_tick_comes_back_as_it_was_sent() {
        for tick in [tick(), lane()] {
            let sent = serde_json::from_str(&tick.body()).unwrap();
            assert_eq!(Tick::read(&sent).unwrap().unwrap(), tick);
        }
    }

    #[test]
    fn subject_pace_and_bucket_each_make_another_id() {
        let ids = [
            tick(),
            lane(),
            Tick { of: Subject::Cluster("other".to_owned()), ..tick() },
            Tick { pace: Pace::Later, ..tick() },
            Tick { pace: Pace::Minute, ..tick() },
            Tick { bucket: 8, ..tick() },
        ]
        .map(|tick| tick.id());
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 64));
    }

    #[test]
    fn what_is_missing_or_too_much_is_named_and_another_message_is_no_tick() {
        for (tick, error) in [
            (json!({"cluster": "demo", "bucket": 1}), "tick: missing field `pace`"),
            (json!({"pace": "soon", "bucket": 1}), "tick: missing field `cluster` or `lane`"),
            (
                json!({"cluster": "demo", "lane": "demo", "pace": "soon", "bucket": 1}),
                "tick: fields `cluster` and `lane` exclude each other",
            ),
        ] {
            let read = Tick::read(&json!({ "tick": tick })).unwrap();
            assert_eq!(read.unwrap_err().to_string(), error);
        }
        assert!(Tick::read(&json!({"schedule": {}})).is_none());
    }
}
