//! Which operations a client calls, and on which resources; not how often.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use region_core::api::{Api, Call};

/// A kind of call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    pub api: Api,
    pub operation: String,
    /// The cluster, group, topic or resource that it names, as it names it.
    pub within: Option<String>,
}

/// The inputs that say within what a call acts. No call has two of them.
const WITHIN: [&str; 5] =
    ["cluster", "AutoScalingGroupName", "TopicArn", "resourceArn", "ResourceARN"];

impl Made {
    fn of(call: &Call) -> Self {
        let named = WITHIN.iter().find_map(|name| call.input.get(name)).and_then(Value::as_str);
        Self { api: call.api, operation: call.operation.clone(), within: named.map(str::to_owned) }
    }
}

/// The kinds of calls that reached the region through some clients; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Arc<Mutex<BTreeSet<Made>>>);

impl Ledger {
    pub(crate) fn enter(&self, call: &Call) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(Made::of(call));
    }

    /// All of them so far.
    pub fn read(&self) -> BTreeSet<Made> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
