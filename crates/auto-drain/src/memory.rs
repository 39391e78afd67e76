//! What a process remembers from one event to the next: the groups that opted in, and for each
//! cluster the requeue messages that it requested, the cache of its reads, and stops that are left
//! to the next message. All of it only saves calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws::Shares;
use aws_names::{ClusterName, ContainerInstanceArn, InstanceId};
use requeue::{Buckets, DelayClass, SKEW};
use time::Duration;

use crate::Time;
use crate::fleet::{Fleet, KEPT};
use crate::observe::Cache;

/// The memory of one process.
#[derive(Debug, Default)]
pub struct Memory {
    pub fleet: Fleet,
    clusters: Mutex<BTreeMap<ClusterName, Arc<ClusterMemory>>>,
}

/// The memory of one cluster.
#[derive(Debug, Default)]
pub struct ClusterMemory {
    pub drains: Cache,
    /// What this process may use for the cluster of AWS's request rates.
    pub shares: Shares,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The last requested requeue message of each delay class that was not delivered to this
    /// process.
    asked: BTreeMap<DelayClass, Asked>,
    /// Container instances of which a stop was reported after the groups were read.
    left: BTreeSet<ContainerInstanceArn>,
    /// The last reconcile left something to do.
    is_unfinished: bool,
    /// When the last reconcile ran out of time, if it did.
    behind: Option<Time>,
}

/// A requeue message that was requested.
#[derive(Debug, Clone, Copy)]
struct Asked {
    bucket: i64,
    /// When it is due if this was the first request of its bucket.
    due: Time,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ClusterName, Arc<ClusterMemory>>> {
        self.clusters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The memory of a cluster.
    pub fn cluster(&self, cluster: &ClusterName) -> Arc<ClusterMemory> {
        Arc::clone(self.lock().entry(cluster.clone()).or_default())
    }

    /// Whether this process knows that a drain of the container instance is in progress.
    pub fn knows(&self, cluster: &ClusterName, arn: &ContainerInstanceArn) -> bool {
        self.lock().get(cluster).is_some_and(|memory| memory.drains.knows(arn))
    }

    /// Whether this process knows that a drain of the instance has just begun.
    pub fn has_begun(&self, cluster: &ClusterName, instance: &InstanceId, now: Time) -> bool {
        self.lock().get(cluster).is_some_and(|memory| memory.drains.has_begun(instance, now))
    }

    /// The clusters in which the last reconcile of this process left something to do.
    pub fn unfinished(&self) -> BTreeSet<ClusterName> {
        let clusters = self.lock();
        let unfinished = clusters.iter().filter(|(_, memory)| memory.lock().is_unfinished);
        unfinished.map(|(cluster, _)| cluster.clone()).collect()
    }

    /// Whether the last reconcile of any cluster ran out of time.
    pub fn is_behind(&self, now: Time) -> bool {
        self.lock().values().any(|memory| memory.is_behind(now))
    }

    /// Takes the container instances of which stops are left, by cluster.
    pub fn left(&self) -> Vec<(ClusterName, BTreeSet<ContainerInstanceArn>)> {
        let take = |memory: &ClusterMemory| std::mem::take(&mut memory.lock().left);
        let clusters = self.lock();
        let left = clusters.iter().map(|(cluster, memory)| (cluster.clone(), take(memory)));
        left.filter(|(_, left)| !left.is_empty()).collect()
    }
}

impl ClusterMemory {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a stop on the container instance to a message that comes after the groups are read.
    pub fn leave(&self, arn: ContainerInstanceArn) {
        self.lock().left.insert(arn);
    }

    /// Remembers whether a reconcile left something to do.
    pub fn finished(&self, is_finished: bool) {
        self.lock().is_unfinished = !is_finished;
    }

    /// Remembers whether a reconcile that ended now ran out of time.
    pub fn ran(&self, out_of_time: bool, now: Time) {
        self.lock().behind = out_of_time.then_some(now);
    }

    /// Whether the last reconcile ran out of time, not long ago.
    pub fn is_behind(&self, now: Time) -> bool {
        self.lock().behind.is_some_and(|behind| now - behind < KEPT)
    }

    /// Whether a requested requeue message covers a request made now, and was not delivered yet.
    /// With `relaxed`, this process is assumed to have made the first request of the bucket, as it
    /// nearly always has. Otherwise the message may have been delivered to another process that saw
    /// less.
    pub fn is_due(
        &self,
        delay_class: DelayClass,
        buckets: Buckets,
        now: Time,
        relaxed: bool,
    ) -> bool {
        self.lock().asked.get(&delay_class).is_some_and(|Asked { bucket, due }| {
            buckets.answers(*bucket, now) || relaxed && now + Duration::seconds(SKEW) <= *due
        })
    }

    /// Remembers that a requeue message was requested.
    pub fn asked(&self, delay_class: DelayClass, bucket: i64, due: Time) {
        self.lock().asked.insert(delay_class, Asked { bucket, due });
    }

    /// Forgets requests whose requeue messages were delivered. The values are the latest delivered
    /// buckets.
    pub fn came(&self, requeues: &BTreeMap<DelayClass, i64>) {
        self.lock().asked.retain(|delay_class, asked| {
            requeues.get(delay_class).is_none_or(|b| *b < asked.bucket)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + Duration::days(20_000) + Duration::seconds(seconds)
    }

    #[test]
    fn no_requeue_is_requested_while_one_is_pending() {
        let (memory, buckets) = (ClusterMemory::default(), Buckets::new(240).unwrap());
        let is_due =
            |seconds, relaxed| memory.is_due(DelayClass::Later, buckets, at(seconds), relaxed);
        assert!(!is_due(0, true) && !is_due(0, false));
        let bucket = buckets.bucket(at(0));
        memory.asked(DelayClass::Later, bucket, at(240));
        assert!(is_due(0, false));
        let over = (0..).find(|second| !is_due(*second, false)).unwrap();
        assert!((1..=235).contains(&over), "{over}");
        assert!(is_due(over, true) && is_due(235, true) && !is_due(236, true));
        assert!(!memory.is_due(DelayClass::Soon, buckets, at(0), true));
        memory.came(&BTreeMap::from([(DelayClass::Later, bucket - 1), (DelayClass::Soon, bucket)]));
        assert!(is_due(0, true));
        memory.came(&BTreeMap::from([(DelayClass::Later, bucket)]));
        assert!(!is_due(0, true));
    }
}
