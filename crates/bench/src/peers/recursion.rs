//! Lambda's recursive-loop detection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::super::bill::Beside;
use super::{notification, text};

/// About the number of runs of one chain of messages before Lambda drops the next:
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>
const HOPS: u32 = 16;

/// Counts the runs of each chain of messages. Lambda identifies a chain by the trace header; here
/// the lifecycle action identifies it, because the loop passes it on.
#[derive(Debug, Clone)]
pub(super) struct Recursion {
    on: bool,
    runs: Arc<Mutex<BTreeMap<String, u32>>>,
    beside: Beside,
}

impl Recursion {
    pub(super) fn new(on: bool, beside: Beside) -> Self {
        Self { on, runs: Arc::default(), beside }
    }

    /// Whether Lambda drops this event instead of running the function.
    pub(super) fn drops(&self, event: &Value) -> bool {
        let notification = notification(event);
        let action = text(&notification, "/LifecycleActionToken");
        if !self.on || action.is_empty() {
            return false;
        }
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = runs.entry(action.to_owned()).or_default();
        *runs += 1;
        let dropped = *runs > HOPS;
        if dropped {
            self.beside.dropped();
        }
        dropped
    }
}
