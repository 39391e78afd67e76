//! Carrying plans out: what can go together in one call does, and one instance's
//! failure never stops the others.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Attribute, Error};
use drain::decide::{Action, ActionResult};
use drain::note::Note;
use futures_util::{StreamExt, stream};

use crate::look::Look;
use crate::outcome::Outcome;

/// Calls under way at once where each instance costs one.
const AT_ONCE: usize = 8;

/// Container instances that are seen to before the time is checked again: a handful of
/// calls, which even at their slowest fit into the time kept back.
const SLICE: usize = 20;

/// Why standalone tasks are stopped, as `aws ecs describe-tasks` shows it.
const STOP_REASON: &str = "ecs-tide: deadline of the instance's drain";

/// An instance and a container instance of it on which AWS refuses any note.
pub type Unnotable = (String, String);

/// Plans being carried out, stage by stage.
pub struct Acting<'a> {
    look: &'a Look<'a>,
    outcome: &'a mut Outcome,
}

impl<'a> Acting<'a> {
    /// Carry out what `outcome` plans.
    pub fn new(look: &'a Look<'a>, outcome: &'a mut Outcome) -> Self {
        Self { look, outcome }
    }

    /// The beginning of every drain that has not begun: notes that come first,
    /// DRAINING, and the notes that say since when. Notes that fail for the moment leave
    /// the rest of their plan to the next look.
    pub async fn begin(&mut self) -> Vec<Unnotable> {
        let begun: BTreeSet<String> = self.outcome.begun.clone();
        let fresh = |id: &str| !begun.contains(id);
        let first = self.stage(|id, action| match action {
            Action::Note { arn, note } if fresh(id) => Some((arn.clone(), *note)),
            _ => None,
        });
        let mut refused = self.write_notes(first).await;
        let staged = self.stage(|id, action| match action {
            Action::SetDraining { arn, note } if fresh(id) => Some((arn.clone(), *note)),
            _ => None,
        });
        self.outcome.begun.extend(self.outcome.plans.keys().cloned());
        let arns: Vec<(String, String)> =
            staged.iter().map(|(id, (arn, _))| (id.clone(), arn.clone())).collect();
        let set = self.set_state(true, &arns).await;
        let now = self.look.clock.now();
        let since = |(id, (arn, note)): (String, (String, Option<Note>))| {
            let (idle, note) = (*set.get(&arn)?, note?);
            Some((id, (arn, if idle { note.idle_at(now) } else { note.set_at(now) })))
        };
        refused.extend(self.write_notes(staged.into_iter().filter_map(since).collect()).await);
        for (id, _) in &refused {
            self.outcome.begun.remove(id);
        }
        refused
    }

    /// The rest, in the order of its urgency.
    pub async fn end(mut self) {
        self.heartbeats().await;
        self.stop_tasks().await;
        self.complete().await;
        self.set_active().await;
        self.forget().await;
        self.deregister().await;
    }

    async fn write_notes(&mut self, staged: Vec<(String, (String, Note))>) -> Vec<Unnotable> {
        let mut written = BTreeMap::new();
        for slice in staged.chunks(SLICE) {
            if self.out_of_time(slice) {
                continue;
            }
            let put = slice.iter().map(|(_, (arn, note))| (arn.clone(), Attribute::Put(*note)));
            written.extend(self.look.aws.set_attributes(self.cluster(), &put.collect()).await);
        }
        let mut refused = Vec::new();
        for (id, (arn, _)) in staged {
            match written.get(&arn).cloned() {
                None => {}
                Some(
                    written @ (Ok(()) | Err(Error::Throttled { .. } | Error::Unreachable { .. })),
                ) => {
                    self.did("note", &id, written);
                }
                Some(Err(error)) => {
                    self.outcome.unanswered.push(error);
                    refused.push((id, arn));
                }
            }
        }
        refused
    }

    /// The planned actions that `pick` picks, of instances for which nothing failed,
    /// if there is time for them.
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
        &self.look.config.settings.cluster
    }

    fn did(&mut self, name: &'static str, id: &str, outcome: Result<(), Error>) {
        match outcome {
            Ok(()) => *self.outcome.done.entry(name).or_default() += 1,
            Err(error) => {
                self.outcome.failed.insert(id.to_owned(), error);
            }
        }
    }

    /// Set a state, and say of which container instances that succeeded, and which of
    /// them count no task.
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
            let call = self.look.aws.set_container_instances(self.cluster(), &arns, draining);
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

    /// Whether there is no time left for `slice`, which then waits for the next look.
    fn out_of_time<T>(&mut self, slice: &[(String, T)]) -> bool {
        let out_of_time = !self.look.in_time();
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
        let mut forgotten = self.look.aws.set_attributes(self.cluster(), &delete).await;
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
            let call = self.look.aws.deregister_container_instances(self.cluster(), &arns);
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
            Action::Heartbeat { group, notes } => {
                Some(LifecycleCall { group: group.clone(), result: None, notes: notes.clone() })
            }
            _ => None,
        });
        self.lifecycle(staged).await;
    }

    async fn complete(&mut self) {
        let staged = self.stage(|_, action| match action {
            Action::Complete { group, result, notes } => Some(LifecycleCall {
                group: group.clone(),
                result: Some(*result),
                notes: notes.clone(),
            }),
            _ => None,
        });
        self.lifecycle(staged).await;
    }

    /// Complete lifecycle actions, or keep them alive where there is no result, and
    /// note what must be remembered of it.
    async fn lifecycle(&mut self, staged: Vec<(String, LifecycleCall)>) {
        let look = self.look;
        let hook = &look.config.hook;
        let answers: Vec<_> = stream::iter(staged)
            .map(|(id, LifecycleCall { group, result, notes })| async move {
                let answer = match result {
                    _ if !look.in_time() => None,
                    Some(result) => Some(look.aws.complete(&group, hook, &id, result).await),
                    None => Some(look.aws.heartbeat(&group, hook, &id).await),
                };
                (id, result, notes, answer)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut notes = BTreeMap::new();
        for (id, result, to_write, answer) in answers {
            let name = if result.is_some() { "complete" } else { "heartbeat" };
            match answer {
                None => {
                    self.outcome.out_of_time.insert(id);
                }
                Some(Err(Error::AlreadyDone { .. })) => {
                    let done = to_write.into_iter().map(|(arn, note)| (arn, note.done()));
                    notes.extend(done.map(|(arn, note)| (arn, Attribute::Put(note))));
                    self.outcome.already_done.insert(id);
                }
                Some(answer) => {
                    if answer.is_ok() && result.is_none() {
                        let beaten = to_write.into_iter();
                        notes.extend(beaten.map(|(arn, note)| (arn, Attribute::Put(note))));
                    }
                    self.did(name, &id, answer);
                }
            }
        }
        // A note that fails here is made good by the next look: it beats again, or
        // finds the action over again.
        let written = self.look.aws.set_attributes(self.cluster(), &notes).await;
        self.outcome.unanswered.extend(written.into_values().filter_map(Result::err));
    }

    async fn stop_tasks(&mut self) {
        let staged = self.stage(|_, action| match action {
            Action::StopTasks { arns } => Some(arns.clone()),
            _ => None,
        });
        for (id, arns) in staged {
            if !self.look.in_time() {
                self.outcome.out_of_time.insert(id);
                continue;
            }
            let stopped = self.look.aws.stop_tasks(self.cluster(), &arns, STOP_REASON).await;
            for outcome in stopped.into_values() {
                self.did("stop_tasks", &id, outcome);
            }
        }
    }
}

/// A lifecycle action to complete, or without a result to keep alive, and the notes
/// that go with it.
struct LifecycleCall {
    group: String,
    result: Option<ActionResult>,
    notes: Vec<(String, Note)>,
}
