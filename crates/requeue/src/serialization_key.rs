//! Serialization keys.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of what only one reconcile at a time may decide about, such as `service/tide/web`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SerializationKey(String);

impl SerializationKey {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SerializationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for SerializationKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A target of scaling, and the serialization key with which it is reconciled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetKey {
    /// What is reconciled, such as `service/tide/web`.
    pub target: String,
    /// The target itself, or what it shares with others.
    pub serialization_key: SerializationKey,
}

impl TargetKey {
    /// A target that shares its key with no other.
    pub fn alone(target: impl Into<String>) -> Self {
        let target = target.into();
        Self { serialization_key: SerializationKey::new(target.as_str()), target }
    }

    /// As messages have it: they name the target only if it is not the key itself.
    pub(crate) fn read(serialization_key: SerializationKey, target: Option<String>) -> Self {
        let target = target.unwrap_or_else(|| serialization_key.as_str().to_owned());
        Self { target, serialization_key }
    }

    /// See [`Self::read`].
    pub(crate) fn written(self) -> (SerializationKey, Option<String>) {
        let Self { target, serialization_key } = self;
        let target = Some(target).filter(|target| target != serialization_key.as_str());
        (serialization_key, target)
    }
}
