//! The trace header of the run that makes a call.
//!
//! The SDK sends the header that Lambda's runtime puts into the environment of its process. Several
//! runs share the process of a test, and its environment with it, so their header is that of the
//! task.

use std::future::Future;

tokio::task_local! {
    static HEADER: String;
}

/// Run a function's invocation whose trace header is `header`.
pub(crate) async fn within<T>(header: String, running: impl Future<Output = T>) -> T {
    HEADER.scope(header, running).await
}

/// The trace header of the run in which this is called, if it is called in one.
pub fn current() -> Option<String> {
    HEADER.try_with(Clone::clone).ok()
}
