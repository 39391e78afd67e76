//! Handles an event: folds its messages into one reconcile, and reports which messages must be
//! delivered again.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Aws, Error, SdkConfig, advised};
use aws_names::InstanceId;
use drain::notification::{self, Message, Notification};
use drain::triggers::Triggers;
use function::clock::{Clock, Remaining};
use function::environment::{BadEnvironment, Strings};
use function::invocation::{Invocation, diagnostic};
use function::process::{Function, Handler};
use function::record::Record;
use futures_util::future::BoxFuture;
use requeue::{DelayClass, Requeue, Subject};
use serde_json::{Value, json};

use crate::config::Config;
use crate::memory::Memory;
use crate::outcome::Outcome;
use crate::reconcile::Reconcile;

/// The auto-drain function.
#[derive(Debug)]
pub struct AutoDrain {
    aws: Aws,
    config: Config,
    clock: Clock,
    memory: Memory,
}

impl Function for AutoDrain {
    type Config = Config;
    type Sdk = SdkConfig;

    const RECORD: &'static str = "reconcile";

    fn configure(strings: &dyn Strings) -> Result<Config, BadEnvironment> {
        Config::read(strings)
    }

    fn new(sdk: &SdkConfig, config: Config, clock: Clock) -> Self {
        Self { aws: Aws::new(sdk), config, clock, memory: Memory::default() }
    }
}

impl Handler for AutoDrain {
    fn record(&self) -> Record {
        let mut record = Record::new("cluster", self.config.settings.cluster.as_str());
        if self.config.dry_run {
            record.field("dry_run", true);
        }
        record
    }

    /// Handles one event, with at most one reconcile.
    fn handle<'a>(&'a self, event: &'a Value, invocation: &'a mut Invocation) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let messages = notification::read(event);
            invocation.receive(&messages);
            let batch = Batch::read(messages, &self.config, invocation.began);
            batch.record(&mut invocation.record);
            if !batch.accepted.is_empty() {
                self.answer(&batch, invocation).await;
            }
            invocation.took(self.clock.now());
        })
    }
}

impl AutoDrain {
    /// Reconciles, and reports the messages that only another delivery can act on.
    async fn answer(&self, batch: &Batch, invocation: &mut Invocation) {
        let Invocation { remaining, record, failed, failure, .. } = invocation;
        let (unfinished, lost) = self.reconcile(batch, *remaining, record).await;
        // Until an interruption is acted on, only its message contains it.
        for (sqs_id, interrupted) in &batch.accepted {
            if let Some(instance) = interrupted
                && unfinished.contains(instance)
            {
                failed.extend(sqs_id.clone());
                let error =
                    format!("the interruption of {instance} was not acted on, it is tried again");
                failure.get_or_insert_with(|| diagnostic("interruption", &error));
            }
        }
        if let Some(error) = lost {
            failed.extend(batch.accepted.iter().filter_map(|(sqs_id, _)| sqs_id.clone()));
            *failure = Some(diagnostic(error.kind.name(), &advised(&error)));
        }
    }

    /// Reconciles, and requeues if work is left. Returns the instances with unfinished work, and an
    /// error if only the messages of this batch can trigger another reconcile.
    async fn reconcile(
        &self,
        batch: &Batch,
        remaining: Remaining,
        record: &mut Record,
    ) -> (BTreeSet<InstanceId>, Option<Error>) {
        self.memory.came(&batch.triggers.requeues);
        let reconcile = Reconcile {
            aws: &self.aws,
            config: &self.config,
            clock: &self.clock,
            remaining,
            triggers: &batch.triggers,
            memory: &self.memory,
        };
        let (again, unfinished, error) = match reconcile.run().await {
            Ok(outcome) => {
                outcome.record(record, self.clock.now());
                (outcome.again(), unfinished(&outcome), None)
            }
            Err(error) => {
                record.field("error", advised(&error));
                record.field("error_kind", error.kind.name());
                record.count("ReconcileErrors", 1);
                // An interruption is not recorded on any resource yet.
                (Some(DelayClass::Soon), batch.triggers.interrupted.clone(), Some(error))
            }
        };
        let Some(delay_class) = again else { return (unfinished, None) };
        record.field("requeue", delay_class.name());
        if self.config.dry_run {
            return (unfinished, error);
        }
        if !self.config.reinvoke {
            record.field("reinvoke", "off");
            return (unfinished, error);
        }
        match self.ask(delay_class).await {
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
    async fn ask(&self, delay_class: DelayClass) -> Result<bool, Error> {
        let (now, buckets) = (self.clock.now(), self.config.delay_classes.buckets(delay_class));
        let settings = &self.config.settings;
        let relaxed = delay_class == DelayClass::Later && settings.schedule_is_enough();
        if self.memory.is_due(delay_class, buckets, now, relaxed) {
            return Ok(false);
        }
        let requeue =
            Requeue::new(Subject::Cluster(settings.cluster.clone()), delay_class, buckets, now);
        self.aws.ask(&self.config.reinvoke_topic, &requeue).await?;
        self.memory.asked(delay_class, requeue.bucket, now + buckets.delay());
        Ok(true)
    }
}

fn unfinished(outcome: &Outcome) -> BTreeSet<InstanceId> {
    outcome.failed.keys().chain(&outcome.out_of_time).cloned().collect()
}

/// The folded messages of one event.
#[derive(Debug, Default)]
struct Batch {
    triggers: Triggers,
    /// SQS ids of the messages that trigger the reconcile, and the instances whose interruption
    /// they announce.
    accepted: Vec<(Option<String>, Option<InstanceId>)>,
    skipped: BTreeMap<&'static str, usize>,
}

impl Batch {
    fn read(messages: Vec<Message>, config: &Config, now: crate::Time) -> Self {
        let mut batch = Self::default();
        for Message { sqs_id, notification, .. } in messages {
            let Ok(notification) = notification else { continue };
            let interrupted = match &notification {
                Notification::SpotInterruption(spot) => Some(spot.instance.clone()),
                _ => None,
            };
            match batch.triggers.accept(notification, &config.settings, now) {
                Ok(()) => batch.accepted.push((sqs_id, interrupted)),
                Err(skip) => *batch.skipped.entry(skip.name()).or_default() += 1,
            }
        }
        batch
    }

    fn record(&self, record: &mut Record) {
        record.field("accepted", self.accepted.len());
        if !self.skipped.is_empty() {
            record.field("skipped", json!(self.skipped));
        }
    }
}
