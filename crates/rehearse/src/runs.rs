//! What each run of a function did: its calls, in order, and its answer.

use std::cell::RefCell;
use std::future::Future;

use serde_json::Value;

/// A run that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The function's id in the template.
    pub function: String,
    /// The operations that it called, in order.
    pub calls: Vec<String>,
    /// What it answered; null if it failed.
    pub answer: Value,
}

tokio::task_local! {
    static CALLS: RefCell<Vec<String>>;
}

/// The calls that `running` makes, beside what it comes to.
pub(crate) async fn noted<T>(running: impl Future<Output = T>) -> (T, Vec<String>) {
    let noted = async move {
        let done = running.await;
        (done, CALLS.with(RefCell::take))
    };
    CALLS.scope(RefCell::default(), noted).await
}

/// A call was made; outside of any run nobody notes it.
pub(crate) fn note(operation: &str) {
    let _outside = CALLS.try_with(|calls| calls.borrow_mut().push(operation.to_owned()));
}
