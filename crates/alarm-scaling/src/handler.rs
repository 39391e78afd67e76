//! The handler. Alarms request work items; work items and requeue messages are reconciled; every
//! message that must be redelivered is reported as failed.

use std::collections::BTreeSet;

use aws::{Aws, CloudWatch, Error, SdkConfig, advised};
use function::clock::Clock;
use function::environment::{BadEnvironment, Strings};
use function::invocation::{Invocation, diagnostic};
use function::process::{Function, Handler};
use function::record::Record;
use futures_util::future::BoxFuture;
use requeue::{DelayClass, Requeue, SerializationKey, Subject, WorkItem};
use scaling::alarm;
use scaling::memory::READ_LAG;
use serde_json::{Value, json};

use crate::config::Config;
use crate::fold::{Batch, Visit};
use crate::memory::Memory;
use crate::outcome::{about, begun};
use crate::reconcile::Reconcile;

/// The minimum time left to start a reconcile, including the wait after it. A reconcile that is
/// cut off is repeated, but a scaling that it had begun waits until then.
const RECONCILE: time::Duration = time::Duration::seconds(20);

/// The alarm-scaling function.
#[derive(Debug)]
pub struct AlarmScaling {
    aws: Aws,
    cloudwatch: CloudWatch,
    config: Config,
    clock: Clock,
    memory: Memory,
}

impl Function for AlarmScaling {
    type Config = Config;
    type Sdk = SdkConfig;

    const RECORD: &'static str = "event";
    const DETAILS: Option<&'static str> = Some("reconciles");

    fn configure(strings: &dyn Strings) -> Result<Config, BadEnvironment> {
        Config::read(strings)
    }

    fn new(sdk: &SdkConfig, config: Config, clock: Clock) -> Self {
        let (aws, cloudwatch) = (Aws::new(sdk), CloudWatch::new(sdk));
        Self { aws, cloudwatch, config, clock, memory: Memory::default() }
    }
}

impl Handler for AlarmScaling {
    fn record(&self) -> Record {
        begun()
    }

    fn handle<'a>(&'a self, event: &'a Value, invocation: &'a mut Invocation) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let messages = alarm::read(event);
            invocation.receive(&messages);
            let batch = Batch::read(messages, &self.config);
            if !batch.skipped.is_empty() {
                invocation.record.field("skipped", json!(batch.skipped));
            }
            self.route(&batch, invocation).await;
            for (serialization_key, visit) in &batch.serialization_keys {
                self.visit(serialization_key, visit, invocation).await;
            }
            invocation.took(self.clock.now());
        })
    }
}

impl AlarmScaling {
    /// Requests the work items of alarms, and a requeue of each serialization key a minute later:
    /// it finds the alarm if the work item is lost or its reconcile is cut off.
    async fn route(&self, batch: &Batch, invocation: &mut Invocation) {
        if batch.routes.is_empty() {
            return;
        }
        let now = self.clock.now();
        let work_items: Vec<WorkItem> =
            batch.routes.iter().map(|(work_item, _)| work_item.clone()).collect();
        let serialization_keys: BTreeSet<&SerializationKey> =
            work_items.iter().map(|work_item| &work_item.serialization_key).collect();
        let requeues = serialization_keys
            .iter()
            .map(|serialization_key| self.requeue(serialization_key, DelayClass::Minute, now));
        let requeues: Vec<Requeue> = requeues.filter(|_| self.config.reinvoke).collect();
        match self.aws.ask_all(&self.config.reinvoke_topic, &work_items, &requeues).await {
            Ok(()) => {
                let record = &mut invocation.record;
                record.count("WorkItems", work_items.len());
                record.field("serialization_keys", json!(serialization_keys));
            }
            Err(error) => {
                let Invocation { record, failed, failure, .. } = invocation;
                record.field("enqueue_error", advised(&error));
                record.count("ReconcileErrors", 1);
                failed.extend(batch.routed_ids());
                failure.get_or_insert_with(|| diagnostic(error.kind.name(), &advised(&error)));
            }
        }
    }

    fn requeue(
        &self,
        serialization_key: &SerializationKey,
        delay_class: DelayClass,
        now: crate::Time,
    ) -> Requeue {
        Requeue::new(
            Subject::SerializationKey(serialization_key.clone()),
            delay_class,
            self.config.delay_classes.buckets(delay_class),
            now,
        )
    }

    /// Reconciles a serialization key, and requeues it if anything is left to do.
    async fn visit(&self, key: &SerializationKey, visit: &Visit, invocation: &mut Invocation) {
        let mut record = about(key);
        let Some(scope) = self.config.policies.scope(key) else {
            record.field("error", "no policy has this serialization key; send the alarm's ARN");
            return invocation.details.push(record);
        };
        let reconcile = Reconcile {
            aws: &self.aws,
            cloudwatch: &self.cloudwatch,
            config: &self.config,
            clock: &self.clock,
            memory: &self.memory,
            scope,
            visit,
        };
        let (mut error, mut unfinished) = (None, true);
        let again = if !invocation.remaining.fits(RECONCILE, self.clock.now()) {
            record.field("out_of_time", true);
            Some(DelayClass::Soon)
        } else {
            match reconcile.run().await {
                Ok(seen) => {
                    invocation.details.extend(seen.decisions(key, self.config.dry_run));
                    record = seen.record(key);
                    unfinished = seen.errors().next().is_some();
                    if seen.may_have_scaled() && !self.config.dry_run {
                        // SQS holds back further messages of the key until then, so that its next
                        // reconcile reads what this one has set.
                        invocation.hold = READ_LAG.unsigned_abs();
                    }
                    seen.again(self.config.delay_classes, self.clock.now())
                }
                Err(failed) => {
                    record.field("error", advised(&failed));
                    record.field("error_kind", failed.kind.name());
                    record.count("ReconcileErrors", 1);
                    error = Some(failed);
                    Some(DelayClass::Soon)
                }
            }
        };
        if let Some(delay_class) = again {
            record.field("requeue", delay_class.name());
            // `route` has sent a requeue along with a transition's work item.
            let asked = !unfinished && !visit.anew;
            if !asked && let Err(failed) = self.ask(key, delay_class, &mut record).await {
                record.field("requeue_error", advised(&failed));
                invocation.failed.extend(visit.sqs_ids.iter().cloned());
                let error = error.unwrap_or(failed);
                invocation
                    .failure
                    .get_or_insert_with(|| diagnostic(error.kind.name(), &advised(&error)));
            }
        }
        invocation.details.push(record);
    }

    /// Requeues a serialization key, unless dry run or the re-invoke switch forbids it.
    async fn ask(
        &self,
        serialization_key: &SerializationKey,
        delay_class: DelayClass,
        record: &mut Record,
    ) -> Result<(), Error> {
        if self.config.dry_run {
            return Ok(());
        }
        if !self.config.reinvoke {
            record.field("reinvoke", "off");
            return Ok(());
        }
        let requeue = self.requeue(serialization_key, delay_class, self.clock.now());
        self.aws.ask(&self.config.reinvoke_topic, &requeue).await?;
        record.count("Requeues", 1);
        Ok(())
    }
}
