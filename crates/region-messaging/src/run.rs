//! Functions, their runs, and what causes them.

use serde_json::Value;

use region_core::Time;

use super::failure::FunctionError;
use super::sqs::Receipt;
use region_wiring::FunctionSpec;

/// Counters of a function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FunctionTruth {
    /// Runs that began.
    pub invocations: u64,
    /// Runs that ended in a function error, those that timed out included.
    pub errors: u64,
    /// Runs that did not end by their deadline.
    pub timeouts: u64,
    /// Runs refused because no concurrency was left.
    pub throttles: u64,
    /// The durations of all runs that ended, each rounded up to a millisecond.
    pub billed_milliseconds: u64,
    /// Invocations stopped because they are part of a recursive loop.
    pub recursive_dropped: u64,
    /// Asynchronous invocations that Lambda gave up.
    pub async_dropped: u64,
}

/// A run of a function that begins now. Its result goes to [`Messaging::finish`].
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// The id of this run.
    pub id: u64,
    /// The function's logical id.
    pub function: String,
    /// The event.
    pub payload: Value,
    /// When the run times out.
    pub deadline: Time,
    /// Lambda's request id, the same for every try of an asynchronous invocation.
    pub request_id: String,
    /// The trace header, which the run's calls pass on.
    pub trace: String,
    /// When the run began.
    pub started: Time,
}

/// A run in progress.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The function's logical id.
    pub function: &'a str,
    /// The event.
    pub payload: &'a Value,
    /// When it began.
    pub started: Time,
}

#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) spec: FunctionSpec,
    pub(super) running: u32,
    pub(super) truth: FunctionTruth,
}

impl Function {
    pub(super) fn new(spec: FunctionSpec) -> Self {
        Self { spec, running: 0, truth: FunctionTruth::default() }
    }
}

/// Why a run does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No concurrency is left.
    Throttled,
    /// It would be one invocation too many in its chain of requests.
    Recursive,
}

/// An event in a function's asynchronous queue.
#[derive(Debug, Clone)]
pub(super) struct AsyncCall {
    pub(super) function: String,
    pub(super) payload: Value,
    pub(super) request_id: String,
    /// The trace header of what caused it.
    pub(super) trace: Option<String>,
    pub(super) queued: Time,
    pub(super) attempts: u32,
    pub(super) throttles: u32,
    pub(super) failure: Option<FunctionError>,
}

/// A received message of a batch.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) receipt: Receipt,
    /// Its trace header.
    pub(super) trace: Option<String>,
}

/// The source of a run, which is notified of its end.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Async(AsyncCall),
    Batch { poller: usize, items: Vec<Item> },
}

#[derive(Debug, Clone)]
pub(super) struct Running {
    pub(super) function: String,
    pub(super) payload: Value,
    pub(super) request_id: String,
    pub(super) started: Time,
    pub(super) deadline: Time,
    pub(super) source: Source,
}
