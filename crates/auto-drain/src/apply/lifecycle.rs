//! Heartbeats and completions of lifecycle actions.

use std::collections::BTreeMap;

use aws::{Attribute, Error, ErrorKind};
use aws_names::{ContainerInstanceArn, GroupName, InstanceId};
use drain::decide::{Action, ActionResult};
use drain::drain_record::DrainRecord;
use drain::hook::hook;
use futures_util::{StreamExt, stream};

use super::Apply;

/// The number of concurrent calls where each instance needs its own.
const AT_ONCE: usize = 8;

/// A lifecycle action to complete, or without a result to send a heartbeat for, and the drain
/// records to write afterwards.
struct OnLifecycle {
    instance: InstanceId,
    group: GroupName,
    result: Option<ActionResult>,
    drain_records: Vec<(ContainerInstanceArn, DrainRecord)>,
}

impl Apply<'_> {
    pub(super) async fn heartbeat(&mut self) {
        let work = self.work(|instance, action| match action {
            Action::Heartbeat { drain_records } => self.on(instance, None, drain_records),
            _ => None,
        });
        self.lifecycle(work).await;
    }

    pub(super) async fn complete(&mut self) {
        let work = self.work(|instance, action| match action {
            Action::Complete { result, drain_records } => {
                self.on(instance, Some(*result), drain_records)
            }
            _ => None,
        });
        self.lifecycle(work).await;
    }

    /// An action of the hook; `None` if the group was not read, which no plan with one leaves out.
    fn on(
        &self,
        instance: &InstanceId,
        result: Option<ActionResult>,
        drain_records: &[(ContainerInstanceArn, DrainRecord)],
    ) -> Option<OnLifecycle> {
        let place = self.seen.get(instance)?.place()?;
        let (instance, group) = (instance.clone(), place.group.clone());
        Some(OnLifecycle { instance, group, result, drain_records: drain_records.to_vec() })
    }

    /// Completes lifecycle actions, or sends a heartbeat for those without a result, and writes the
    /// drain records that follow.
    async fn lifecycle(&mut self, work: Vec<OnLifecycle>) {
        let reconcile = self.reconcile;
        let (aws, hook) = (reconcile.aws, &hook());
        let answers: Vec<_> = stream::iter(work)
            .map(|on| async move {
                let OnLifecycle { instance, group, .. } = &on;
                let answer = match on.result {
                    _ if !reconcile.in_time_after(reconcile.memory.shares.wait_for_lifecycle()) => {
                        None
                    }
                    Some(result) => Some(aws.complete(group, hook, instance, result).await),
                    None => Some(aws.heartbeat(group, hook, instance).await),
                };
                (on, answer)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut drain_records = BTreeMap::new();
        for (OnLifecycle { instance, result, drain_records: after, .. }, answer) in answers {
            let name = if result.is_some() { "complete" } else { "heartbeat" };
            match answer {
                None => {
                    self.outcome.out_of_time.insert(instance);
                }
                Some(Err(Error { kind: ErrorKind::AlreadyDone, .. })) => {
                    let done = after.into_iter().map(|(arn, record)| (arn, record.done()));
                    drain_records
                        .extend(done.map(|(arn, record)| (arn, Attribute::Put(record, None))));
                    self.outcome.already_done.insert(instance);
                }
                Some(answer) => {
                    if answer.is_ok() && result.is_none() {
                        let beaten = after.into_iter();
                        drain_records.extend(
                            beaten.map(|(arn, record)| (arn, Attribute::Put(record, None))),
                        );
                    }
                    self.did(name, &instance, answer);
                }
            }
        }
        // The next reconcile makes up for a drain record that fails here: it sends another
        // heartbeat, or finds again that the action is over.
        let written = aws.set_attributes(self.cluster(), &drain_records).await;
        self.outcome.failed_reads.extend(written.into_values().filter_map(Result::err));
    }
}
