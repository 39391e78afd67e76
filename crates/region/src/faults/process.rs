//! The process that makes a call, as far as it can die of it.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Notify;

tokio::task_local! {
    static PROCESS: Arc<Dying>;
}

#[derive(Debug, Default)]
struct Dying {
    how: std::sync::OnceLock<Death>,
    told: Notify,
}

/// How a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// At once, and Lambda knows.
    Crash,
    /// It stands still, until Lambda ends it when its time is up.
    Stall,
}

/// Run `living` to its end, or until a call that it makes is the death of it.
///
/// # Errors
/// How it died.
pub async fn live<T>(living: impl Future<Output = T>) -> Result<T, Death> {
    let dying = Arc::new(Dying::default());
    let told = dying.told.notified();
    tokio::select! {
        biased;
        () = told => Err(dying.how.get().copied().unwrap_or(Death::Crash)),
        done = PROCESS.scope(Arc::clone(&dying), living) => Ok(done),
    }
}

/// Die; whoever made the call is not heard of again.
pub(crate) async fn die(how: Death) {
    let _outside = PROCESS.try_with(|dying| {
        let _first = dying.how.set(how);
        dying.told.notify_one();
    });
    std::future::pending::<()>().await;
}
