//! Folds the messages of one event into alarms to route and serialization keys to reconcile.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::AlarmArn;
use requeue::work_item::NOW;
use requeue::{SerializationKey, Subject, TargetKey};
use scaling::alarm::{Message, Notification};
use scaling::policy::Target;

use crate::Time;
use crate::config::Config;

/// An alarm's transition into ALARM: the alarm, and the time that the message states.
pub type Cause = (AlarmArn, Time);

/// A message about an alarm.
#[derive(Debug, PartialEq)]
pub struct Reported {
    pub alarm: AlarmArn,
    /// When it went into ALARM; `None` in a request to reconcile it.
    pub at: Option<Time>,
    pub sqs_id: Option<String>,
}

/// The result of folding one event.
#[derive(Debug, Default)]
pub struct Batch {
    /// Alarms whose targets are to be reconciled.
    pub alarms: Vec<Reported>,
    /// Serialization keys to reconcile in this invocation.
    pub serialization_keys: BTreeMap<SerializationKey, Visit>,
    /// How many messages were skipped, by reason.
    pub skipped: BTreeMap<&'static str, usize>,
}

/// The targets of a serialization key that are reconciled, each with the reason.
pub type Visit = BTreeMap<Target, Reasons>;

/// Why a target is reconciled.
#[derive(Debug, Default)]
pub struct Reasons {
    /// The transitions that requested it.
    pub causes: Vec<Cause>,
    /// Whether anything but a transition requested it: a requeue message, or an operator.
    pub anew: bool,
    /// The SQS ids of the messages that requested it.
    pub sqs_ids: BTreeSet<String>,
}

impl Batch {
    /// Folds the messages that can be read.
    pub fn read(messages: Vec<Message>, config: &Config) -> Self {
        let mut batch = Self::default();
        for Message { sqs_id, delay_class, notification } in messages {
            match notification {
                Ok(_) if !config.scaling => batch.skip("disabled"),
                Ok(Notification::Alarm { arn, at }) => batch.alarm(arn, Some(at), sqs_id, config),
                Ok(Notification::Reconcile(arn)) => batch.alarm(arn, None, sqs_id, config),
                Ok(Notification::WorkItem(work_item)) => {
                    batch.visit(&work_item.of, work_item.transition, sqs_id)
                }
                // Until the subscription filter of the work item queue takes effect, the queue
                // also receives requeue messages that are not due, in other message groups than
                // those of their serialization keys.
                Ok(Notification::Requeue(_))
                    if delay_class.is_some_and(|delay_class| delay_class != NOW) =>
                {
                    batch.skip("misrouted");
                }
                Ok(Notification::Requeue(requeue)) => match requeue.of {
                    Subject::Target(of) => batch.visit(&of, None, sqs_id),
                    Subject::Cluster(_) => batch.skip("not_a_serialization_key"),
                },
                Ok(Notification::Skip(why)) => batch.skip(why.name()),
                Err(_) => {}
            }
        }
        batch
    }

    pub fn skip(&mut self, why: &'static str) {
        *self.skipped.entry(why).or_default() += 1;
    }

    fn alarm(
        &mut self,
        alarm: AlarmArn,
        at: Option<Time>,
        sqs_id: Option<String>,
        config: &Config,
    ) {
        if !config.is_home(&alarm) {
            return self.skip("foreign");
        }
        self.alarms.push(Reported { alarm, at, sqs_id });
    }

    /// Has a target reconciled in this invocation.
    pub fn visit(&mut self, of: &TargetKey, transition: Option<Cause>, sqs_id: Option<String>) {
        let Ok(target) = of.target.parse() else { return self.skip("unknown_target") };
        let visit = self.serialization_keys.entry(of.serialization_key.clone()).or_default();
        let reasons: &mut Reasons = visit.entry(target).or_default();
        reasons.anew |= transition.is_none();
        reasons.causes.extend(transition);
        reasons.sqs_ids.extend(sqs_id);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap as Map;

    use function::environment::Strings;
    use serde_json::{Value, json};

    use super::*;

    const GROUP: &str = "autoScalingGroup/tide-group";

    fn config(set: &[(&str, &str)]) -> Config {
        let topic = "arn:aws:sns:us-east-1:123456789012:tide-reinvoke.fifo";
        let strings: Map<String, String> = [("REINVOKE_TOPIC_ARN", topic)]
            .iter()
            .chain(set)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::read(&strings as &dyn Strings).unwrap()
    }

    fn alarm(account: &str) -> Value {
        json!({"alarm": format!("arn:aws:cloudwatch:us-east-1:{account}:alarm:high")})
    }

    fn read(events: &[Value], config: &Config) -> Batch {
        let records: Vec<Value> = events
            .iter()
            .enumerate()
            .map(|(number, event)| {
                json!({
                    "messageId": number.to_string(),
                    "eventSource": "aws:sqs",
                    "body": event.to_string(),
                })
            })
            .collect();
        Batch::read(scaling::alarm::read(&json!({ "Records": records })), config)
    }

    fn target(text: &str) -> Target {
        text.parse().unwrap()
    }

    #[test]
    fn an_alarm_is_routed_with_the_id_of_its_message() {
        let batch = read(&[alarm("123456789012")], &config(&[]));
        let [reported] = &batch.alarms[..] else { panic!("{batch:?}") };
        assert_eq!((reported.at, reported.sqs_id.as_deref()), (None, Some("0")));
        assert!(batch.serialization_keys.is_empty());
    }

    #[test]
    fn skips_are_counted_by_reason_and_the_switch_skips_all() {
        let work_item = |key: &str| json!({"work_item": {"serialization_key": key}});
        let events = [
            alarm("210987654321"),
            json!({"requeue": {"cluster": "tide", "delay_class": "soon", "bucket": 1}}),
            work_item("tide"),
        ];
        let batch = read(&events, &config(&[]));
        let skipped = [("foreign", 1), ("not_a_serialization_key", 1), ("unknown_target", 1)];
        assert_eq!(batch.skipped, BTreeMap::from(skipped));
        let off = config(&[("SCALING", "off")]);
        let batch = read(&[alarm("123456789012"), work_item(GROUP), json!([])], &off);
        assert_eq!(batch.skipped, BTreeMap::from([("disabled", 2)]));
        assert!(batch.alarms.is_empty() && batch.serialization_keys.is_empty());
    }

    #[test]
    fn a_requeue_that_is_not_due_counts_as_misrouted() {
        let key = "service/other/web";
        let requeue = json!({
            "requeue": {"serialization_key": key, "delay_class": "minute", "bucket": 1},
        });
        let delivered = |sent_as: &str| {
            let record = json!({
                "messageId": "0", "eventSource": "aws:sqs", "body": requeue.to_string(),
                "messageAttributes": {
                    "delay_class": {"stringValue": sent_as, "dataType": "String"},
                },
            });
            let messages = scaling::alarm::read(&json!({"Records": [record]}));
            Batch::read(messages, &config(&[]))
        };
        assert!(delivered("now").serialization_keys.contains_key(key));
        let early = delivered("minute");
        assert!(early.serialization_keys.is_empty());
        assert_eq!(early.skipped, BTreeMap::from([("misrouted", 1)]));
    }

    #[test]
    fn messages_of_one_key_are_one_visit_of_each_of_their_targets() {
        let web = "service/tide/web";
        let alarm = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:high";
        let work_item = json!({"work_item": {
            "serialization_key": GROUP, "target": web, "alarm": alarm,
            "at": "2026-11-25T10:00:00Z",
        }});
        let requeue = |target: &str| {
            json!({"requeue": {"serialization_key": GROUP, "target": target,
                "delay_class": "minute", "bucket": 1}})
        };
        let only = read(&[work_item.clone(), work_item.clone()], &config(&[]));
        let reasons = &only.serialization_keys[GROUP][&target(web)];
        assert_eq!((reasons.causes.len(), reasons.anew), (2, false));
        let api = "service/tide/api";
        let both = read(&[work_item, requeue(web), requeue(api)], &config(&[]));
        let visit = &both.serialization_keys[GROUP];
        assert_eq!(visit.len(), 2);
        assert!(visit[&target(web)].anew && visit[&target(api)].anew);
        assert_eq!(visit[&target(web)].sqs_ids.len(), 2);
    }
}
