//! Lambda's asynchronous queue: retries, and what becomes of the events that it gives up.

use serde_json::Value;
use time::Duration;

use region_core::Time;

use super::destination::{GivenUp, Reason};
use super::failure::FunctionError;
use super::message::Outgoing;
use super::request::Publish;
use super::run::{AsyncCall, Refusal, Source};
use super::trace::{Lineage, MOST_INVOCATIONS};
use super::{Event, Messaging};

impl Messaging {
    /// Put an event into a function's asynchronous queue.
    pub(super) fn invoke_async(
        &mut self,
        now: Time,
        function: &str,
        payload: Value,
        trace: Option<String>,
    ) {
        let call = AsyncCall {
            function: function.to_owned(),
            payload,
            request_id: self.chance.uuid(),
            trace,
            queued: now,
            attempts: 0,
            throttles: 0,
            failure: None,
        };
        let due = now + self.chance.delay(&self.settings.async_delay);
        if let Some(copy) = self.chance.copy(&self.settings) {
            self.agenda.at(due + copy, Event::Call(call.clone()));
        }
        self.agenda.at(due, Event::Call(call));
    }

    /// Attempt an asynchronous invocation.
    pub(super) fn call(&mut self, now: Time, mut call: AsyncCall) {
        let Some(function) = self.functions.get(&call.function) else {
            self.undelivered += 1;
            return;
        };
        if function.spec.reserved_concurrency == Some(0) {
            return self.give_up(now, &call, Reason::ZeroReservedConcurrency);
        }
        let arn = call.function.clone();
        match self.admit(&arn, call.trace.as_deref()) {
            Ok(lineage) => {
                let payload = call.payload.clone();
                self.begin(now, &arn, &lineage, payload, Source::Async(call));
            }
            Err(Refusal::Recursive) => self.give_up(now, &call, Reason::RecursiveInvocation),
            Err(Refusal::Throttled) => {
                // From one second, doubling to five minutes, as the developer guide says.
                let back_off = Duration::seconds(1_i64 << call.throttles.min(9));
                call.throttles += 1;
                self.attempt_again(now, call, back_off.min(Duration::minutes(5)));
            }
        }
    }

    /// A failed asynchronous invocation is tried again after one minute, then after two.
    pub(super) fn retry(&mut self, now: Time, mut call: AsyncCall, failure: FunctionError) {
        call.attempts += 1;
        call.failure = Some(failure);
        let most = self.functions.get(&call.function).map_or(0, |f| f.spec.maximum_retry_attempts);
        if call.attempts > most {
            self.give_up(now, &call, Reason::RetriesExhausted);
        } else {
            let wait = Duration::minutes(call.attempts.into());
            self.attempt_again(now, call, wait);
        }
    }

    /// Attempt an invocation again after `wait`, or give it up now if its event is too old then.
    fn attempt_again(&mut self, now: Time, call: AsyncCall, wait: Duration) {
        let function = self.functions.get(&call.function);
        let age = function.map_or(0, |function| function.spec.maximum_event_age_seconds);
        if now + wait - call.queued > Duration::seconds(age.into()) {
            self.give_up(now, &call, Reason::EventAgeExceeded);
        } else {
            self.agenda.at(now + wait, Event::Call(call));
        }
    }

    fn give_up(&mut self, now: Time, call: &AsyncCall, reason: Reason) {
        let Some(function) = self.functions.get_mut(&call.function) else { return };
        function.truth.async_dropped += 1;
        let mut lineage = Lineage::of(call.trace.as_deref());
        if lineage.invoke(&call.function) > MOST_INVOCATIONS + 1 {
            // What Lambda sent about a stopped loop came back: that loop ends here.
            return;
        }
        let given_up = GivenUp {
            reason,
            function_arn: &call.function,
            request_id: &call.request_id,
            payload: &call.payload,
            attempts: call.attempts,
            failure: call.failure.as_ref(),
        };
        let record = Outgoing { body: given_up.record(now), ..Outgoing::default() };
        let event = Outgoing {
            body: call.payload.to_string(),
            attributes: given_up.dead_letter_attributes(),
            ..Outgoing::default()
        };
        let targets = [(&function.spec.on_failure, record), (&function.spec.dead_letter, event)];
        let targets = targets.map(|(arn, message)| arn.clone().map(|arn| (arn, message)));
        let trace = lineage.header(&call.request_id, now);
        for (arn, message) in targets.into_iter().flatten() {
            self.send_to(now, &arn, Outgoing { trace: Some(trace.clone()), ..message });
        }
    }

    /// Send a message to a function, a topic or a queue. One that is refused is lost and counted.
    pub(super) fn send_to(&mut self, now: Time, arn: &str, message: Outgoing) {
        if self.functions.contains_key(arn) {
            let payload = serde_json::from_str(&message.body).unwrap_or_default();
            self.invoke_async(now, arn, payload, message.trace);
        } else if self.topics.contains_key(arn) {
            let request = Publish {
                topic_arn: arn.to_owned(),
                message: message.body,
                attributes: message.attributes,
                trace: message.trace,
                ..Publish::default()
            };
            if self.publish_now(now, request).is_err() {
                self.undelivered += 1;
            }
        } else {
            self.enqueue(now, arn, message);
        }
    }
}
