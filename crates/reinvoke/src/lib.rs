//! reinvoke: a tick that is due goes back to the topic it is for.
//!
//! SNS cannot delay, so a tick waits in a queue; a queue cannot call auto-drain as a
//! notice does, nor let a lane of alarm-scaling wait for its turn, so this function, for a
//! few milliseconds, is the way back.
//!
//! A subscription's filter takes up to 15 minutes to come into force, and until then a delay
//! queue gets every message of the FIFO topic. Such a stray is acknowledged: the queue that it
//! was meant for has it too, whether that queue's own filter is in force or not. Handing it
//! back would lose a look instead: the turn of a tick that comes early uses up the
//! deduplication id, and the bucket, of the one that is due.
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html>

use std::collections::BTreeMap;

use aws::Aws;
use aws_lambda_events::sqs::BatchItemFailure;
use function::batch::failed_item;
use function::clock::Clock;
use function::environment::{BadEnvironment, Strings, Variables, switch, text};
use function::record::{Record, Records};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tick::turn::NOW;
use tick::{Pace, Tick, Turn};

/// The dimension of every metric: the field that names this function.
const DIMENSION: &str = "function";

/// The configuration of reinvoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The topic that wakes auto-drain.
    pub lifecycle_topic: String,
    /// The FIFO topic that took the tick, and gives the lanes of alarm-scaling their turns.
    pub reinvoke_topic: String,
    /// The delay queues by their ARNs, each with the pace of its ticks.
    pub queues: BTreeMap<String, Pace>,
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
    /// | `SOON_QUEUE_ARN` | required | the soon queue |
    /// | `LATER_QUEUE_ARN` | required | the later queue |
    /// | `MINUTE_QUEUE_ARN` | | the minute queue, which is there with alarm-scaling |
    /// | `REINVOKE` | on | the loop's switch: `on` or `off` |
    ///
    /// # Errors
    /// Every variable that is absent or bad.
    pub fn read(strings: &dyn Strings) -> Result<Self, BadEnvironment> {
        let mut from = Variables::new(strings);
        let lifecycle_topic = from.required("LIFECYCLE_TOPIC_ARN", text);
        let reinvoke_topic = from.required("REINVOKE_TOPIC_ARN", text);
        let soon = from.required("SOON_QUEUE_ARN", text);
        let later = from.required("LATER_QUEUE_ARN", text);
        let minute = from.defaulted("MINUTE_QUEUE_ARN", "", text);
        let reinvoke = from.defaulted("REINVOKE", "on", switch);
        let config = (|| {
            Some(Self {
                lifecycle_topic: lifecycle_topic?,
                reinvoke_topic: reinvoke_topic?,
                queues: [(soon?, Pace::Soon), (later?, Pace::Later), (minute?, Pace::Minute)]
                    .into(),
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

    /// Hand every due tick of an SQS event back. What strayed here is acknowledged, and counted
    /// by what it is. A message that is neither tick nor turn, or a tick that its topic did not
    /// take, goes back to the queue alone.
    pub async fn handle(&self, event: &Value) -> Response {
        let mut failures = Vec::new();
        let mut errors = Vec::new();
        let (mut handed_back, mut stopped) = (0, 0);
        let mut strays = BTreeMap::<&str, usize>::new();
        let records = event.get("Records").and_then(Value::as_array);
        for message in records.into_iter().flatten() {
            let outcome = match read(message, &self.config.queues) {
                Ok(Delivered::Stray(kind)) => {
                    *strays.entry(kind).or_default() += 1;
                    Ok(())
                }
                Ok(Delivered::Due(_)) if !self.config.reinvoke => {
                    stopped += 1;
                    Ok(())
                }
                Ok(Delivered::Due(tick)) => {
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
        record.count("StrayMessages", strays.values().sum());
        record.count("TickErrors", errors.len());
        if !strays.is_empty() {
            record.field("strays", json!(strays));
        }
        if !errors.is_empty() {
            record.field("errors", json!(errors));
        }
        self.records.write(&record, self.clock.now());
        Response { batch_item_failures: failures, ticks: record.fields().clone() }
    }
}

/// A message of ours in a delay queue.
#[derive(Debug, PartialEq)]
enum Delivered {
    /// A tick in the queue of its pace.
    Due(Tick),
    /// What another queue has as well: a turn, a due tick that takes its turn, or a tick of
    /// another pace; by its name in the record.
    Stray(&'static str),
}

const TURN: &str = "turn";

/// What a message of a delay queue is. In a queue that is none of `queues`, a tick of any pace
/// is due.
fn read(message: &Value, queues: &BTreeMap<String, Pace>) -> Result<Delivered, String> {
    let body = message.get("body").and_then(Value::as_str);
    let body = body.ok_or("message: field `body` is absent or not a string")?;
    let body: Value = serde_json::from_str(body).map_err(|e| format!("body is not JSON ({e})"))?;
    if let Some(turn) = Turn::read(&body) {
        return turn.map(|_| Delivered::Stray(TURN)).map_err(|error| error.to_string());
    }
    let tick = Tick::read(&body).ok_or("message is neither a tick nor a turn")?;
    let tick = tick.map_err(|error| error.to_string())?;
    let sent_as = message.pointer("/messageAttributes/pace/stringValue");
    let queue = message.get("eventSourceARN").and_then(Value::as_str);
    let here = queue.and_then(|arn| queues.get(arn)).copied().unwrap_or(tick.pace);
    Ok(if sent_as.is_some_and(|pace| pace == NOW) {
        Delivered::Stray(TURN)
    } else if tick.pace != here {
        Delivered::Stray(tick.pace.name())
    } else {
        Delivered::Due(tick)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_malformed_is_named() {
        for (message, error) in [
            (json!({}), "message: field `body` is absent or not a string"),
            (json!({"body": "{}"}), "message is neither a tick nor a turn"),
            (json!({"body": r#"{"turn":{}}"#}), "turn: missing field `lane`"),
            (
                json!({"body": r#"{"tick":{"cluster":"demo","pace":"now","bucket":1}}"#}),
                "tick: unknown variant `now`, expected one of `later`, `minute`, `soon`",
            ),
        ] {
            assert_eq!(read(&message, &BTreeMap::new()).unwrap_err(), error);
        }
        let cut_short = read(&json!({"body": "{"}), &BTreeMap::new());
        assert!(cut_short.unwrap_err().starts_with("body is not JSON"));
    }

    #[test]
    fn a_tick_is_due_in_the_queue_of_its_pace_alone() {
        let queues = BTreeMap::from([
            ("arn:soon".to_owned(), Pace::Soon),
            ("arn:later".to_owned(), Pace::Later),
        ]);
        let turn = json!({"turn": {"lane": "service/demo/web"}});
        let tick = |pace: &str| json!({"tick": {"cluster": "demo", "pace": pace, "bucket": 1}});
        for (queue, sent_as, body, stray) in [
            ("arn:soon", "soon", tick("soon"), None),
            ("arn:later", "later", tick("later"), None),
            ("arn:soon", "later", tick("later"), Some("later")),
            ("arn:later", "soon", tick("soon"), Some("soon")),
            ("arn:later", "minute", tick("minute"), Some("minute")),
            ("arn:soon", "now", tick("soon"), Some("turn")),
            ("arn:soon", "now", turn, Some("turn")),
            ("arn:another", "later", tick("later"), None),
        ] {
            let message = json!({
                "body": body.to_string(), "eventSourceARN": queue,
                "messageAttributes": {"pace": {"stringValue": sent_as, "dataType": "String"}},
            });
            let found = match read(&message, &queues).unwrap() {
                Delivered::Stray(kind) => Some(kind),
                Delivered::Due(_) => None,
            };
            assert_eq!(found, stray, "{sent_as} {body} in {queue}");
        }
        let bare = json!({"body": tick("soon").to_string()});
        assert!(matches!(read(&bare, &queues), Ok(Delivered::Due(_))), "sent by hand");
    }

    #[test]
    fn a_missing_topic_and_a_bad_switch_are_named_at_once() {
        let set = BTreeMap::from([("REINVOKE".to_owned(), "yes".to_owned())]);
        assert_eq!(
            Config::read(&set).unwrap_err().to_string(),
            "bad environment: LIFECYCLE_TOPIC_ARN is not set; REINVOKE_TOPIC_ARN is not set; \
             SOON_QUEUE_ARN is not set; LATER_QUEUE_ARN is not set; REINVOKE is `yes`, set it to on or off"
        );
    }
}
