//! The requeue message: `{"requeue":{"cluster":"demo","delay_class":"soon","bucket":357246301}}`.

use aws_names::ClusterName;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::{Buckets, DelayClass, Malformed, SerializationKey, TargetKey, digest, name, read};

/// What a requeue message is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A cluster, for auto-drain.
    Cluster(ClusterName),
    /// A target of scaling. Alarm-scaling reconciles it when its work item is delivered.
    Target(TargetKey),
}

/// A request for another reconcile. It does not say what the reconcile will find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "Text")]
pub struct Requeue {
    /// What to reconcile.
    pub of: Subject,
    /// How soon to reconcile.
    pub delay_class: DelayClass,
    /// The number of the time bucket of the request.
    pub bucket: i64,
}

/// The JSON fields of a requeue message.
#[derive(Serialize, Deserialize)]
struct Text {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    serialization_key: Option<SerializationKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    delay_class: DelayClass,
    bucket: i64,
}

impl From<Requeue> for Text {
    fn from(Requeue { of, delay_class, bucket }: Requeue) -> Self {
        let (cluster, serialization_key, target) = match of {
            Subject::Cluster(name) => (Some(name.into()), None, None),
            Subject::Target(of) => {
                let (serialization_key, target) = of.written();
                (None, Some(serialization_key), target)
            }
        };
        Self { cluster, serialization_key, target, delay_class, bucket }
    }
}

impl TryFrom<Text> for Requeue {
    type Error = String;

    fn try_from(
        Text { cluster, serialization_key, target, delay_class, bucket }: Text,
    ) -> Result<Self, Self::Error> {
        let of = match (cluster, serialization_key) {
            (Some(cluster), None) => Subject::Cluster(name("cluster", &cluster)?),
            (None, Some(key)) => Subject::Target(TargetKey::read(key, target)),
            (None, None) => return Err("missing field `cluster` or `serialization_key`".into()),
            (Some(_), Some(_)) => {
                return Err("fields `cluster` and `serialization_key` exclude each other".into());
            }
        };
        Ok(Self { of, delay_class, bucket })
    }
}

impl Requeue {
    /// The requeue message for a request made at `now`.
    pub fn new(
        of: Subject,
        delay_class: DelayClass,
        buckets: Buckets,
        now: OffsetDateTime,
    ) -> Self {
        Self { of, delay_class, bucket: buckets.bucket(now) }
    }

    /// The deduplication id, 64 hexadecimal digits. It is also the message group id, so that a
    /// requeue message that fails does not block others.
    pub fn id(&self) -> String {
        let (kind, name, within) = match &self.of {
            Subject::Cluster(name) => ("cluster", name.as_str(), ""),
            Subject::Target(of) => ("target", of.target.as_str(), of.serialization_key.as_str()),
        };
        digest(&[kind, name, within, self.delay_class.name(), &self.bucket.to_string()])
    }

    /// The message body.
    pub fn body(&self) -> String {
        serde_json::json!({ "requeue": self }).to_string()
    }

    /// The requeue message in `message`; `None` if it has no field `requeue`.
    ///
    /// # Errors
    /// Fields of `requeue` are absent or have the wrong type; the error names them.
    pub fn read(message: &Value) -> Option<Result<Self, Malformed>> {
        read(message, "requeue")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn requeue() -> Requeue {
        Requeue {
            of: Subject::Cluster(ClusterName::from_aws("demo")),
            delay_class: DelayClass::Soon,
            bucket: 7,
        }
    }

    fn target() -> Requeue {
        Requeue { of: Subject::Target(TargetKey::alone("demo")), ..requeue() }
    }

    /// The same target under another key.
    fn shared() -> Requeue {
        let of = TargetKey {
            serialization_key: SerializationKey::new("autoScalingGroup/demo"),
            ..TargetKey::alone("demo")
        };
        Requeue { of: Subject::Target(of), ..requeue() }
    }

    #[test]
    fn a_requeue_comes_back_as_it_was_sent() {
        for requeue in [requeue(), target(), shared()] {
            let sent = serde_json::from_str(&requeue.body()).unwrap();
            assert_eq!(Requeue::read(&sent).unwrap().unwrap(), requeue);
        }
    }

    #[test]
    fn subject_delay_class_and_bucket_each_make_another_id() {
        let ids = [
            requeue(),
            target(),
            shared(),
            Requeue { of: Subject::Cluster(ClusterName::from_aws("other")), ..requeue() },
            Requeue { delay_class: DelayClass::Later, ..requeue() },
            Requeue { delay_class: DelayClass::Minute, ..requeue() },
            Requeue { bucket: 8, ..requeue() },
        ]
        .map(|requeue| requeue.id());
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 64));
    }

    #[test]
    fn a_malformed_requeue_names_the_faulty_field() {
        for (requeue, error) in [
            (json!({"cluster": "demo", "bucket": 1}), "requeue: missing field `delay_class`"),
            (
                json!({"delay_class": "soon", "bucket": 1}),
                "requeue: missing field `cluster` or `serialization_key`",
            ),
            (
                json!({"cluster": "a/b", "delay_class": "soon", "bucket": 1}),
                "requeue: field `cluster` is not the name of an ECS cluster, 1 to 255 letters, \
                 digits, hyphens and underscores",
            ),
            (
                json!({"cluster": "demo", "serialization_key": "demo", "delay_class": "soon",
                    "bucket": 1}),
                "requeue: fields `cluster` and `serialization_key` exclude each other",
            ),
        ] {
            let read = Requeue::read(&json!({ "requeue": requeue })).unwrap();
            assert_eq!(read.unwrap_err().to_string(), error);
        }
        assert!(Requeue::read(&json!({"schedule": {}})).is_none());
    }
}
