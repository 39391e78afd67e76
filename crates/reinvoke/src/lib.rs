//! reinvoke: publishes due requeue messages to the topic that they are for.
//!
//! SNS cannot delay messages, so a requeue message waits in a queue. A queue cannot invoke
//! auto-drain like a notification, nor serialize the work items of alarm-scaling. So this function
//! runs for a few milliseconds and publishes the message.
//!
//! The filter of a subscription may take up to 15 minutes to take effect. Until then a delay queue
//! receives every message of the FIFO topic. Such a misrouted message is acknowledged: the queue
//! that it is for has it too, whether or not the filter of that queue is in effect. Publishing it
//! would lose a reconcile instead: the work item of an early requeue message uses up the
//! deduplication id and the bucket of the one that is due.
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html>

use std::collections::BTreeMap;

use aws::{Aws, Error, SdkConfig, advised};
use aws_names::{FifoTopicArn, QueueArn, TopicArn};
use function::clock::Clock;
use function::environment::{BadEnvironment, Strings, Variables, name, optional, switch};
use function::invocation::Invocation;
use function::process::{Function, Handler};
use function::record::Record;
use futures_util::future::BoxFuture;
use requeue::work_item::NOW;
use requeue::{DelayClass, Requeue, WorkItem};
use serde_json::{Value, json};

/// The configuration of reinvoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The ARN of the topic that triggers auto-drain.
    pub lifecycle_topic: TopicArn,
    /// The ARN of the FIFO topic that feeds the delay queues and the work item queue.
    pub reinvoke_topic: FifoTopicArn,
    /// The delay class of each delay queue, by the ARN of the queue.
    pub queues: BTreeMap<QueueArn, DelayClass>,
    /// Whether the re-invoke loop is on. If it is off, due requeue messages are dropped.
    pub reinvoke: bool,
}

impl Config {
    /// Read the configuration:
    ///
    /// | variable | default | meaning |
    /// |---|---|---|
    /// | `LIFECYCLE_TOPIC_ARN` | required | ARN of the topic that triggers auto-drain |
    /// | `REINVOKE_TOPIC_ARN` | required | ARN of the FIFO topic that feeds the work item queue of alarm-scaling |
    /// | `SOON_QUEUE_ARN` | required | ARN of the soon queue |
    /// | `LATER_QUEUE_ARN` | required | ARN of the later queue |
    /// | `MINUTE_QUEUE_ARN` | `""` | ARN of the minute queue, of requeue messages of alarm-scaling |
    /// | `REINVOKE` | on | switch of the re-invoke loop: `on` or `off` |
    ///
    /// # Errors
    /// All variables that are absent or invalid.
    pub fn read(strings: &dyn Strings) -> Result<Self, BadEnvironment> {
        let mut from = Variables::new(strings);
        let lifecycle_topic = from.required("LIFECYCLE_TOPIC_ARN", name);
        let reinvoke_topic = from.required("REINVOKE_TOPIC_ARN", name);
        let soon = from.required("SOON_QUEUE_ARN", name);
        let later = from.required("LATER_QUEUE_ARN", name);
        let minute = from.defaulted("MINUTE_QUEUE_ARN", "", optional(name));
        let reinvoke = from.defaulted("REINVOKE", "on", switch);
        let config = (|| {
            Some(Self {
                lifecycle_topic: lifecycle_topic?,
                reinvoke_topic: reinvoke_topic?,
                queues: [(soon?, DelayClass::Soon), (later?, DelayClass::Later)]
                    .into_iter()
                    .chain(minute?.map(|queue| (queue, DelayClass::Minute)))
                    .collect(),
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
}

impl Function for Reinvoke {
    type Config = Config;
    type Sdk = SdkConfig;

    const RECORD: &'static str = "requeues";

    fn configure(strings: &dyn Strings) -> Result<Config, BadEnvironment> {
        Config::read(strings)
    }

    fn new(sdk: &SdkConfig, config: Config, _: Clock) -> Self {
        Self { aws: Aws::new(sdk), config }
    }
}

impl Handler for Reinvoke {
    fn record(&self) -> Record {
        Record::new("function", "reinvoke")
    }

    fn handle<'a>(&'a self, event: &'a Value, invocation: &'a mut Invocation) -> BoxFuture<'a, ()> {
        Box::pin(self.publish(event, invocation))
    }
}

impl Reinvoke {
    async fn hand_back(&self, requeue: &Requeue) -> Result<(), Error> {
        let Config { lifecycle_topic, reinvoke_topic, .. } = &self.config;
        self.aws.hand_back(lifecycle_topic, reinvoke_topic, requeue).await
    }

    /// Publishes every due requeue message of an SQS event. Misrouted messages are acknowledged and
    /// counted by kind. A message that is neither a requeue message nor a work item fails alone, as
    /// does a requeue message that could not be published.
    async fn publish(&self, event: &Value, invocation: &mut Invocation) {
        let mut errors = Vec::new();
        let (mut handed_back, mut stopped) = (0, 0);
        let mut misrouted = BTreeMap::<&str, usize>::new();
        let records = event.get("Records").and_then(Value::as_array);
        for message in records.into_iter().flatten() {
            let outcome = match read(message, &self.config.queues) {
                Ok(Delivered::Misrouted(kind)) => {
                    *misrouted.entry(kind).or_default() += 1;
                    Ok(())
                }
                Ok(Delivered::Due(_)) if !self.config.reinvoke => {
                    stopped += 1;
                    Ok(())
                }
                Ok(Delivered::Due(requeue)) => {
                    let handed = self.hand_back(&requeue).await;
                    handed.map(|()| handed_back += 1).map_err(|error| advised(&error))
                }
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                errors.push(error);
                let id = message.get("messageId").and_then(Value::as_str).unwrap_or_default();
                invocation.failed.insert(id.to_owned());
            }
        }
        let record = &mut invocation.record;
        record.count("RequeuesDelivered", handed_back);
        record.count("RequeuesStopped", stopped);
        record.count("MisroutedMessages", misrouted.values().sum());
        record.count("RequeueErrors", errors.len());
        if !misrouted.is_empty() {
            record.field("misrouted", json!(misrouted));
        }
        if !errors.is_empty() {
            record.field("errors", json!(errors));
        }
    }
}

/// A valid message in a delay queue.
#[derive(Debug, PartialEq)]
enum Delivered {
    /// A requeue message in the queue of its delay class.
    Due(Requeue),
    /// A message that another queue has as well: a work item, the work item of a due requeue
    /// message, or a requeue message of another delay class. The value is its kind in the log
    /// record.
    Misrouted(&'static str),
}

const WORK_ITEM: &str = "work_item";

/// Parses a message of a delay queue. If the queue is not in `queues`, a requeue message of any
/// delay class is due.
fn read(message: &Value, queues: &BTreeMap<QueueArn, DelayClass>) -> Result<Delivered, String> {
    let body = message.get("body").and_then(Value::as_str);
    let body = body.ok_or("message: field `body` is absent or not a string")?;
    let body: Value = serde_json::from_str(body).map_err(|e| format!("body is not JSON ({e})"))?;
    if let Some(work_item) = WorkItem::read(&body) {
        return work_item
            .map(|_| Delivered::Misrouted(WORK_ITEM))
            .map_err(|error| error.to_string());
    }
    let requeue =
        Requeue::read(&body).ok_or("message is neither a requeue message nor a work item")?;
    let requeue = requeue.map_err(|error| error.to_string())?;
    let sent_as = message.pointer("/messageAttributes/delay_class/stringValue");
    let queue = message.get("eventSourceARN").and_then(Value::as_str);
    let here = queue.and_then(|arn| queues.get(arn)).copied().unwrap_or(requeue.delay_class);
    Ok(if sent_as.is_some_and(|delay_class| delay_class == NOW) {
        Delivered::Misrouted(WORK_ITEM)
    } else if requeue.delay_class != here {
        Delivered::Misrouted(requeue.delay_class.name())
    } else {
        Delivered::Due(requeue)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_malformed_is_named() {
        for (message, error) in [
            (json!({}), "message: field `body` is absent or not a string"),
            (json!({"body": "{}"}), "message is neither a requeue message nor a work item"),
            (
                json!({"body": r#"{"work_item":{}}"#}),
                "work_item: missing field `serialization_key`",
            ),
            (
                json!({"body": r#"{"requeue":{"cluster":"demo","delay_class":"now","bucket":1}}"#}),
                "requeue: unknown variant `now`, expected one of `later`, `minute`, `soon`",
            ),
        ] {
            assert_eq!(read(&message, &BTreeMap::new()).unwrap_err(), error);
        }
        let cut_short = read(&json!({"body": "{"}), &BTreeMap::new());
        assert!(cut_short.unwrap_err().starts_with("body is not JSON"));
    }

    #[test]
    fn a_requeue_is_due_in_the_queue_of_its_delay_class_alone() {
        let queues = BTreeMap::from([
            (QueueArn::from_aws("arn:soon"), DelayClass::Soon),
            (QueueArn::from_aws("arn:later"), DelayClass::Later),
        ]);
        let work_item = json!({"work_item": {"serialization_key": "service/demo/web"}});
        let requeue = |delay_class: &str| {
            let fields = json!({"cluster": "demo", "delay_class": delay_class, "bucket": 1});
            json!({ "requeue": fields })
        };
        for (queue, sent_as, body, misrouted) in [
            ("arn:soon", "soon", requeue("soon"), None),
            ("arn:later", "later", requeue("later"), None),
            ("arn:soon", "later", requeue("later"), Some("later")),
            ("arn:later", "soon", requeue("soon"), Some("soon")),
            ("arn:later", "minute", requeue("minute"), Some("minute")),
            ("arn:soon", "now", requeue("soon"), Some("work_item")),
            ("arn:soon", "now", work_item, Some("work_item")),
            ("arn:another", "later", requeue("later"), None),
        ] {
            let message = json!({
                "body": body.to_string(), "eventSourceARN": queue,
                "messageAttributes": {
                    "delay_class": {"stringValue": sent_as, "dataType": "String"}},
            });
            let found = match read(&message, &queues).unwrap() {
                Delivered::Misrouted(kind) => Some(kind),
                Delivered::Due(_) => None,
            };
            assert_eq!(found, misrouted, "{sent_as} {body} in {queue}");
        }
        let bare = json!({"body": requeue("soon").to_string()});
        assert!(matches!(read(&bare, &queues), Ok(Delivered::Due(_))), "sent by hand");
    }

    #[test]
    fn a_missing_topic_and_a_bad_switch_are_named_at_once() {
        let set = BTreeMap::from([("REINVOKE".to_owned(), "yes".to_owned())]);
        assert_eq!(
            Config::read(&set).unwrap_err().to_string(),
            "bad environment: LIFECYCLE_TOPIC_ARN is not set; REINVOKE_TOPIC_ARN is not set; \
             SOON_QUEUE_ARN is not set; LATER_QUEUE_ARN is not set; REINVOKE is `yes`, set it to on \
             or off"
        );
    }
}
