//! Reconciles a serialization key, and requeues each target of which anything is left to do.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Error, advised};
use function::invocation::{Invocation, diagnostic};
use function::record::Record;
use requeue::{DelayClass, SerializationKey, TargetKey, WorkItem};
use scaling::memory::READ_LAG;
use scaling::policy::Target;
use serde_json::json;

use crate::fold::Visit;
use crate::handler::AlarmScaling;
use crate::outcome::about;
use crate::reconcile::Reconcile;
use crate::scope::{self, Read, group_of};

/// The minimum time left to start a reconcile, including the wait after it. A reconcile that is
/// cut off is repeated, but a scaling that it had begun waits until then.
const RECONCILE: time::Duration = time::Duration::seconds(20);

/// When to requeue each target, and why nothing more is known.
#[derive(Debug, Default)]
struct Left {
    requeues: BTreeMap<Target, DelayClass>,
    /// The targets whose requeue was not sent along with their work item.
    unasked: BTreeSet<Target>,
    error: Option<Error>,
}

impl AlarmScaling {
    pub(crate) async fn visit(
        &self,
        key: &SerializationKey,
        visit: &Visit,
        invocation: &mut Invocation,
    ) {
        let mut record = about(key);
        let left = self.reconcile(key, visit, invocation, &mut record).await;
        let mut asked = 0;
        for (target, delay_class) in &left.requeues {
            record.field("requeue", delay_class.name());
            let Some(reasons) = visit.get(target) else { continue };
            // A transition's work item was requested along with a requeue.
            if !left.unasked.contains(target) && !reasons.anew {
                continue;
            }
            let of = TargetKey { target: target.to_string(), serialization_key: key.clone() };
            match self.ask(&of, *delay_class, &mut record).await {
                Ok(()) => asked += usize::from(self.config.reinvoke && !self.config.dry_run),
                Err(failed) => {
                    record.field("requeue_error", advised(&failed));
                    invocation.failed.extend(reasons.sqs_ids.iter().cloned());
                    let error = left.error.as_ref().unwrap_or(&failed);
                    invocation
                        .failure
                        .get_or_insert_with(|| diagnostic(error.kind.name(), &advised(error)));
                }
            }
        }
        record.count("Requeues", asked);
        invocation.details.push(record);
    }

    async fn reconcile(
        &self,
        key: &SerializationKey,
        visit: &Visit,
        invocation: &mut Invocation,
        record: &mut Record,
    ) -> Left {
        let all = |delay_class| visit.keys().map(|target| (target.clone(), delay_class)).collect();
        let unasked = || visit.keys().cloned().collect();
        if !invocation.remaining.fits(RECONCILE, self.clock.now()) {
            record.field("out_of_time", true);
            let (requeues, unasked) = (all(DelayClass::Soon), unasked());
            return Left { requeues, unasked, error: None };
        }
        match self.try_reconcile(key, visit, invocation, record).await {
            Ok(left) => left,
            Err(error) => {
                record.field("error", advised(&error));
                record.field("error_kind", error.kind.name());
                record.count("ReconcileErrors", 1);
                let (requeues, unasked) = (all(DelayClass::Soon), unasked());
                Left { requeues, unasked, error: Some(error) }
            }
        }
    }

    async fn try_reconcile(
        &self,
        key: &SerializationKey,
        visit: &Visit,
        invocation: &mut Invocation,
        record: &mut Record,
    ) -> Result<Left, Error> {
        let group = group_of(key);
        let group = group.as_ref();
        let targets: BTreeSet<Target> = visit.keys().cloned().collect();
        let read = scope::read(&self.documents, &targets, group).await?;
        let (here, moved): (BTreeSet<Target>, BTreeSet<Target>) =
            targets.into_iter().partition(|target| read.keyed(target).serialization_key == *key);
        self.move_on(&read, &moved, visit, invocation).await;
        let scope = read.scope(&here, group);
        let mut left = Left::default();
        if !scope.policies.is_empty() && !here.is_empty() {
            let reconcile = Reconcile {
                aws: &self.aws,
                cloudwatch: &self.cloudwatch,
                config: &self.config,
                clock: &self.clock,
                memory: &self.memory,
                documents: &self.documents,
                scope: &scope,
                visit,
            };
            let seen = reconcile.run().await?;
            invocation.details.extend(seen.decisions(key, self.config.dry_run));
            *record = seen.record(key);
            if seen.may_have_scaled() && !self.config.dry_run {
                // SQS holds back further messages of the key until then, so that its next
                // reconcile reads what this one has set.
                invocation.hold = READ_LAG.unsigned_abs();
            }
            let now = self.clock.now();
            let again = |target: &Target| seen.again(target, self.config.delay_classes, now);
            let requeues = here.iter().filter_map(|target| Some((target.clone(), again(target)?)));
            left.requeues = requeues.collect();
            if seen.errors().next().is_some() {
                left.unasked = here.clone();
            }
        }
        describe(&read, &here, &moved, record);
        // A document that cannot be used stays in the log until it is corrected.
        for target in here.iter().filter(|target| read.is_invalid(target)) {
            left.requeues.entry(target.clone()).or_insert(DelayClass::Minute);
        }
        Ok(left)
    }

    /// Requests the work items of targets that have another key by now.
    async fn move_on(
        &self,
        read: &Read,
        moved: &BTreeSet<Target>,
        visit: &Visit,
        invocation: &mut Invocation,
    ) {
        let mut requested = Vec::new();
        for target in moved {
            let Some(reasons) = visit.get(target) else { continue };
            let sqs_id = reasons.sqs_ids.first().cloned();
            let last = reasons.causes.iter().max_by_key(|(_, at)| *at).cloned();
            let transition = last.filter(|_| !reasons.anew);
            requested.push((WorkItem { of: read.keyed(target), transition }, sqs_id));
        }
        if !self.config.dry_run {
            self.request(&requested, invocation).await;
        }
    }
}

/// What the documents say that does not lead to a decision.
fn describe(read: &Read, here: &BTreeSet<Target>, moved: &BTreeSet<Target>, record: &mut Record) {
    let names =
        |targets: Vec<&Target>| json!(targets.iter().map(ToString::to_string).collect::<Vec<_>>());
    if !read.invalid.is_empty() {
        record.field("invalid_documents", json!(read.invalid));
        record.count("InvalidDocuments", read.invalid.len());
    }
    let is_absent = |target: &&Target| read.policies(target).is_none() && !read.is_invalid(target);
    let absent: Vec<&Target> = here.iter().filter(is_absent).collect();
    if !absent.is_empty() {
        record.field("without_document", names(absent));
    }
    if !moved.is_empty() {
        record.field("moved", names(moved.iter().collect()));
    }
}
