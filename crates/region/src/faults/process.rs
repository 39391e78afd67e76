//! Faults of the process that makes a call.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Notify;

tokio::task_local! {
    static PROCESS: Arc<Dying>;
}

#[derive(Debug, Default)]
struct Dying {
    how: std::sync::OnceLock<Death>,
    ended: Notify,
}

/// How a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// It crashes, and Lambda notices at once.
    Crash,
    /// It hangs until Lambda ends it at its timeout.
    Stall,
}

/// Run `living` to its end, or until the fault of a call ends the process.
///
/// # Errors
/// How the process died.
pub async fn live<T>(living: impl Future<Output = T>) -> Result<T, Death> {
    let dying = Arc::new(Dying::default());
    let ended = dying.ended.notified();
    tokio::select! {
        biased;
        () = ended => Err(dying.how.get().copied().unwrap_or(Death::Crash)),
        done = PROCESS.scope(Arc::clone(&dying), living) => Ok(done),
    }
}

/// End the process of the present call. The future never completes.
pub(crate) async fn die(how: Death) {
    let _outside = PROCESS.try_with(|dying| {
        let _first = dying.how.set(how);
        dying.ended.notify_one();
    });
    std::future::pending::<()>().await;
}
