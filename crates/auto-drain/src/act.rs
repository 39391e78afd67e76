//! Carries out plans. Actions share calls where possible, and the failure of one instance does not
//! stop the others.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Attribute, Error, ErrorKind};
use drain::decide::{Action, ActionResult};
use drain::drain_record::DrainRecord;
use futures_util::{StreamExt, stream};

use crate::outcome::Outcome;
use crate::reconcile::Reconcile;

/// The number of concurrent calls where each instance needs its own.
const AT_ONCE: usize = 8;

/// The number of container instances that are processed before the remaining time is checked again.
/// Their calls fit into the reserved time even if slow.
const SLICE: usize = 20;

/// The reason of stopped standalone tasks that `aws ecs describe-tasks` shows.
const STOP_REASON: &str = "ecs-tide: deadline of the instance's drain";

/// The id of an instance, and the ARN of its container instance on which AWS rejects drain records.
pub type RecordRefused = (String, String);

/// Carries out plans in steps.
pub struct Acting<'a> {
    reconcile: &'a Reconcile<'a>,
    outcome: &'a mut Outcome,
}

impl<'a> Acting<'a> {
    /// Prepares to carry out the plans of `outcome`.
    pub fn new(reconcile: &'a Reconcile<'a>, outcome: &'a mut Outcome) -> Self {
        Self { reconcile, outcome }
    }

    /// Begins all drains that have not begun: writes the drain records that come first, sets
    /// DRAINING, then writes the drain records of when that was. If a drain record fails
    /// temporarily, the rest of its plan is left to the next reconcile.
    pub async fn begin(&mut self) -> Vec<RecordRefused> {
        let begun: BTreeSet<String> = self.outcome.begun.clone();
        let fresh = |id: &str| !begun.contains(id);
        let first = self.stage(|id, action| match action {
            Action::DrainRecord { arn, drain_record } if fresh(id) => {
                Some((arn.clone(), *drain_record))
            }
            _ => None,
        });
        let mut refused = self.write_drain_records(first).await;
        let staged = self.stage(|id, action| match action {
            Action::SetDraining { arn, drain_record } if fresh(id) => {
                Some((arn.clone(), *drain_record))
            }
            _ => None,
        });
        self.outcome.begun.extend(self.outcome.plans.keys().cloned());
        let arns: Vec<(String, String)> =
            staged.iter().map(|(id, (arn, _))| (id.clone(), arn.clone())).collect();
        let set = self.set_state(true, &arns).await;
        let now = self.reconcile.clock.now();
        let since = |(id, (arn, drain_record)): (String, (String, Option<DrainRecord>))| {
            let (idle, drain_record) = (*set.get(&arn)?, drain_record?);
            Some((
                id,
                (arn, if idle { drain_record.idle_at(now) } else { drain_record.set_at(now) }),
            ))
        };
        refused
            .extend(self.write_drain_records(staged.into_iter().filter_map(since).collect()).await);
        for (id, _) in &refused {
            self.outcome.begun.remove(id);
        }
        refused
    }

    /// Carries out the remaining actions, most urgent first.
    pub async fn end(mut self) {
        self.heartbeats().await;
        self.stop_tasks().await;
        self.complete().await;
        self.set_active().await;
        self.forget().await;
        self.deregister().await;
    }

    async fn write_drain_records(
        &mut self,
        staged: Vec<(String, (String, DrainRecord))>,
    ) -> Vec<RecordRefused> {
        let mut written = BTreeMap::new();
        for slice in staged.chunks(SLICE) {
            if self.out_of_time(slice) {
                continue;
            }
            let put = slice
                .iter()
                .map(|(_, (arn, drain_record))| (arn.clone(), Attribute::Put(*drain_record)));
            written.extend(self.reconcile.aws.set_attributes(self.cluster(), &put.collect()).await);
        }
        let mut refused = Vec::new();
        for (id, (arn, _)) in staged {
            match written.get(&arn).cloned() {
                None => {}
                Some(Err(error)) if !error.is_transient() => {
                    self.outcome.failed_reads.push(error);
                    refused.push((id, arn));
                }
                Some(written) => self.did("record", &id, written),
            }
        }
        refused
    }

    /// The planned actions that `pick` selects, of instances without a failure; none if there is no
    /// time left.
    fn stage<T>(&mut self, pick: impl Fn(&str, &Action) -> Option<T>) -> Vec<(String, T)> {
        let picked: Vec<(String, T)> = self
            .outcome
            .plans
            .iter()
            .filter(|(id, _)| self.outcome.finished(id))
            .flat_map(|(id, plan)| {
                let picked = plan.actions.iter().filter_map(|action| pick(id, action));
                picked.map(|picked| (id.clone(), picked))
            })
            .collect();
        if picked.is_empty() || !self.out_of_time(&picked) { picked } else { Vec::new() }
    }

    fn cluster(&self) -> &'a str {
        &self.reconcile.config.settings.cluster
    }

    fn did(&mut self, name: &'static str, id: &str, outcome: Result<(), Error>) {
        match outcome {
            Ok(()) => *self.outcome.done.entry(name).or_default() += 1,
            Err(error) => {
                self.outcome.failed.insert(id.to_owned(), error);
            }
        }
    }

    /// Sets the state of container instances. Returns those that succeeded, and whether each counts
    /// no tasks.
    async fn set_state(
        &mut self,
        draining: bool,
        staged: &[(String, String)],
    ) -> BTreeMap<String, bool> {
        let name = if draining { "set_draining" } else { "set_active" };
        let mut set = BTreeMap::new();
        for slice in staged.chunks(SLICE) {
            if self.out_of_time(slice) {
                continue;
            }
            let arns: Vec<String> = slice.iter().map(|(_, arn)| arn.clone()).collect();
            let call = self.reconcile.aws.set_container_instances(self.cluster(), &arns, draining);
            let mut outcomes = call.await;
            for (id, arn) in slice {
                let Some(outcome) = outcomes.remove(arn) else { continue };
                if let Ok(idle) = outcome {
                    set.insert(arn.clone(), idle);
                }
                self.did(name, id, outcome.map(drop));
            }
        }
        set
    }

    /// Whether the time is too short for `slice`, which the next reconcile then does.
    fn out_of_time<T>(&mut self, slice: &[(String, T)]) -> bool {
        let out_of_time = !self.reconcile.in_time();
        if out_of_time {
            self.outcome.out_of_time.extend(slice.iter().map(|(id, _)| id.clone()));
        }
        out_of_time
    }

    async fn set_active(&mut self) {
        let staged = self.stage(|_, action| match action {
            Action::SetActive { arn } => Some(arn.clone()),
            _ => None,
        });
        self.set_state(false, &staged).await;
    }

    async fn forget(&mut self) {
        let staged = self.stage(|_, action| match action {
            Action::Forget { arn } => Some(arn.clone()),
            _ => None,
        });
        let delete = staged.iter().map(|(_, arn)| (arn.clone(), Attribute::Delete)).collect();
        let mut forgotten = self.reconcile.aws.set_attributes(self.cluster(), &delete).await;
        for (id, arn) in staged {
            if let Some(outcome) = forgotten.remove(&arn) {
                self.did("forget", &id, outcome);
            }
        }
    }

    async fn deregister(&mut self) {
        let staged = self.stage(|_, action| match action {
            Action::Deregister { arn } => Some(arn.clone()),
            _ => None,
        });
        for slice in staged.chunks(SLICE) {
            if self.out_of_time(slice) {
                continue;
            }
            let arns: Vec<String> = slice.iter().map(|(_, arn)| arn.clone()).collect();
            let call = self.reconcile.aws.deregister_container_instances(self.cluster(), &arns);
            let mut outcomes = call.await;
            for (id, arn) in slice {
                if let Some(outcome) = outcomes.remove(arn) {
                    self.did("deregister", id, outcome);
                }
            }
        }
    }

    async fn heartbeats(&mut self) {
        let staged = self.stage(|_, action| match action {
            Action::Heartbeat { group, drain_records } => Some(LifecycleCall {
                group: group.clone(),
                result: None,
                drain_records: drain_records.clone(),
            }),
            _ => None,
        });
        self.lifecycle(staged).await;
    }

    async fn complete(&mut self) {
        let staged = self.stage(|_, action| match action {
            Action::Complete { group, result, drain_records } => Some(LifecycleCall {
                group: group.clone(),
                result: Some(*result),
                drain_records: drain_records.clone(),
            }),
            _ => None,
        });
        self.lifecycle(staged).await;
    }

    /// Completes lifecycle actions, or sends a heartbeat for those without a result, and writes the
    /// drain records that follow.
    async fn lifecycle(&mut self, staged: Vec<(String, LifecycleCall)>) {
        let reconcile = self.reconcile;
        let hook = &reconcile.config.hook;
        let answers: Vec<_> = stream::iter(staged)
            .map(|(id, LifecycleCall { group, result, drain_records })| async move {
                let answer = match result {
                    _ if !reconcile.in_time() => None,
                    Some(result) => Some(reconcile.aws.complete(&group, hook, &id, result).await),
                    None => Some(reconcile.aws.heartbeat(&group, hook, &id).await),
                };
                (id, result, drain_records, answer)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut drain_records = BTreeMap::new();
        for (id, result, to_write, answer) in answers {
            let name = if result.is_some() { "complete" } else { "heartbeat" };
            match answer {
                None => {
                    self.outcome.out_of_time.insert(id);
                }
                Some(Err(Error { kind: ErrorKind::AlreadyDone, .. })) => {
                    let done =
                        to_write.into_iter().map(|(arn, drain_record)| (arn, drain_record.done()));
                    drain_records.extend(
                        done.map(|(arn, drain_record)| (arn, Attribute::Put(drain_record))),
                    );
                    self.outcome.already_done.insert(id);
                }
                Some(answer) => {
                    if answer.is_ok() && result.is_none() {
                        let beaten = to_write.into_iter();
                        drain_records.extend(
                            beaten.map(|(arn, drain_record)| (arn, Attribute::Put(drain_record))),
                        );
                    }
                    self.did(name, &id, answer);
                }
            }
        }
        // The next reconcile makes up for a drain record that fails here: it sends another
        // heartbeat, or finds again that the action is over.
        let written = self.reconcile.aws.set_attributes(self.cluster(), &drain_records).await;
        self.outcome.failed_reads.extend(written.into_values().filter_map(Result::err));
    }

    async fn stop_tasks(&mut self) {
        let staged = self.stage(|_, action| match action {
            Action::StopTasks { arns } => Some(arns.clone()),
            _ => None,
        });
        for (id, arns) in staged {
            if !self.reconcile.in_time() {
                self.outcome.out_of_time.insert(id);
                continue;
            }
            let stopped = self.reconcile.aws.stop_tasks(self.cluster(), &arns, STOP_REASON).await;
            for outcome in stopped.into_values() {
                self.did("stop_tasks", &id, outcome);
            }
        }
    }
}

/// A lifecycle action to complete, or without a result to send a heartbeat for, and the drain
/// records to write afterwards.
struct LifecycleCall {
    group: String,
    result: Option<ActionResult>,
    drain_records: Vec<(String, DrainRecord)>,
}
