//! Folds the messages of one event into work items to request and serialization keys to
//! reconcile.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::AlarmArn;
use requeue::work_item::NOW;
use requeue::{SerializationKey, Subject, WorkItem};
use scaling::alarm::{Message, Notification};

use crate::Time;
use crate::config::Config;

/// An alarm's transition into ALARM: the alarm, and the time that the message states.
pub type Cause = (AlarmArn, Time);

/// The result of folding one event.
#[derive(Debug, Default)]
pub struct Batch {
    /// Work items to request, each with the SQS id of its message.
    pub routes: Vec<(WorkItem, Option<String>)>,
    /// Serialization keys to reconcile in this invocation.
    pub serialization_keys: BTreeMap<SerializationKey, Visit>,
    /// How many messages were skipped, by reason.
    pub skipped: BTreeMap<&'static str, usize>,
}

/// Why a serialization key is reconciled.
#[derive(Debug, Default)]
pub struct Visit {
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
                Ok(Notification::Alarm { arn, at }) => batch.alarm(&arn, Some(at), sqs_id, config),
                Ok(Notification::Reconcile(arn)) => batch.alarm(&arn, None, sqs_id, config),
                Ok(Notification::WorkItem(work_item)) => {
                    batch.visit(work_item.serialization_key, work_item.transition, sqs_id)
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
                    Subject::SerializationKey(serialization_key) => {
                        batch.visit(serialization_key, None, sqs_id)
                    }
                    Subject::Cluster(_) => batch.skip("not_a_serialization_key"),
                },
                Ok(Notification::Skip(why)) => batch.skip(why.name()),
                Err(_) => {}
            }
        }
        batch
    }

    fn skip(&mut self, why: &'static str) {
        *self.skipped.entry(why).or_default() += 1;
    }

    /// Requests a work item for each serialization key of an alarm. A dry run changes nothing, so
    /// it needs none and reconciles at once.
    fn alarm(&mut self, arn: &AlarmArn, at: Option<Time>, sqs_id: Option<String>, config: &Config) {
        if !config.is_home(arn) {
            return self.skip("foreign");
        }
        let serialization_keys = config.policies.serialization_keys_of(arn);
        if serialization_keys.is_empty() {
            return self.skip("no_policy");
        }
        let transition = at.map(|at| (arn.clone(), at));
        for serialization_key in serialization_keys {
            if config.dry_run {
                self.visit(serialization_key, transition.clone(), sqs_id.clone());
            } else {
                let work_item = WorkItem { serialization_key, transition: transition.clone() };
                self.routes.push((work_item, sqs_id.clone()));
            }
        }
    }

    fn visit(
        &mut self,
        serialization_key: SerializationKey,
        transition: Option<Cause>,
        sqs_id: Option<String>,
    ) {
        let visit = self.serialization_keys.entry(serialization_key).or_default();
        visit.anew |= transition.is_none();
        visit.causes.extend(transition);
        visit.sqs_ids.extend(sqs_id);
    }

    /// SQS ids of the messages to redeliver if the work items cannot be requested.
    pub fn routed_ids(&self) -> impl Iterator<Item = String> + '_ {
        self.routes.iter().filter_map(|(_, sqs_id)| sqs_id.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap as Map;

    use serde_json::{Value, json};

    use super::*;

    fn config(set: &[(&str, &str)]) -> Config {
        let policy = |alarm: &str, target: &str| {
            json!({
                "Alarm": alarm, "ResourceId": target, "MinCapacity": 1, "MaxCapacity": 9,
                "AdjustmentType": "ChangeInCapacity",
                "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
            })
        };
        let policies = json!({
            "Policies": [
                policy("high", "service/tide/web"),
                policy("high", "service/other/web"),
                policy("full", "autoScalingGroup/tide-group"),
            ],
            "Clusters": [{"Cluster": "tide", "ResourceId": "autoScalingGroup/tide-group"}],
        });
        let policies = policies.to_string();
        let topic = "arn:aws:sns:us-east-1:123456789012:tide-reinvoke.fifo";
        let given = [("POLICIES", policies.as_str()), ("REINVOKE_TOPIC_ARN", topic)];
        let strings: Map<String, String> = given
            .iter()
            .chain(set)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::read(&strings).unwrap()
    }

    fn reconcile(account: &str, name: &str) -> Value {
        json!({"alarm": format!("arn:aws:cloudwatch:us-east-1:{account}:alarm:{name}")})
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

    #[test]
    fn an_alarm_requests_one_work_item_per_serialization_key() {
        let batch = read(&[reconcile("123456789012", "high")], &config(&[]));
        let serialization_keys: Vec<&str> = batch
            .routes
            .iter()
            .map(|(work_item, _)| work_item.serialization_key.as_str())
            .collect();
        assert_eq!(serialization_keys, ["autoScalingGroup/tide-group", "service/other/web"]);
        assert!(batch.serialization_keys.is_empty());
        assert_eq!(batch.routed_ids().collect::<BTreeSet<_>>(), BTreeSet::from(["0".to_owned()]));
    }

    #[test]
    fn a_dry_run_reconciles_without_a_work_item() {
        let batch = read(&[reconcile("123456789012", "full")], &config(&[("DRY_RUN", "on")]));
        assert!(batch.routes.is_empty());
        assert!(batch.serialization_keys["autoScalingGroup/tide-group"].anew);
    }

    #[test]
    fn skips_are_counted_by_reason_and_the_switch_skips_all() {
        let events = [
            reconcile("210987654321", "high"),
            reconcile("123456789012", "unknown"),
            json!({"requeue": {"cluster": "tide", "delay_class": "soon", "bucket": 1}}),
        ];
        let batch = read(&events, &config(&[]));
        let skipped = [("foreign", 1), ("no_policy", 1), ("not_a_serialization_key", 1)];
        assert_eq!(batch.skipped, BTreeMap::from(skipped));
        let off = config(&[("SCALING", "off")]);
        let work_item = json!({"work_item": {"serialization_key": "autoScalingGroup/tide-group"}});
        let batch = read(&[reconcile("123456789012", "high"), work_item, json!([])], &off);
        assert_eq!(batch.skipped, BTreeMap::from([("disabled", 2)]));
        assert!(batch.routes.is_empty() && batch.serialization_keys.is_empty());
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
    fn messages_of_one_serialization_key_are_one_visit() {
        let key = "service/other/web";
        let alarm = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:high";
        let work_item = json!({
            "work_item": {"serialization_key": key, "alarm": alarm, "at": "2026-11-25T10:00:00Z"},
        });
        let requeue = json!({
            "requeue": {"serialization_key": key, "delay_class": "minute", "bucket": 1},
        });
        let only = read(&[work_item.clone(), work_item.clone()], &config(&[]));
        let visit = &only.serialization_keys[key];
        assert_eq!((visit.causes.len(), visit.anew), (2, false));
        let both = read(&[work_item, requeue], &config(&[]));
        let visit = &both.serialization_keys[key];
        assert!(visit.anew);
        assert_eq!(visit.sqs_ids.len(), 2);
    }
}
