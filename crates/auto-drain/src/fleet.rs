//! The groups that opted in, kept in the process so that events cost no call.
//!
//! An account may stop a million tasks a day in clusters of which nothing drains. So their events
//! are judged by groups that were read up to 30 s ago. The kept groups only decide whether an event
//! triggers a reconcile: each reconcile reads the groups of its own cluster.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_names::ClusterName;
use time::Duration;

use crate::Time;
use crate::groups::Groups;

/// How long the groups are kept.
pub const KEPT: Duration = Duration::seconds(30);

/// The groups as this process last read them.
#[derive(Debug, Default)]
pub struct Fleet(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    groups: Arc<Groups>,
    /// When all of them were last read.
    read_at: Option<Time>,
}

impl Fleet {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The groups, if all were read recently enough.
    pub fn recent(&self, now: Time) -> Option<Arc<Groups>> {
        let kept = self.lock();
        let read_at = kept.read_at.filter(|read_at| now - *read_at < KEPT);
        read_at.map(|_| Arc::clone(&kept.groups))
    }

    /// The groups as they were last read, however long ago.
    pub fn last(&self) -> Arc<Groups> {
        Arc::clone(&self.lock().groups)
    }

    /// Keeps all groups, which were read now.
    pub fn keep(&self, groups: Groups, now: Time) -> Arc<Groups> {
        let groups = Arc::new(groups);
        *self.lock() = Kept { groups: Arc::clone(&groups), read_at: Some(now) };
        groups
    }

    /// Keeps the groups of a cluster, which a reconcile has read.
    pub fn keep_of(&self, cluster: &ClusterName, groups: Groups) {
        Arc::make_mut(&mut self.lock().groups).replace(cluster, groups);
    }
}
