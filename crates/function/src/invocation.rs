//! One invocation: the time that it has, and what the function reports of it.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::time::Duration;

use envelope::{Malformed, Message};
use serde_json::json;

pub use lambda_runtime::Diagnostic;

use crate::Time;
use crate::clock::Remaining;
use crate::record::Record;

/// An invocation of a function.
#[derive(Debug)]
pub struct Invocation {
    pub began: Time,
    pub remaining: Remaining,
    /// The log record of the invocation.
    pub record: Record,
    /// More log records, which are written before it.
    pub details: Vec<Record>,
    /// The SQS ids of the messages that the queue must deliver again.
    pub failed: BTreeSet<String>,
    /// Why the invocation fails as a whole, which it does only if no queue can deliver single
    /// messages again.
    pub failure: Option<Diagnostic>,
    /// How long a batch of a queue is kept after everything is written. A FIFO queue delivers no
    /// more messages of its message groups meanwhile.
    pub hold: Duration,
    /// Whether the event came from a queue, which can deliver single messages again.
    pub(crate) queued: bool,
}

impl Invocation {
    pub(crate) fn new(began: Time, remaining: Remaining, record: Record) -> Self {
        Self {
            began,
            remaining,
            record,
            details: Vec::new(),
            failed: BTreeSet::new(),
            failure: None,
            hold: Duration::ZERO,
            queued: false,
        }
    }

    /// Reports the messages that cannot be read.
    pub fn receive<T>(&mut self, messages: &[Message<T>]) {
        self.queued = messages.iter().any(|message| message.sqs_id.is_some());
        let malformed = messages.iter().filter_map(|Message { sqs_id, notification, .. }| {
            Some((sqs_id, notification.as_ref().err()?))
        });
        self.failed.extend(malformed.clone().filter_map(|(sqs_id, _)| sqs_id.clone()));
        let errors = malformed.map(|(_, error)| error);
        let Some(first) = errors.clone().next() else { return };
        self.failure = Some(diagnostic("malformed", first));
        self.record.count("MalformedMessages", errors.clone().count());
        let texts: BTreeSet<String> = errors.map(Malformed::to_string).collect();
        self.record.field("malformed", json!(texts));
    }

    /// Records how long the invocation took until `now`.
    pub fn took(&mut self, now: Time) {
        let took = (now - self.began).whole_milliseconds();
        self.record.field("duration_ms", i64::try_from(took).unwrap_or(i64::MAX));
    }
}

/// Why an invocation fails. CloudWatch and an on-failure destination show the type.
pub fn diagnostic(error_type: &str, error: &impl Display) -> Diagnostic {
    Diagnostic { error_type: error_type.to_owned(), error_message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_malformed_message_is_counted_and_each_text_told_once() {
        let mut invocation = Invocation::new(
            Time::UNIX_EPOCH,
            Remaining::unknown(),
            Record::new("function", "test"),
        );
        let message = |id: &str, notification| Message {
            sqs_id: Some(id.to_owned()),
            delay_class: None,
            notification,
        };
        let array = || Err(Malformed::NotObject("an array"));
        invocation.receive(&[message("a", array()), message("b", Ok(())), message("c", array())]);
        assert!(invocation.queued);
        assert_eq!(invocation.failed, ["a", "c"].map(str::to_owned).into());
        assert_eq!(invocation.failure.unwrap().error_type, "malformed");
        assert_eq!(invocation.record.fields["MalformedMessages"], 2);
        assert_eq!(invocation.record.fields["malformed"].as_array().unwrap().len(), 1);
    }
}
