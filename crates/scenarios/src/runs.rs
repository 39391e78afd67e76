//! Records the calls and the answer of each run of a function.

use std::cell::RefCell;
use std::future::Future;

use serde_json::Value;

/// A finished run of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The function's logical id in the template.
    pub function: String,
    /// The AWS operations that it called, in order.
    pub calls: Vec<String>,
    /// Its answer, or null if it failed.
    pub answer: Value,
}

tokio::task_local! {
    static CALLS: RefCell<Vec<String>>;
}

/// The output of `running`, and the calls that it made.
pub(crate) async fn recorded<T>(running: impl Future<Output = T>) -> (T, Vec<String>) {
    let recorded = async move {
        let done = running.await;
        (done, CALLS.with(RefCell::take))
    };
    CALLS.scope(RefCell::default(), recorded).await
}

/// Records a call for the current run. A call outside of any run is ignored.
pub(crate) fn record_call(operation: &str) {
    let _outside = CALLS.try_with(|calls| calls.borrow_mut().push(operation.to_owned()));
}
