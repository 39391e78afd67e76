//! Handles an event: folds its messages into one reconcile, and reports which messages must be
//! delivered again.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Aws, Error};
use aws_lambda_events::sqs::BatchItemFailure;
use drain::notification::{self, Malformed, Message, Notification};
use drain::triggers::Triggers;
use function::batch::failed_item;
use function::clock::{Clock, Remaining};
use function::record::{Record, Records};
use lambda_runtime::Diagnostic;
use requeue::{DelayClass, Requeue, Subject};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::memory::Memory;
use crate::outcome::Outcome;
use crate::reconcile::Reconcile;

/// The dimension of all metrics: the field with the name of the cluster.
const DIMENSION: &str = "cluster";

/// The auto-drain function.
#[derive(Debug)]
pub struct AutoDrain {
    aws: Aws,
    config: Config,
    clock: Clock,
    records: Records,
    memory: Memory,
}

/// The response of an invocation: the failed messages, as an event source mapping reads them, and
/// the record, for manual invocations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Messages that the queue must deliver again.
    pub batch_item_failures: Vec<BatchItemFailure>,
    /// The log record of the reconcile.
    pub reconcile: Map<String, Value>,
}

/// Why an invocation fails as a whole, which it does only if no queue can deliver single messages
/// again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A message that did not come from a queue cannot be read.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// The reconcile failed, or the next one could not be requested.
    #[error("{0}")]
    Aws(#[from] Error),
    /// An announced interruption was not acted on, and only its message contains it.
    #[error("the interruption of {0} was not acted on, it is tried again")]
    Interruption(String),
}

/// CloudWatch and an on-failure destination show the type of the failure.
impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let error_type = match &failure {
            Failure::Malformed(_) => "malformed",
            Failure::Aws(error) => error.kind(),
            Failure::Interruption(_) => "interruption",
        };
        Self { error_type: error_type.to_owned(), error_message: failure.to_string() }
    }
}

impl AutoDrain {
    /// Creates the function. `write` receives each log record as a line.
    pub fn new(
        aws: Aws,
        config: Config,
        clock: Clock,
        write: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let records = Records::new(DIMENSION, write);
        Self { aws, config, clock, records, memory: Memory::default() }
    }

    /// Handles one event, with at most one reconcile.
    ///
    /// # Errors
    /// If no queue can deliver single messages again: a message was malformed, the reconcile
    /// failed, or the next one could not be requested.
    pub async fn handle(&self, event: &Value, remaining: Remaining) -> Result<Response, Failure> {
        let began = self.clock.now();
        let mut record = Record::default();
        record.field(DIMENSION, self.config.settings.cluster.as_str());
        if self.config.dry_run {
            record.field("dry_run", true);
        }
        let batch = Batch::read(notification::read(event), &self.config, began);
        batch.record(&mut record);

        let mut failed = batch.malformed_ids();
        let mut failure = batch.malformed.first().map(|(_, error)| Failure::from(error.clone()));
        if batch.asks {
            let (unfinished, lost) = self.reconcile(&batch, remaining, &mut record).await;
            for (sqs_id, instance) in batch.interruptions_of(&unfinished) {
                failed.extend(sqs_id.clone());
                failure.get_or_insert(Failure::Interruption(instance.clone()));
            }
            if let Some(error) = lost {
                failed.extend(batch.accepted_ids());
                failure = Some(error.into());
            }
        }
        let took = self.clock.now() - began;
        record.field("duration_ms", i64::try_from(took.whole_milliseconds()).unwrap_or(i64::MAX));
        self.records.write(&record, self.clock.now());
        match failure {
            Some(failure) if !batch.queued => Err(failure),
            _ => Ok(Response {
                batch_item_failures: failed.into_iter().map(failed_item).collect(),
                reconcile: record.fields().clone(),
            }),
        }
    }

    /// Reconciles, and requeues if work is left. Returns the instances with unfinished work, and an
    /// error if only the messages of this batch can trigger another reconcile.
    async fn reconcile(
        &self,
        batch: &Batch,
        remaining: Remaining,
        record: &mut Record,
    ) -> (BTreeSet<String>, Option<Error>) {
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
                record.field("error", error.to_string());
                record.field("error_kind", error.kind());
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
                record.field("requeue_error", asking.to_string());
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

fn unfinished(outcome: &Outcome) -> BTreeSet<String> {
    outcome.failed.keys().chain(&outcome.out_of_time).cloned().collect()
}

/// The folded messages of one event.
#[derive(Debug, Default)]
struct Batch {
    /// The event came from a queue, which delivers single messages again.
    queued: bool,
    /// At least one message triggers a reconcile.
    asks: bool,
    triggers: Triggers,
    accepted: Vec<(Option<String>, Option<String>)>,
    malformed: Vec<(Option<String>, Malformed)>,
    skipped: BTreeMap<&'static str, usize>,
}

impl Batch {
    fn read(messages: Vec<Message>, config: &Config, now: crate::Time) -> Self {
        let queued = messages.iter().any(|message| message.sqs_id.is_some());
        let mut batch = Self { queued, ..Self::default() };
        for Message { sqs_id, notification, .. } in messages {
            let notification = match notification {
                Ok(notification) => notification,
                Err(malformed) => {
                    batch.malformed.push((sqs_id, malformed));
                    continue;
                }
            };
            let interrupted = match &notification {
                Notification::SpotInterruption(spot) => Some(spot.instance.clone()),
                _ => None,
            };
            match batch.triggers.accept(notification, &config.settings, now) {
                Ok(()) => {
                    batch.asks = true;
                    batch.accepted.push((sqs_id, interrupted));
                }
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
        if !self.malformed.is_empty() {
            record.count("MalformedMessages", self.malformed.len());
            let texts: BTreeSet<String> =
                self.malformed.iter().map(|(_, error)| error.to_string()).collect();
            record.field("malformed", json!(texts));
        }
    }

    fn malformed_ids(&self) -> BTreeSet<String> {
        self.malformed.iter().filter_map(|(id, _)| id.clone()).collect()
    }

    fn accepted_ids(&self) -> impl Iterator<Item = String> + '_ {
        self.accepted.iter().filter_map(|(id, _)| id.clone())
    }

    /// The messages that announced an interruption of one of `instances`. Until it is acted on,
    /// only the message contains it.
    fn interruptions_of<'a>(
        &'a self,
        instances: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = (&'a Option<String>, &'a String)> {
        self.accepted
            .iter()
            .filter_map(|(sqs_id, interrupted)| Some((sqs_id, interrupted.as_ref()?)))
            .filter(|(_, instance)| instances.contains(*instance))
    }
}
