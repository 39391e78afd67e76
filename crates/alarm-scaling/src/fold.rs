//! The messages of one event, folded: turns to ask for, and lanes to look at.

use std::collections::{BTreeMap, BTreeSet};

use scaling::alarm::{AlarmArn, Malformed, Message, Notice};
use tick::turn::NOW;
use tick::{Subject, Turn};

use crate::Time;
use crate::config::Config;

/// An alarm's transition into ALARM, as a message tells it.
pub type Cause = (String, Time);

/// What an event comes to.
#[derive(Debug, Default)]
pub struct Batch {
    /// The event came from a queue that takes single messages back.
    pub queued: bool,
    /// Turns to ask for, and the messages that stand behind them.
    pub routes: Vec<(Turn, Option<String>)>,
    /// Lanes whose turn has come.
    pub lanes: BTreeMap<String, Visit>,
    /// Messages that cannot be read.
    pub malformed: Vec<(Option<String>, Malformed)>,
    /// How many scale nothing, by why.
    pub skipped: BTreeMap<&'static str, usize>,
}

/// Why a lane is looked at.
#[derive(Debug, Default)]
pub struct Visit {
    /// The transitions that ask for it.
    pub causes: Vec<Cause>,
    /// Someone else than a transition asks for it: a tick, or an operator.
    pub anew: bool,
    /// The messages behind it.
    pub sqs_ids: BTreeSet<String>,
}

impl Batch {
    /// Fold messages.
    pub fn read(messages: Vec<Message>, config: &Config) -> Self {
        let queued = messages.iter().any(|message| message.sqs_id.is_some());
        let mut batch = Self { queued, ..Self::default() };
        for Message { sqs_id, pace, notice } in messages {
            match notice {
                Ok(_) if !config.scaling => batch.skip("disabled"),
                Ok(Notice::Alarm(alarm)) => {
                    let at = alarm.at;
                    batch.alarm(&alarm.arn, Some(at), sqs_id, config);
                }
                Ok(Notice::Look(arn)) => batch.alarm(&arn, None, sqs_id, config),
                Ok(Notice::Turn(turn)) => batch.visit(turn.lane, turn.transition, sqs_id),
                // Until the filter of the queue of turns is in force, that queue gets ticks that
                // are not due, and outside of their lanes' message groups.
                Ok(Notice::Tick(_)) if pace.is_some_and(|pace| pace != NOW) => {
                    batch.skip("stray");
                }
                Ok(Notice::Tick(tick)) => match tick.of {
                    Subject::Lane(lane) => batch.visit(lane, None, sqs_id),
                    Subject::Cluster(_) => batch.skip("not_a_lane"),
                },
                Ok(Notice::Skip { why, .. }) => batch.skip(why.name()),
                Err(malformed) => batch.malformed.push((sqs_id, malformed)),
            }
        }
        batch
    }

    fn skip(&mut self, why: &'static str) {
        *self.skipped.entry(why).or_default() += 1;
    }

    /// An alarm's lanes each get their turn. In a dry run nothing is written, so nothing needs
    /// one.
    fn alarm(&mut self, arn: &AlarmArn, at: Option<Time>, sqs_id: Option<String>, config: &Config) {
        if !config.is_home(arn.account(), arn.region()) {
            return self.skip("foreign");
        }
        let lanes = config.policies.lanes_of(arn.as_str());
        if lanes.is_empty() {
            return self.skip("no_policy");
        }
        let transition = at.map(|at| (arn.to_string(), at));
        for lane in lanes {
            if config.dry_run {
                self.visit(lane, transition.clone(), sqs_id.clone());
            } else {
                let turn = Turn { lane, transition: transition.clone() };
                self.routes.push((turn, sqs_id.clone()));
            }
        }
    }

    fn visit(&mut self, lane: String, transition: Option<Cause>, sqs_id: Option<String>) {
        let visit = self.lanes.entry(lane).or_default();
        visit.anew |= transition.is_none();
        visit.causes.extend(transition);
        visit.sqs_ids.extend(sqs_id);
    }

    /// The messages that must come again if no turn can be asked for.
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

    fn look(account: &str, name: &str) -> Value {
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
    fn an_alarm_asks_for_a_turn_in_each_lane_that_its_policies_are_in() {
        let batch = read(&[look("123456789012", "high")], &config(&[]));
        let lanes: Vec<&str> = batch.routes.iter().map(|(turn, _)| turn.lane.as_str()).collect();
        assert_eq!(lanes, ["autoScalingGroup/tide-group", "service/other/web"]);
        assert!(batch.queued && batch.lanes.is_empty());
        assert_eq!(batch.routed_ids().collect::<BTreeSet<_>>(), BTreeSet::from(["0".to_owned()]));
    }

    #[test]
    fn in_a_dry_run_it_is_looked_at_at_once() {
        let batch = read(&[look("123456789012", "full")], &config(&[("DRY_RUN", "on")]));
        assert!(batch.routes.is_empty());
        assert!(batch.lanes["autoScalingGroup/tide-group"].anew);
    }

    #[test]
    fn what_is_anothers_or_nobodys_is_skipped_by_name_and_nothing_passes_the_kill_switch() {
        let events = [
            look("210987654321", "high"),
            look("123456789012", "unknown"),
            json!({"tick": {"cluster": "tide", "pace": "soon", "bucket": 1}}),
        ];
        let batch = read(&events, &config(&[]));
        let skipped = [("foreign", 1), ("no_policy", 1), ("not_a_lane", 1)];
        assert_eq!(batch.skipped, BTreeMap::from(skipped));
        let off = config(&[("SCALING", "off")]);
        let turn = json!({"turn": {"lane": "autoScalingGroup/tide-group"}});
        let batch = read(&[look("123456789012", "high"), turn, json!([])], &off);
        assert_eq!(batch.skipped, BTreeMap::from([("disabled", 2)]));
        assert!(batch.routes.is_empty() && batch.lanes.is_empty());
        assert_eq!(batch.malformed.len(), 1);
    }

    #[test]
    fn a_tick_that_is_not_due_is_skipped_in_the_queue_of_turns() {
        let tick = json!({"tick": {"lane": "service/other/web", "pace": "minute", "bucket": 1}});
        let delivered = |sent_as: &str| {
            let record = json!({
                "messageId": "0", "eventSource": "aws:sqs", "body": tick.to_string(),
                "messageAttributes": {"pace": {"stringValue": sent_as, "dataType": "String"}},
            });
            let messages = scaling::alarm::read(&json!({"Records": [record]}));
            Batch::read(messages, &config(&[]))
        };
        assert!(delivered("now").lanes.contains_key("service/other/web"));
        let early = delivered("minute");
        assert!(early.lanes.is_empty() && early.malformed.is_empty());
        assert_eq!(early.skipped, BTreeMap::from([("stray", 1)]));
    }

    #[test]
    fn turns_and_ticks_of_one_lane_are_one_visit() {
        let lane = "service/other/web";
        let alarm = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:high";
        let turn = json!({"turn": {"lane": lane, "alarm": alarm, "at": "2026-11-25T10:00:00Z"}});
        let tick = json!({"tick": {"lane": lane, "pace": "minute", "bucket": 1}});
        let only = read(&[turn.clone(), turn.clone()], &config(&[]));
        assert_eq!((only.lanes[lane].causes.len(), only.lanes[lane].anew), (2, false));
        let both = read(&[turn, tick], &config(&[]));
        let visit = &both.lanes[lane];
        assert!(visit.anew);
        assert_eq!(visit.sqs_ids.len(), 2);
    }
}
