//! The outcome of a reconcile, and its log record.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Error, advised};
use aws_names::InstanceId;
use drain::decide::{Action, End, Plan, Verdict};
use drain::seen::{Answer, Instance};
use drain::stuck::Reason;
use function::record::Record;
use requeue::DelayClass;
use serde_json::{Value, json};

use crate::Time;
use crate::apply::Plans;
use crate::observe::Seen;

/// The number of instances or tasks with details in a record; the rest is only counted. A log event
/// may hold 256 KB.
pub const DETAILED: usize = 20;

/// What a reconcile decided and did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Nothing was changed, so no drain began or ended.
    pub dry_run: bool,
    /// The schedule alone reconciles often enough for every drain.
    pub relies_on_schedule: bool,
    /// The plan for each instance.
    pub plans: Plans,
    /// Instances for which a call failed, and the error.
    pub failed: BTreeMap<InstanceId, Error>,
    /// Instances for which there was no time left.
    pub out_of_time: BTreeSet<InstanceId>,
    /// Not everything was read, for lack of time.
    pub is_cut: bool,
    /// Why drains do not end, where that was determined.
    pub stuck: BTreeMap<InstanceId, BTreeSet<Reason>>,
    /// Instances whose lifecycle action was already over.
    pub already_done: BTreeSet<InstanceId>,
    /// The number of successful actions by name.
    pub done: BTreeMap<&'static str, usize>,
    /// Errors of reads that failed, and of drain records that were not written.
    pub failed_reads: Vec<Error>,
}

impl Outcome {
    /// The delay until the next reconcile, if work is left: soon if something failed. Ghost
    /// registrations wait for the next full resync, even if a call about one failed.
    pub fn again(&self) -> Option<DelayClass> {
        let planned = self.plans.values().filter_map(|plan| plan.again).max();
        let is_ghost = |id: &InstanceId| {
            let plan = self.plans.get(id);
            plan.is_some_and(|plan| matches!(plan.verdict, Verdict::Ghost { .. }))
        };
        let mut unfinished = self.failed.keys().chain(&self.out_of_time);
        if unfinished.any(|id| !is_ghost(id)) { Some(DelayClass::Soon) } else { planned }
    }

    /// Whether the time was too short.
    pub fn is_behind(&self) -> bool {
        self.is_cut || !self.out_of_time.is_empty()
    }

    /// Whether everything planned for an instance was done, without a failure.
    pub fn finished(&self, id: &InstanceId) -> bool {
        !self.failed.contains_key(id) && !self.out_of_time.contains(id)
    }

    /// Whether anything happened or failed.
    pub fn is_eventful(&self) -> bool {
        !self.plans.is_empty() || !self.failed_reads.is_empty()
    }

    /// Whether a hook holds the instance and its drain continues after this reconcile.
    pub fn goes_on(&self, instance: &Instance) -> bool {
        let held = match &instance.member {
            Answer::Known(_) => instance.place().is_some_and(|place| place.state.is_held()),
            // It is only presumed to be held.
            Answer::Unasked => true,
            Answer::Failed => false,
        };
        let verdict = self.plans.get(&instance.id).map(|plan| &plan.verdict);
        held && self.finished(&instance.id)
            && matches!(verdict, Some(Verdict::Started(_) | Verdict::Waiting(_)))
    }

    /// Whether anything other than the continuing drains of `instances` needs another reconcile.
    pub fn has_more(&self, seen: &Seen) -> bool {
        let comes_back = self.plans.iter().filter(|(_, plan)| plan.again.is_some());
        let goes_on = |id| seen.get(id).is_some_and(|instance| self.goes_on(instance));
        comes_back.map(|(id, _)| id).any(|id| !goes_on(id))
    }

    /// Fills the log record: all counts, then details of the first instances that need attention.
    pub fn record(&self, record: &mut Record, now: Time) {
        let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut started, mut completed, mut timed_out, mut agent_gone) = (0, 0, 0, 0);
        let (mut seconds, mut lags) = (Vec::new(), Vec::new());
        let (mut remaining, mut ghosts) = (None, None);
        for (id, plan) in &self.plans {
            *verdicts.entry(plan.verdict.name()).or_default() += 1;
            if let Verdict::Started(drain) | Verdict::Waiting(drain) = plan.verdict {
                *remaining.get_or_insert(0) += u64::from(drain.tasks);
            }
            if let Verdict::Ghost { registrations } = plan.verdict {
                *ghosts.get_or_insert(0) += u64::from(registrations);
            }
            if self.dry_run || !self.finished(id) || self.already_done.contains(id) {
                continue;
            }
            match plan.verdict {
                Verdict::Started(_) => started += 1,
                Verdict::Ended { end, began, last_stop, .. } => {
                    completed += 1;
                    timed_out += usize::from(end == End::Deadline);
                    agent_gone += usize::from(end == End::AgentGone);
                    seconds.extend(began.map(|began| (now - began).whole_seconds()));
                    let drained = last_stop.filter(|_| end == End::Drained);
                    // The clocks of AWS and of the function may differ.
                    lags.extend(drained.map(|stop| (now - stop).whole_seconds().max(0)));
                }
                _ => {}
            }
        }
        record.count("DrainsStarted", started);
        record.count("DrainsCompleted", completed);
        record.count("DrainsTimedOut", timed_out);
        record.count("DrainsAgentGone", agent_gone);
        record.count("DrainsStuck", self.stuck.len());
        let mut reasons: BTreeMap<Reason, usize> = BTreeMap::new();
        for reason in self.stuck.values().flatten() {
            *reasons.entry(*reason).or_default() += 1;
        }
        for (reason, count) in reasons {
            record.count(reason.metric(), count);
        }
        record.seconds("DrainSeconds", seconds);
        record.seconds("LagSeconds", lags);
        if let Some(remaining) = remaining {
            record.level("TasksRemaining", remaining);
        }
        let deregistered = self.done.get("deregister").copied().unwrap_or_default();
        record.count("GhostsDeregistered", deregistered);
        if let Some(ghosts) = ghosts {
            let deregistered = u64::try_from(deregistered).unwrap_or(u64::MAX);
            record.level("GhostRegistrations", ghosts.saturating_sub(deregistered));
        }
        record.count("ReconcileErrors", self.failed.len() + self.failed_reads.len());
        record.field("instances", json!(verdicts));
        record.field("actions", json!(self.done));
        let details: Vec<Value> = self
            .plans
            .iter()
            .filter(|(_, plan)| !matches!(plan.verdict, Verdict::LeftAlone(_)))
            .take(DETAILED)
            .map(|(id, plan)| self.detail(id, plan, now))
            .collect();
        if !details.is_empty() {
            record.field("details", details);
        }
        if !self.failed_reads.is_empty() {
            let texts: BTreeSet<String> = self.failed_reads.iter().map(advised).collect();
            record.field("failed_reads", json!(texts));
        }
    }

    fn detail(&self, id: &InstanceId, plan: &Plan, now: Time) -> Value {
        let mut detail = json!({
            "instance": id.as_str(),
            "verdict": plan.verdict.name(),
            "decided": plan.actions.iter().map(Action::name).collect::<Vec<_>>(),
        });
        let (began, tasks) = match plan.verdict {
            Verdict::Started(drain) | Verdict::Waiting(drain) => (Some(drain.began), drain.tasks),
            Verdict::Ended { began, tasks, .. } => (began, tasks),
            _ => (None, 0),
        };
        let Value::Object(fields) = &mut detail else { return detail };
        if let Some(began) = began {
            fields.insert("seconds".to_owned(), json!((now - began).whole_seconds()));
            fields.insert("tasks".to_owned(), json!(tasks));
        }
        if let Verdict::Ended { end, .. } = plan.verdict {
            fields.insert("end".to_owned(), json!(end.name()));
        }
        if let Some(reasons) = self.stuck.get(id) {
            let names: Vec<_> = reasons.iter().map(|reason| reason.name()).collect();
            fields.insert("stuck".to_owned(), json!(names));
        }
        if let Some(error) = self.failed.get(id) {
            fields.insert("error".to_owned(), json!(advised(error)));
            fields.insert("error_kind".to_owned(), json!(error.kind.name()));
        }
        if self.out_of_time.contains(id) {
            fields.insert("out_of_time".to_owned(), json!(true));
        }
        if self.already_done.contains(id) {
            fields.insert("already_done".to_owned(), json!(true));
        }
        detail
    }
}
