//! reinvoke: a tick that is due goes back to the topic it is for.
//!
//! SNS cannot delay, so a tick waits in a queue; a queue cannot call auto-drain as a
//! notice does, nor let a lane of alarm-scaling wait for its turn, so this function, for a
//! few milliseconds, is the way back.

use aws::Aws;
use aws_lambda_events::sqs::BatchItemFailure;
use function::batch::failed_item;
use function::clock::Clock;
use function::environment::{BadEnvironment, Strings, Variables, switch, text};
use function::record::{Record, Records};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tick::Tick;

/// The dimension of every metric: the field that names this function.
const DIMENSION: &str = "function";

/// The configuration of reinvoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The topic that wakes auto-drain.
    pub lifecycle_topic: String,
    /// The FIFO topic that took the tick, and gives the lanes of alarm-scaling their turns.
    pub reinvoke_topic: String,
    /// The loop's switch: off, due ticks end here.
    pub reinvoke: bool,
}

impl Config {
    /// Read the configuration:
    ///
    /// | variable | default | meaning |
    /// |---|---|---|
    /// | `LIFECYCLE_TOPIC_ARN` | required | the topic that wakes auto-drain |
    /// | `REINVOKE_TOPIC_ARN` | required | the FIFO topic that gives alarm-scaling its turns |
    /// | `REINVOKE` | on | the loop's switch: `on` or `off` |
    ///
    /// # Errors
    /// Every variable that is absent or bad.
    pub fn read(strings: &dyn Strings) -> Result<Self, BadEnvironment> {
        let mut from = Variables::new(strings);
        let lifecycle_topic = from.required("LIFECYCLE_TOPIC_ARN", text);
        let reinvoke_topic = from.required("REINVOKE_TOPIC_ARN", text);
        let reinvoke = from.defaulted("REINVOKE", "on", switch);
        let config = (|| {
            Some(Self {
                lifecycle_topic: lifecycle_topic?,
                reinvoke_topic: reinvoke_topic?,
                reinvoke: reinvoke?,
            })
        })();
        from.finish(config)
    }
}

/// The reinvoke function.
#[derive(Debug)]
pub struct Reinvoke {
    aws: Aws,
    config: Config,
    clock: Clock,
    records: Records,
}

/// What an invocation answers: the ticks that failed, as an event source mapping reads
/// it, and what was done, for whoever invokes by hand.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Messages that the queue must deliver again.
    pub batch_item_failures: Vec<BatchItemFailure>,
    /// The record of the invocation.
    pub ticks: Map<String, Value>,
}

impl Reinvoke {
    /// The function, on clients, configuration and a clock; `write` takes each record
    /// as a line.
    pub fn new(
        aws: Aws,
        config: Config,
        clock: Clock,
        write: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self { aws, config, clock, records: Records::new(DIMENSION, write) }
    }

    async fn hand_back(&self, tick: &Tick) -> Result<(), aws::Error> {
        let Config { lifecycle_topic, reinvoke_topic, .. } = &self.config;
        self.aws.hand_back(lifecycle_topic, reinvoke_topic, tick).await
    }

    /// Hand every due tick of an SQS event back. A message that is no tick, or a tick
    /// that its topic did not take, goes back to the queue alone.
    pub async fn handle(&self, event: &Value) -> Response {
        let mut failures = Vec::new();
        let mut errors = Vec::new();
        let (mut handed_back, mut stopped) = (0, 0);
        let records = event.get("Records").and_then(Value::as_array);
        for message in records.into_iter().flatten() {
            let outcome = match read(message) {
                Ok(_) if !self.config.reinvoke => {
                    stopped += 1;
                    Ok(())
                }
                Ok(tick) => {
                    let handed = self.hand_back(&tick).await;
                    handed.map(|()| handed_back += 1).map_err(|error| error.to_string())
                }
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                errors.push(error);
                let id = message.get("messageId").and_then(Value::as_str).unwrap_or_default();
                failures.push(failed_item(id.to_owned()));
            }
        }
        let mut record = Record::default();
        record.field(DIMENSION, "reinvoke");
        record.count("TicksHandedBack", handed_back);
        record.count("TicksStopped", stopped);
        record.count("TickErrors", errors.len());
        if !errors.is_empty() {
            record.field("errors", json!(errors));
        }
        self.records.write(&record, self.clock.now());
        Response { batch_item_failures: failures, ticks: record.fields().clone() }
    }
}

/// The tick in a queue's message.
fn read(message: &Value) -> Result<Tick, String> {
    let body = message.get("body").and_then(Value::as_str);
    let body = body.ok_or("message: field `body` is absent or not a string")?;
    let body: Value = serde_json::from_str(body).map_err(|e| format!("body is not JSON ({e})"))?;
    Tick::read(&body).ok_or("message is no tick")?.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_no_tick_is_named() {
        for (message, error) in [
            (json!({}), "message: field `body` is absent or not a string"),
            (json!({"body": "{}"}), "message is no tick"),
            (
                json!({"body": r#"{"tick":{"cluster":"demo","pace":"now","bucket":1}}"#}),
                "tick: unknown variant `now`, expected one of `later`, `minute`, `soon`",
            ),
        ] {
            assert_eq!(read(&message).unwrap_err(), error);
        }
        assert!(read(&json!({"body": "{"})).unwrap_err().starts_with("body is not JSON"));
    }

    #[test]
    fn a_missing_topic_and_a_bad_switch_are_named_at_once() {
        let set = BTreeMap::from([("REINVOKE".to_owned(), "yes".to_owned())]);
        assert_eq!(
            Config::read(&set).unwrap_err().to_string(),
            "bad environment: LIFECYCLE_TOPIC_ARN is not set; REINVOKE_TOPIC_ARN is not set; REINVOKE is `yes`, set it to on or \
             off"
        );
    }
}
