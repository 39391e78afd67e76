//! Lambda: concurrency, deadlines, and the asynchronous queue with its retries.

use serde_json::Value;
use time::Duration;

use region_core::Time;

use super::envelope::{GivenUp, destination_record};
use super::mapping::Item;
use super::sns::Publish;
use super::sqs::Outgoing;
use super::{Event, Messaging};
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
    running: u32,
    pub(super) truth: FunctionTruth,
}

impl Function {
    pub(super) fn new(spec: FunctionSpec) -> Self {
        Self { spec, running: 0, truth: FunctionTruth::default() }
    }
}

/// An event in a function's asynchronous queue.
#[derive(Debug, Clone)]
pub(super) struct AsyncCall {
    function: String,
    payload: Value,
    request_id: String,
    queued: Time,
    attempts: u32,
    throttles: u32,
}

/// The source of a run, which is notified of its end.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Async(AsyncCall),
    Batch { poller: usize, items: Vec<Item> },
}

#[derive(Debug, Clone)]
pub(super) struct Running {
    function: String,
    payload: Value,
    started: Time,
    deadline: Time,
    source: Source,
}

const TIMED_OUT: &str = "task timed out";

impl Messaging {
    /// Put an event into a function's asynchronous queue, with an additional delay of `later`.
    pub(super) fn invoke_async(
        &mut self,
        now: Time,
        function: &str,
        payload: Value,
        later: Duration,
    ) {
        let request_id = self.chance.uuid();
        let call = AsyncCall {
            function: function.to_owned(),
            payload,
            request_id,
            queued: now,
            attempts: 0,
            throttles: 0,
        };
        let due = now + later + self.chance.delay(&self.settings.async_delay);
        if let Some(copy) = self.chance.copy(&self.settings) {
            self.agenda.at(due + copy, Event::Call(call.clone()));
        }
        self.agenda.at(due, Event::Call(call));
    }

    /// The runs that have begun and not ended, oldest first.
    pub fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        self.running.values().filter_map(|running| {
            let function = self.functions.get(&running.function)?;
            Some(Run {
                function: &function.spec.logical_id,
                payload: &running.payload,
                started: running.started,
            })
        })
    }

    /// Attempt an asynchronous invocation.
    pub(super) fn call(&mut self, now: Time, call: AsyncCall) {
        let Some(function) = self.functions.get(&call.function) else {
            self.undelivered += 1;
            return;
        };
        let age = Duration::seconds(function.spec.maximum_event_age_seconds.into());
        if now - call.queued > age {
            self.give_up(now, &call, None);
            return;
        }
        let arn = call.function.clone();
        let payload = call.payload.clone();
        if let Err(Source::Async(mut call)) = self.start(now, &arn, payload, Source::Async(call)) {
            // From one second, doubling to five minutes, as the developer guide says.
            let back_off = Duration::seconds(1_i64 << call.throttles.min(9));
            call.throttles += 1;
            self.agenda.at(now + back_off.min(Duration::minutes(5)), Event::Call(call));
        }
    }

    /// Begin a run, or give the source back if the function has no concurrency left.
    pub(super) fn start(
        &mut self,
        now: Time,
        arn: &str,
        payload: Value,
        source: Source,
    ) -> Result<(), Source> {
        let Some(function) = self.functions.get_mut(arn) else { return Err(source) };
        if function.spec.reserved_concurrency.is_some_and(|most| function.running >= most) {
            function.truth.throttles += 1;
            return Err(source);
        }
        function.running += 1;
        function.truth.invocations += 1;
        self.last_run += 1;
        let id = self.last_run;
        let deadline = now + Duration::seconds(function.spec.timeout_seconds.into());
        let request_id = match &source {
            Source::Async(call) => call.request_id.clone(),
            Source::Batch { .. } => self.chance.uuid(),
        };
        let logical_id = function.spec.logical_id.clone();
        self.agenda.at(deadline, Event::Deadline(id));
        let running = Running {
            function: arn.to_owned(),
            payload: payload.clone(),
            started: now,
            deadline,
            source,
        };
        self.running.insert(id, running);
        self.ready.push(Invocation {
            id,
            function: logical_id,
            payload,
            deadline,
            request_id,
            started: now,
        });
        Ok(())
    }

    /// End a run with its result; `Err` is a function error. The result of a run that is past
    /// its deadline is ignored.
    pub fn finish(&mut self, now: Time, id: u64, result: Result<Value, String>) {
        let in_time = self.running.get(&id).is_some_and(|running| now <= running.deadline);
        let running = if in_time { self.running.remove(&id) } else { None };
        self.advance(now);
        if let Some(running) = running {
            self.settle_run(now, running, result.as_ref().map_err(String::as_str));
        }
    }

    /// End a run at its deadline, unless it has ended already.
    pub(super) fn deadline(&mut self, now: Time, id: u64) {
        let Some(running) = self.running.remove(&id) else { return };
        if let Some(function) = self.functions.get_mut(&running.function) {
            function.truth.timeouts += 1;
        }
        self.ready.retain(|invocation| invocation.id != id);
        self.settle_run(now, running, Err(TIMED_OUT));
    }

    fn settle_run(&mut self, now: Time, run: Running, result: Result<&Value, &str>) {
        if let Some(function) = self.functions.get_mut(&run.function) {
            function.running = function.running.saturating_sub(1);
            function.truth.errors += u64::from(result.is_err());
            let micros = (now - run.started).whole_microseconds();
            let billed = u64::try_from(micros).unwrap_or(0).div_ceil(1000);
            function.truth.billed_milliseconds += billed;
        }
        match run.source {
            Source::Batch { poller, items } => self.settle_batch(now, poller, items, result),
            Source::Async(call) => {
                if let Err(error) = result {
                    self.retry(now, call, error);
                }
            }
        }
    }

    /// A failed asynchronous invocation is tried again after one minute, then after two.
    fn retry(&mut self, now: Time, mut call: AsyncCall, error: &str) {
        call.attempts += 1;
        let most = self.functions.get(&call.function).map_or(0, |f| f.spec.maximum_retry_attempts);
        if call.attempts > most {
            self.give_up(now, &call, Some(error));
        } else {
            self.agenda.at(now + Duration::minutes(call.attempts.into()), Event::Call(call));
        }
    }

    fn give_up(&mut self, now: Time, call: &AsyncCall, error: Option<&str>) {
        let Some(function) = self.functions.get_mut(&call.function) else { return };
        function.truth.async_dropped += 1;
        let given_up = GivenUp {
            request_id: &call.request_id,
            payload: &call.payload,
            attempts: call.attempts,
            error,
        };
        let record = destination_record(&function.spec, &given_up, now);
        let on_failure = function.spec.on_failure.clone().map(|arn| (arn, record));
        let dead_letter = function.spec.dead_letter.clone().map(|arn| (arn, call.payload.clone()));
        for (arn, content) in [on_failure, dead_letter].into_iter().flatten() {
            if self.functions.contains_key(&arn) {
                self.invoke_async(now, &arn, content, Duration::ZERO);
            } else if self.topics.contains_key(&arn) {
                let message = content.to_string();
                let request = Publish { topic_arn: arn, message, ..Publish::default() };
                if self.publish_now(now, request).is_err() {
                    self.undelivered += 1;
                }
            } else {
                let body = content.to_string();
                self.enqueue(now, &arn, Outgoing { body, ..Outgoing::default() });
            }
        }
    }
}
