//! What a process remembers from one reconcile to the next: the requeue messages that it requested,
//! and the cache of its reads. Both only save calls.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use requeue::{Buckets, DelayClass, SKEW};
use time::Duration;

use crate::Time;
use crate::observe::Cache;

/// The memory of one process.
#[derive(Debug, Default)]
pub struct Memory {
    /// The last requested requeue message of each delay class that was not delivered to this
    /// process.
    asked: Mutex<BTreeMap<DelayClass, Asked>>,
    pub drains: Cache,
}

/// A requeue message that was requested.
#[derive(Debug, Clone, Copy)]
struct Asked {
    bucket: i64,
    /// When it is due if this was the first request of its bucket.
    due: Time,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<DelayClass, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.lock().get(&delay_class).is_some_and(|Asked { bucket, due }| {
            buckets.answers(*bucket, now) || relaxed && now + Duration::seconds(SKEW) <= *due
        })
    }

    /// Remembers that a requeue message was requested.
    pub fn asked(&self, delay_class: DelayClass, bucket: i64, due: Time) {
        self.lock().insert(delay_class, Asked { bucket, due });
    }

    /// Forgets requests whose requeue messages were delivered. The values are the latest delivered
    /// buckets.
    pub fn came(&self, requeues: &BTreeMap<DelayClass, i64>) {
        self.lock().retain(|delay_class, asked| {
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
        let (memory, buckets) = (Memory::default(), Buckets::new(240).unwrap());
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
