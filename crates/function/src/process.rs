//! A function in a process, which handles one event after the other.

use std::fmt;

use aws_lambda_events::sqs::BatchItemFailure;
use futures_util::future::BoxFuture;
use lambda_runtime::Diagnostic;
use serde_json::{Map, Value, json};

use crate::clock::{Clock, Remaining};
use crate::environment::{BadEnvironment, Strings};
use crate::invocation::Invocation;
use crate::record::Record;

/// How a function starts, and how its answers name its log records.
pub trait Function: Handler + Sized + 'static {
    type Config;
    /// The configuration of the AWS clients.
    type Sdk;

    /// The field with the record of the invocation.
    const RECORD: &'static str;
    /// The field with a list of the other records, if the function writes any.
    const DETAILS: Option<&'static str> = None;

    /// Reads the configuration.
    ///
    /// # Errors
    /// All variables that are absent or invalid.
    fn configure(strings: &dyn Strings) -> Result<Self::Config, BadEnvironment>;

    fn new(sdk: &Self::Sdk, config: Self::Config, clock: Clock) -> Self;
}

/// How a function handles events.
pub trait Handler: Send + Sync {
    /// Begins the log record of an invocation.
    fn record(&self) -> Record;

    /// Handles an event, and reports in `invocation` what was done.
    fn handle<'a>(&'a self, event: &'a Value, invocation: &'a mut Invocation) -> BoxFuture<'a, ()>;
}

/// A process of a function. Lambda and rehearsals run the same.
pub struct Process {
    handler: Box<dyn Handler>,
    record: &'static str,
    details: Option<&'static str>,
    pub(crate) clock: Clock,
    write: Box<dyn Fn(&str) + Send + Sync>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Process")
    }
}

impl Process {
    /// Creates a process of `F`. `write` receives each log record as a line.
    pub fn new<F: Function>(
        sdk: &F::Sdk,
        config: F::Config,
        clock: Clock,
        write: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let handler = Box::new(F::new(sdk, config, clock.clone()));
        Self { handler, record: F::RECORD, details: F::DETAILS, clock, write: Box::new(write) }
    }

    /// Handles an event, and writes the log records. The answer holds them too, for manual
    /// invocations.
    ///
    /// # Errors
    /// Why the invocation failed as a whole.
    pub async fn handle(&self, event: &Value, remaining: Remaining) -> Result<Value, Diagnostic> {
        let mut invocation = Invocation::new(self.clock.now(), remaining, self.handler.record());
        self.handler.handle(event, &mut invocation).await;
        let Invocation { record, details, failed, failure, hold, queued, .. } = invocation;
        let details: Vec<_> = details.into_iter().map(|record| self.written(record)).collect();
        let record = self.written(record);
        if queued && !hold.is_zero() {
            tokio::time::sleep(hold).await;
        }
        if let Some(failure) = failure.filter(|_| !queued) {
            return Err(failure);
        }
        // A partial batch response: Lambda developer guide, "Implementing partial batch responses".
        let failed: Vec<_> = failed.into_iter().map(failed_item).collect();
        let answer = [("batchItemFailures", json!(failed)), (self.record, record.into())];
        let details = self.details.map(|name| (name, json!(details)));
        Ok(answer.into_iter().chain(details).collect())
    }

    fn written(&self, record: Record) -> Map<String, Value> {
        (self.write)(&record.line(self.clock.now()));
        record.fields
    }
}

fn failed_item(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}
