//! A crash of a function's process, at one of its calls to AWS.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// A crash to come; clones share it. It happens once.
#[derive(Debug, Clone)]
pub struct Crash(Arc<Plan>);

#[derive(Debug)]
struct Plan {
    at: Option<(u64, Side)>,
    made: AtomicU64,
    happened: Notify,
}

/// On which side of the call: whether AWS still sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// AWS never sees the call.
    Before,
    /// AWS has done what it was asked, and nobody hears of it.
    After,
}

impl Crash {
    /// No crash.
    pub fn never() -> Self {
        Self::planned(None)
    }

    /// A crash at call number `call`, counted from 1.
    pub fn at(call: u64, side: Side) -> Self {
        Self::planned(Some((call, side)))
    }

    fn planned(at: Option<(u64, Side)>) -> Self {
        Self(Arc::new(Plan { at, made: AtomicU64::new(0), happened: Notify::new() }))
    }

    /// Wait for it.
    pub async fn happens(&self) {
        self.0.happened.notified().await;
    }

    /// How many calls were made so far.
    pub fn calls(&self) -> u64 {
        self.0.made.load(Ordering::Relaxed)
    }

    /// The number of a call that is being made.
    pub(crate) fn count(&self) -> u64 {
        self.0.made.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Let it happen if this is its place; whoever made the call is not heard of again.
    pub(crate) async fn passes(&self, call: u64, side: Side) {
        if self.0.at == Some((call, side)) {
            self.0.happened.notify_waiters();
            std::future::pending::<()>().await;
        }
    }
}
