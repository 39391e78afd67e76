//! The messages of one event, folded: turns to ask for, and lanes to look at.

use std::collections::{BTreeMap, BTreeSet};

use scaling::alarm::{AlarmArn, Malformed, Message, Notice};
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
        for Message { sqs_id, notice } in messages {
            match notice {
                Ok(_) if !config.scaling => batch.skip("disabled"),
                Ok(Notice::Alarm(alarm)) => {
                    let at = alarm.at;
                    batch.alarm(&alarm.arn, Some(at), sqs_id, config);
                }
                Ok(Notice::Look(arn)) => batch.alarm(&arn, None, sqs_id, config),
                Ok(Notice::Turn(turn)) => batch.visit(turn.lane, turn.transition, sqs_id),
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
