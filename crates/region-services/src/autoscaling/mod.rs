//! EC2 Auto Scaling: groups, lifecycle hooks, scaling activities and the warm pool.

mod activities;
mod api;
mod capacity;
mod lifecycle;
mod model;
mod notifications;
mod tags;

use std::collections::HashMap;

use super::arena::{Arena, GroupKey, InstanceKey};

pub use self::model::{Action, ActionEnd, HookResult, LifecycleState};
pub(crate) use self::model::{Errand, Group, Instance};

/// Everything Auto Scaling knows, and the EC2 instances themselves: each belongs to a group.
#[derive(Debug, Default)]
pub(super) struct AutoScaling {
    pub(super) groups: Arena<GroupKey, Group>,
    pub(super) instances: Arena<InstanceKey, Instance>,
    group_names: HashMap<String, GroupKey>,
    instance_ids: HashMap<String, InstanceKey>,
}
