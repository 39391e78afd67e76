//! Which operations a client calls, and on which resources; not how often.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::region::Region;
use region_core::api::{Api, Call};

/// A kind of call, with what IAM may judge it by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    pub api: Api,
    pub operation: String,
    /// The cluster, group, topic or resource that it names, as it names it.
    pub within: Option<String>,
    /// The keys of the tags that it writes or deletes.
    pub tag_keys: BTreeSet<String>,
    /// The keys of the tags that the group had which it names.
    pub group_tags: BTreeSet<String>,
    /// The ARN of the role that it passes to AWS.
    pub role: Option<String>,
}

/// The inputs that say within what a call acts. No call has two of them.
const WITHIN: [&str; 6] = [
    "/cluster",
    "/AutoScalingGroupName",
    "/TopicArn",
    "/resourceArn",
    "/ResourceARN",
    "/Tags/0/ResourceId",
];

impl Made {
    fn of(region: &Region, call: &Call) -> Self {
        let text = |path: &str| call.input.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let within = WITHIN.iter().find_map(|path| text(path));
        let tags = ["Tags", "tags"].iter().filter_map(|name| call.input.get(name)?.as_array());
        let keys = tags.flatten().filter_map(|tag| tag.get("Key").or_else(|| tag.get("key")));
        let group = within.as_deref().filter(|_| call.api == Api::AutoScaling);
        let group = group.and_then(|name| region.services().truth().group(name));
        let group_tags = group.map(|group| group.tags.into_keys().map(str::to_owned).collect());
        Self {
            api: call.api,
            operation: call.operation.clone(),
            tag_keys: keys.filter_map(Value::as_str).map(str::to_owned).collect(),
            group_tags: group_tags.unwrap_or_default(),
            role: text("/RoleARN"),
            within,
        }
    }
}

/// The kinds of calls that reached the region through some clients; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Arc<Mutex<BTreeSet<Made>>>);

impl Ledger {
    pub(crate) fn enter(&self, region: &Region, call: &Call) {
        let made = Made::of(region, call);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(made);
    }

    /// All of them so far.
    pub fn read(&self) -> BTreeSet<Made> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
