//! From alarms to their targets: each alarm requests a work item of the target that its tag names.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Error, advised};
use aws_names::AlarmArn;
use function::record::Record;
use requeue::WorkItem;
use scaling::policy::{Target, target_of_tag};
use serde_json::json;

use crate::documents::Documents;
use crate::fold::{Batch, Cause, Reported};
use crate::scope::{self, Read};

/// What becomes of the alarms of one event.
#[derive(Debug, Default)]
pub struct Routes {
    /// Work items to request, each with the SQS id of its message.
    pub work_items: Vec<(WorkItem, Option<String>)>,
    /// SQS ids of messages whose alarm or target could not be read.
    pub failed: BTreeSet<String>,
    /// The first of the errors.
    pub error: Option<Error>,
    /// The values of tags that name no target.
    invalid_targets: BTreeMap<AlarmArn, String>,
}

/// Finds the targets of the alarms of a batch. What is skipped is counted in the batch.
pub async fn routes(documents: &Documents, batch: &mut Batch) -> Routes {
    let mut routes = Routes::default();
    let mut found: Vec<(Target, Reported)> = Vec::new();
    for reported in std::mem::take(&mut batch.alarms) {
        match documents.tag(&reported.alarm).await {
            Ok(Some(tag)) => match target_of_tag(&tag) {
                Ok(target) => found.push((target, reported)),
                Err(fault) => {
                    batch.skip("invalid_target");
                    routes.invalid_targets.insert(reported.alarm, fault);
                }
            },
            Ok(None) => batch.skip("no_target"),
            Err(error) => routes.fail([reported], error),
        }
    }
    if found.is_empty() {
        return routes;
    }
    let targets: BTreeSet<Target> = found.iter().map(|(target, _)| target.clone()).collect();
    match scope::read(documents, &targets, None).await {
        Ok(read) => {
            for (target, reported) in found {
                routes.add(&read, &target, reported, batch);
            }
        }
        Err(error) => routes.fail(found.into_iter().map(|(_, reported)| reported), error),
    }
    routes
}

impl Routes {
    /// An invalid document gets its work item too: its reconcile names it until it is corrected.
    fn add(&mut self, read: &Read, target: &Target, reported: Reported, batch: &mut Batch) {
        let Reported { alarm, at, sqs_id } = reported;
        match read.policies(target) {
            None if !read.is_invalid(target) => return batch.skip("no_document"),
            Some(policies) if policies.of(&alarm).next().is_none() => {
                return batch.skip("no_policy");
            }
            _ => {}
        }
        let transition: Option<Cause> = at.map(|at| (alarm, at));
        self.work_items.push((WorkItem { of: read.keyed(target), transition }, sqs_id));
    }

    fn fail(&mut self, reported: impl IntoIterator<Item = Reported>, error: Error) {
        self.failed.extend(reported.into_iter().filter_map(|one| one.sqs_id));
        self.error.get_or_insert(error);
    }

    /// Adds what is wrong to the log record of the invocation.
    pub fn report(&self, record: &mut Record) {
        let Self { invalid_targets, error, .. } = self;
        if !invalid_targets.is_empty() {
            record.field("invalid_targets", json!(invalid_targets));
        }
        record.count("PolicyErrors", invalid_targets.len());
        if let Some(error) = error {
            record.field("target_error", advised(error));
            record.count("ReconcileErrors", 1);
        }
    }
}
