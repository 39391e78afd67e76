//! The handler. Alarms request work items; work items and requeue messages are reconciled; every
//! message that must be redelivered is reported as failed.

use std::collections::BTreeSet;

use aws::{Aws, CloudWatch, Error};
use aws_lambda_events::sqs::BatchItemFailure;
use function::batch::failed_item;
use function::clock::{Clock, Remaining};
use function::record::{Record, Records};
use lambda_runtime::Diagnostic;
use requeue::{DelayClass, Requeue, Subject, WorkItem};
use scaling::alarm::{self, Malformed};
use scaling::memory::READ_LAG;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::fold::{Batch, Visit};
use crate::memory::Memory;
use crate::outcome::{DIMENSION, begun};
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
    records: Records,
    memory: Memory,
}

/// The response of an invocation: the failed messages in the format of an event source mapping,
/// and what was done, for manual invocations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Messages that the queue must deliver again.
    pub batch_item_failures: Vec<BatchItemFailure>,
    /// The log record of the invocation.
    pub event: Map<String, Value>,
    /// The log records of its reconciles and decisions.
    pub reconciles: Vec<Map<String, Value>>,
}

/// Why an invocation fails as a whole. With events from SQS single messages fail instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A message that did not come from SQS cannot be read.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// A work item could not be requested, or a reconcile could not be requeued.
    #[error("{0}")]
    Aws(#[from] Error),
}

/// CloudWatch and an on-failure destination show the failure's type.
impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let error_type = match &failure {
            Failure::Malformed(_) => "malformed",
            Failure::Aws(error) => error.kind(),
        };
        Self { error_type: error_type.to_owned(), error_message: failure.to_string() }
    }
}

/// What one invocation reports.
#[derive(Debug, Default)]
struct Told {
    failed: BTreeSet<String>,
    failure: Option<Failure>,
    reconciles: Vec<Record>,
    scaled: bool,
}

impl AlarmScaling {
    /// Creates the function. `write` receives each log record as one line.
    pub fn new(
        (aws, cloudwatch): (Aws, CloudWatch),
        config: Config,
        clock: Clock,
        write: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let records = Records::new(DIMENSION, write);
        Self { aws, cloudwatch, config, clock, records, memory: Memory::default() }
    }

    /// Handle one event.
    ///
    /// # Errors
    /// Only for events that do not come from SQS: if a message is malformed, a work item could not
    /// be requested, or a reconcile could not be requeued.
    pub async fn handle(&self, event: &Value, remaining: Remaining) -> Result<Response, Failure> {
        let began = self.clock.now();
        let batch = Batch::read(alarm::read(event), &self.config);
        let mut record = Record::default();
        record.field(DIMENSION, "alarm-scaling");
        if !batch.skipped.is_empty() {
            record.field("skipped", json!(batch.skipped));
        }
        let mut told = Told::default();
        told.failed.extend(batch.malformed.iter().filter_map(|(id, _)| id.clone()));
        told.failure = batch.malformed.first().map(|(_, error)| error.clone().into());
        if !batch.malformed.is_empty() {
            record.count("MalformedMessages", batch.malformed.len());
            let texts: BTreeSet<String> =
                batch.malformed.iter().map(|(_, error)| error.to_string()).collect();
            record.field("malformed", json!(texts));
        }
        self.route(&batch, &mut record, &mut told).await;
        for (serialization_key, visit) in &batch.serialization_keys {
            self.visit(serialization_key, visit, remaining, &mut told).await;
        }
        let took = self.clock.now() - began;
        record.field("duration_ms", i64::try_from(took.whole_milliseconds()).unwrap_or(i64::MAX));
        for record in told.reconciles.iter().chain([&record]) {
            self.records.write(record, self.clock.now());
        }
        // SQS holds back further messages of a serialization key while these are in flight, so
        // the next reconcile of the key reads what this one has set.
        if told.scaled && batch.queued {
            tokio::time::sleep(READ_LAG.unsigned_abs()).await;
        }
        match told.failure {
            Some(failure) if !batch.queued => Err(failure),
            _ => Ok(Response {
                batch_item_failures: told.failed.into_iter().map(failed_item).collect(),
                event: record.fields().clone(),
                reconciles: told
                    .reconciles
                    .iter()
                    .map(|reconcile| reconcile.fields().clone())
                    .collect(),
            }),
        }
    }

    /// Requests the work items of alarms, and a requeue of each serialization key a minute later:
    /// it finds the alarm if the work item is lost or its reconcile is cut off.
    async fn route(&self, batch: &Batch, record: &mut Record, told: &mut Told) {
        if batch.routes.is_empty() {
            return;
        }
        let now = self.clock.now();
        let work_items: Vec<WorkItem> =
            batch.routes.iter().map(|(work_item, _)| work_item.clone()).collect();
        let serialization_keys: BTreeSet<&String> =
            work_items.iter().map(|work_item| &work_item.serialization_key).collect();
        let requeues = serialization_keys
            .iter()
            .map(|serialization_key| self.requeue(serialization_key, DelayClass::Minute, now));
        let requeues: Vec<Requeue> = requeues.filter(|_| self.config.reinvoke).collect();
        match self.aws.ask_all(&self.config.reinvoke_topic, &work_items, &requeues).await {
            Ok(()) => {
                record.count("WorkItems", work_items.len());
                record.field("serialization_keys", json!(serialization_keys));
            }
            Err(error) => {
                record.field("enqueue_error", error.to_string());
                record.count("ReconcileErrors", 1);
                told.failed.extend(batch.routed_ids());
                told.failure.get_or_insert(error.into());
            }
        }
    }

    fn requeue(
        &self,
        serialization_key: &str,
        delay_class: DelayClass,
        now: crate::Time,
    ) -> Requeue {
        Requeue::new(
            Subject::SerializationKey(serialization_key.to_owned()),
            delay_class,
            self.config.delay_classes.buckets(delay_class),
            now,
        )
    }

    /// Reconciles a serialization key, and requeues it if anything is left to do.
    async fn visit(&self, name: &str, visit: &Visit, remaining: Remaining, told: &mut Told) {
        let mut record = begun(name);
        let Some(serialization_key) = self.config.policies.serialization_key(name) else {
            record.field("error", "no policy has this serialization key; send the alarm's ARN");
            return told.reconciles.push(record);
        };
        let reconcile = Reconcile {
            aws: &self.aws,
            cloudwatch: &self.cloudwatch,
            config: &self.config,
            clock: &self.clock,
            memory: &self.memory,
            serialization_key,
            visit,
        };
        let (mut error, mut unfinished) = (None, true);
        let again = if !remaining.fits(RECONCILE, self.clock.now()) {
            record.field("out_of_time", true);
            Some(DelayClass::Soon)
        } else {
            match reconcile.run().await {
                Ok(seen) => {
                    told.reconciles.extend(seen.decisions(name, self.config.dry_run));
                    record = seen.record(name);
                    unfinished = seen.errors().next().is_some();
                    told.scaled |= seen.may_have_scaled() && !self.config.dry_run;
                    seen.again(self.config.delay_classes, self.clock.now())
                }
                Err(failed) => {
                    record.field("error", failed.to_string());
                    record.field("error_kind", failed.kind());
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
            if !asked && let Err(failed) = self.ask(name, delay_class, &mut record).await {
                record.field("requeue_error", failed.to_string());
                told.failed.extend(visit.sqs_ids.iter().cloned());
                told.failure.get_or_insert(error.unwrap_or(failed).into());
            }
        }
        told.reconciles.push(record);
    }

    /// Requeues a serialization key, unless dry run or the re-invoke switch forbids it.
    async fn ask(
        &self,
        serialization_key: &str,
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
