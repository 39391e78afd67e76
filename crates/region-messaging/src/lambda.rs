//! Lambda: runs, concurrency, deadlines, and the detection of recursive loops.

use serde_json::Value;
use time::Duration;

use region_core::Time;

use super::failure::FunctionError;
use super::run::{Invocation, Refusal, Run, Running, Source};
use super::trace::{Lineage, MOST_INVOCATIONS};
use super::{Event, Messaging};

impl Messaging {
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

    /// Whether a run may begin that is caused by what has these trace headers. Returns its lineage.
    pub(super) fn admit<'a>(
        &mut self,
        arn: &str,
        traces: impl IntoIterator<Item = &'a str>,
    ) -> Result<Lineage, Refusal> {
        let Some(function) = self.functions.get_mut(arn) else { return Err(Refusal::Throttled) };
        let mut lineage = Lineage::of(traces);
        let number = lineage.invoke(arn);
        if number > MOST_INVOCATIONS && !function.spec.recursive_loop_allowed {
            function.truth.recursive_dropped += 1;
            return Err(Refusal::Recursive);
        }
        if function.spec.reserved_concurrency.is_some_and(|most| function.running >= most) {
            function.truth.throttles += 1;
            return Err(Refusal::Throttled);
        }
        Ok(lineage)
    }

    /// Begin a run that was admitted.
    pub(super) fn begin(
        &mut self,
        now: Time,
        arn: &str,
        lineage: &Lineage,
        payload: Value,
        source: Source,
    ) {
        let Some(function) = self.functions.get_mut(arn) else { return };
        function.running += 1;
        function.truth.invocations += 1;
        self.last_run += 1;
        let id = self.last_run;
        let deadline = now + Duration::seconds(function.spec.timeout_seconds.into());
        let request_id = match &source {
            Source::Async(call) => call.request_id.clone(),
            Source::Batch { .. } => self.chance.uuid(),
        };
        self.agenda.at(deadline, Event::Deadline(id));
        self.ready.push(Invocation {
            id,
            function: function.spec.logical_id.clone(),
            payload: payload.clone(),
            deadline,
            trace: lineage.header(&request_id, now),
            request_id: request_id.clone(),
            started: now,
        });
        let function = arn.to_owned();
        let running = Running { function, payload, request_id, started: now, deadline, source };
        self.running.insert(id, running);
    }

    /// End a run with its result. The result of a run that is past its deadline is ignored.
    pub fn finish(&mut self, now: Time, id: u64, result: Result<Value, FunctionError>) {
        let in_time = self.running.get(&id).is_some_and(|running| now <= running.deadline);
        let running = if in_time { self.running.remove(&id) } else { None };
        self.advance(now);
        if let Some(running) = running {
            self.settle_run(now, running, result);
        }
    }

    /// End a run at its deadline, unless it has ended already.
    pub(super) fn deadline(&mut self, now: Time, id: u64) {
        let Some(running) = self.running.remove(&id) else { return };
        self.ready.retain(|invocation| invocation.id != id);
        let Some(function) = self.functions.get_mut(&running.function) else { return };
        function.truth.timeouts += 1;
        let timeout = function.spec.timeout_seconds;
        let failure = FunctionError::timed_out(&running.request_id, timeout);
        self.settle_run(now, running, Err(failure));
    }

    fn settle_run(&mut self, now: Time, run: Running, result: Result<Value, FunctionError>) {
        if let Some(function) = self.functions.get_mut(&run.function) {
            function.running = function.running.saturating_sub(1);
            function.truth.errors += u64::from(result.is_err());
            let micros = (now - run.started).whole_microseconds();
            let billed = u64::try_from(micros).unwrap_or(0).div_ceil(1000);
            function.truth.billed_milliseconds += billed;
        }
        match (run.source, result) {
            (Source::Batch { poller, items }, result) => {
                self.settle_batch(now, poller, items, result.ok().as_ref());
            }
            (Source::Async(call), Err(failure)) => self.retry(now, call, failure),
            (Source::Async(_), Ok(_)) => {}
        }
    }
}
