//! The reconcile of one cluster within an invocation: its own time, errors, requeue and log record.

use std::collections::BTreeSet;

use aws::{Aws, Error, advised};
use aws_names::{ClusterName, InstanceId};
use function::clock::{Clock, Remaining};
use function::invocation::{Diagnostic, diagnostic};
use function::record::Record;
use requeue::{DelayClass, Requeue, Subject};

use crate::batch::Work;
use crate::config::Config;
use crate::groups::Groups;
use crate::memory::{ClusterMemory, Memory};
use crate::outcome::Outcome;
use crate::reconcile::{RESERVE, Reconcile, SHARE};

/// What all visits of an invocation share.
#[derive(Debug, Clone, Copy)]
pub struct Visits<'a> {
    pub aws: &'a Aws,
    pub config: &'a Config,
    pub clock: &'a Clock,
    pub memory: &'a Memory,
    /// The time of the invocation.
    pub remaining: Remaining,
    /// All tagged groups, if this invocation has read them.
    pub swept: Option<&'a Groups>,
}

/// What is reported of a visit.
#[derive(Debug)]
pub struct Visited {
    /// `None` if nothing happened in the cluster.
    pub record: Option<Record>,
    /// SQS ids of the messages that only another delivery can act on.
    pub failed: Vec<String>,
    pub failure: Option<Diagnostic>,
}

/// What a reconcile leaves.
struct Left {
    /// Something happened or failed.
    is_eventful: bool,
    again: Option<DelayClass>,
    relaxed: bool,
    /// The instances with unfinished work.
    unfinished: BTreeSet<InstanceId>,
    error: Option<Error>,
}

impl Visits<'_> {
    /// Reconciles a cluster, and requeues it if work is left.
    pub async fn visit(self, cluster: ClusterName, work: Work) -> Visited {
        let memory = self.memory.cluster(&cluster);
        memory.came(&work.triggers.requeues);
        let mut record = self.config.record(Record::new("cluster", cluster.as_str()).in_sum());
        record.field("accepted", work.messages.len());
        let beside_others = self.memory.fleet.last().drain_beside(&cluster);
        memory.shares.beside_others(beside_others);
        let remaining = self.remaining.at_most(RESERVE + SHARE, self.clock.now());
        let waits = work.is_postponed || beside_others && self.awaits_requeue(&memory, &work);
        let left = match remaining.fits(RESERVE, self.clock.now()) && !waits {
            true => self.reconcile(&cluster, &work, &memory, remaining, &mut record).await,
            false => Left::everything(&work, None),
        };
        let is_eventful = left.is_eventful || left.again.is_some();
        let (unfinished, lost) = self.requeue(&cluster, &memory, left, &mut record).await;
        let mut visited = Visited { record: None, failed: Vec::new(), failure: None };
        for (sqs_id, instance) in &work.interruptions {
            if unfinished.contains(instance) {
                visited.failed.extend(sqs_id.clone());
                let error =
                    format!("the interruption of {instance} was not acted on, it is tried again");
                visited.failure.get_or_insert_with(|| diagnostic("interruption", &error));
            }
        }
        if let Some(error) = lost {
            visited.failed.extend(work.messages.into_iter().flatten());
            visited.failure = Some(diagnostic(error.kind.name(), &advised(&error)));
        }
        visited.record = is_eventful.then_some(record);
        visited
    }

    /// Whether the events of a cluster are left to its next requeue message. They would otherwise
    /// occupy every process with a cluster that needs more than its time.
    fn awaits_requeue(self, memory: &ClusterMemory, work: &Work) -> bool {
        let Config { reinvoke, dry_run, .. } = self.config;
        let is_event = !work.triggers.net && work.triggers.interrupted.is_empty();
        is_event && *reinvoke && !dry_run && memory.is_behind(self.clock.now())
    }

    async fn reconcile(
        self,
        cluster: &ClusterName,
        work: &Work,
        memory: &ClusterMemory,
        remaining: Remaining,
        record: &mut Record,
    ) -> Left {
        let Self { aws, config, clock, memory: process, swept, .. } = self;
        let aws = &aws.with_shares(&memory.shares);
        let groups = swept.map(|groups| groups.of_cluster(cluster));
        let groups = groups.as_ref();
        let triggers = &work.triggers;
        let reconcile =
            Reconcile { aws, config, clock, remaining, cluster, groups, triggers, memory, process };
        match reconcile.run().await {
            Ok(outcome) => {
                memory.ran(outcome.is_behind(), clock.now());
                outcome.record(record, clock.now());
                Left {
                    is_eventful: outcome.is_eventful(),
                    again: outcome.again(),
                    relaxed: outcome.relies_on_schedule,
                    unfinished: unfinished(&outcome),
                    error: None,
                }
            }
            Err(error) => {
                record.field("error", advised(&error));
                record.field("error_kind", error.kind.name());
                record.count("ReconcileErrors", 1);
                Left::everything(work, Some(error))
            }
        }
    }

    /// Requests a requeue message if work is left. Returns the instances with unfinished work, and
    /// an error if only the messages of this visit can trigger another reconcile.
    async fn requeue(
        self,
        cluster: &ClusterName,
        memory: &ClusterMemory,
        left: Left,
        record: &mut Record,
    ) -> (BTreeSet<InstanceId>, Option<Error>) {
        let Left { again, relaxed, unfinished, error, .. } = left;
        let Some(delay_class) = again else { return (unfinished, None) };
        record.field("requeue", delay_class.name());
        if self.config.dry_run {
            return (unfinished, error);
        }
        if !self.config.reinvoke {
            record.field("reinvoke", "off");
            return (unfinished, error);
        }
        match self.ask(cluster, memory, delay_class, relaxed).await {
            Ok(asked) => {
                record.count("Requeues", usize::from(asked));
                (unfinished, None)
            }
            Err(asking) => {
                record.field("requeue_error", advised(&asking));
                (unfinished, Some(error.unwrap_or(asking)))
            }
        }
    }

    /// Requests a requeue message, unless this process has requested one that is delivered late
    /// enough to cover this reconcile. Returns whether it did.
    async fn ask(
        self,
        cluster: &ClusterName,
        memory: &ClusterMemory,
        delay_class: DelayClass,
        relaxed: bool,
    ) -> Result<bool, Error> {
        let (now, buckets) = (self.clock.now(), self.config.delay_classes.buckets(delay_class));
        let relaxed = delay_class == DelayClass::Later && relaxed;
        if memory.is_due(delay_class, buckets, now, relaxed) {
            return Ok(false);
        }
        let requeue = Requeue::new(Subject::Cluster(cluster.clone()), delay_class, buckets, now);
        self.aws.ask(&self.config.reinvoke_topic, &requeue).await?;
        memory.asked(delay_class, requeue.bucket, now + buckets.delay());
        Ok(true)
    }
}

impl Left {
    /// Nothing was done. An interruption is not recorded on any resource yet.
    fn everything(work: &Work, error: Option<Error>) -> Self {
        let unfinished = work.triggers.interrupted.clone();
        let again = Some(DelayClass::Soon);
        Self { is_eventful: true, again, relaxed: false, unfinished, error }
    }
}

fn unfinished(outcome: &Outcome) -> BTreeSet<InstanceId> {
    outcome.failed.keys().chain(&outcome.out_of_time).cloned().collect()
}
