//! The handler: fold what arrived into one look, and say which messages must come
//! again.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Aws, Error};
use aws_lambda_events::sqs::BatchItemFailure;
use drain::hints::Hints;
use drain::notice::{self, Malformed, Message, Notice};
use function::batch::failed_item;
use function::clock::{Clock, Remaining};
use function::record::{Record, Records};
use lambda_runtime::Diagnostic;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tick::{Pace, Subject, Tick};

use crate::config::Config;
use crate::look::Look;
use crate::memory::Memory;
use crate::outcome::Outcome;

/// The dimension of every metric: the field that names the cluster.
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

/// What an invocation answers: the messages that failed, as an event source mapping
/// reads it, and what was decided, for whoever invokes by hand.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Messages that the queue must deliver again.
    pub batch_item_failures: Vec<BatchItemFailure>,
    /// The record of the look.
    pub look: Map<String, Value>,
}

/// Why an invocation fails as a whole: only where no queue takes single messages back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A message that came without a queue cannot be read.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// AWS did not let the look happen, or nobody would look again.
    #[error("{0}")]
    Aws(#[from] Error),
    /// An announced interruption was not acted on, and stands nowhere else.
    #[error("the interruption of {0} was not acted on, it is tried again")]
    Interruption(String),
}

/// The failure's type is what CloudWatch and an on-failure destination show.
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
    /// The function, on clients, configuration and a clock; `write` takes each record
    /// as a line.
    pub fn new(
        aws: Aws,
        config: Config,
        clock: Clock,
        write: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let records = Records::new(DIMENSION, write);
        Self { aws, config, clock, records, memory: Memory::default() }
    }

    /// Handle one event: whatever it holds becomes at most one look.
    ///
    /// # Errors
    /// Without a queue that takes single messages back: a malformed message, a look
    /// that could not happen, or a further look that could not be asked for.
    pub async fn handle(&self, event: &Value, remaining: Remaining) -> Result<Response, Failure> {
        let began = self.clock.now();
        let mut record = Record::default();
        record.field(DIMENSION, self.config.settings.cluster.as_str());
        if self.config.dry_run {
            record.field("dry_run", true);
        }
        let batch = Batch::read(notice::read(event), &self.config, began);
        batch.record(&mut record);

        let mut failed = batch.malformed_ids();
        let mut failure = batch.malformed.first().map(|(_, error)| Failure::from(error.clone()));
        if batch.asks {
            let (unfinished, lost) = self.look(&batch, remaining, &mut record).await;
            for (sqs_id, instance) in batch.interruptions_of(&unfinished) {
                failed.extend(sqs_id.clone());
                failure.get_or_insert(Failure::Interruption(instance.clone()));
            }
            if let Some(error) = lost {
                failed.extend(batch.heeded_ids());
                failure = Some(error.into());
            }
        }
        let took = self.clock.now() - began;
        record.field("took_ms", i64::try_from(took.whole_milliseconds()).unwrap_or(i64::MAX));
        self.records.write(&record, self.clock.now());
        match failure {
            Some(failure) if !batch.queued => Err(failure),
            _ => Ok(Response {
                batch_item_failures: failed.into_iter().map(failed_item).collect(),
                look: record.fields().clone(),
            }),
        }
    }

    /// Look, and ask for another look if anything is left. Returned are the instances
    /// with unfinished work, and the error that leaves the batch's messages as the only
    /// ones to bring another look.
    async fn look(
        &self,
        batch: &Batch,
        remaining: Remaining,
        record: &mut Record,
    ) -> (BTreeSet<String>, Option<Error>) {
        self.memory.came(&batch.hints.ticks);
        let look = Look {
            aws: &self.aws,
            config: &self.config,
            clock: &self.clock,
            remaining,
            hints: &batch.hints,
            memory: &self.memory,
        };
        let (again, unfinished, error) = match look.run().await {
            Ok(outcome) => {
                outcome.record(record, self.clock.now());
                (outcome.again(), unfinished(&outcome), None)
            }
            Err(error) => {
                record.field("error", error.to_string());
                record.field("error_kind", error.kind());
                record.count("LookErrors", 1);
                // What an interruption says stands on no resource so far.
                (Some(Pace::Soon), batch.hints.interrupted.clone(), Some(error))
            }
        };
        let Some(pace) = again else { return (unfinished, None) };
        record.field("again", pace.name());
        if self.config.dry_run {
            return (unfinished, error);
        }
        if !self.config.reinvoke {
            record.field("reinvoke", "off");
            return (unfinished, error);
        }
        match self.ask(pace).await {
            Ok(asked) => {
                record.count("Ticks", usize::from(asked));
                (unfinished, None)
            }
            Err(asking) => {
                record.field("ask_error", asking.to_string());
                (unfinished, Some(error.unwrap_or(asking)))
            }
        }
    }

    /// Ask for a tick, unless this process has asked for one that comes late enough to
    /// see what this look wants seen.
    async fn ask(&self, pace: Pace) -> Result<bool, Error> {
        let (now, buckets) = (self.clock.now(), self.config.paces.buckets(pace));
        let settings = &self.config.settings;
        let relaxed = pace == Pace::Later && settings.schedule_is_enough();
        if self.memory.is_due(pace, buckets, now, relaxed) {
            return Ok(false);
        }
        let tick = Tick::new(Subject::Cluster(settings.cluster.clone()), pace, buckets, now);
        self.aws.ask(&self.config.reinvoke_topic, &tick).await?;
        self.memory.asked(pace, tick.bucket, now + buckets.delay());
        Ok(true)
    }
}

fn unfinished(outcome: &Outcome) -> BTreeSet<String> {
    outcome.failed.keys().chain(&outcome.out_of_time).cloned().collect()
}

/// The messages of one event, folded.
#[derive(Debug, Default)]
struct Batch {
    /// The event came from a queue that takes single messages back.
    queued: bool,
    /// At least one message asks for a look.
    asks: bool,
    hints: Hints,
    heeded: Vec<(Option<String>, Option<String>)>,
    malformed: Vec<(Option<String>, Malformed)>,
    skipped: BTreeMap<&'static str, usize>,
}

impl Batch {
    fn read(messages: Vec<Message>, config: &Config, now: crate::Time) -> Self {
        let queued = messages.iter().any(|message| message.sqs_id.is_some());
        let mut batch = Self { queued, ..Self::default() };
        for Message { sqs_id, notice, .. } in messages {
            let notice = match notice {
                Ok(notice) => notice,
                Err(malformed) => {
                    batch.malformed.push((sqs_id, malformed));
                    continue;
                }
            };
            let interrupted = match &notice {
                Notice::SpotInterruption(spot) => Some(spot.instance.clone()),
                _ => None,
            };
            match batch.hints.heed(notice, &config.settings, now) {
                Ok(()) => {
                    batch.asks = true;
                    batch.heeded.push((sqs_id, interrupted));
                }
                Err(skip) => *batch.skipped.entry(skip.name()).or_default() += 1,
            }
        }
        batch
    }

    fn record(&self, record: &mut Record) {
        record.field("heeded", self.heeded.len());
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

    fn heeded_ids(&self) -> impl Iterator<Item = String> + '_ {
        self.heeded.iter().filter_map(|(id, _)| id.clone())
    }

    /// The messages that announced an interruption of one of `instances`: what they
    /// say stands nowhere else until it was acted on.
    fn interruptions_of<'a>(
        &'a self,
        instances: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = (&'a Option<String>, &'a String)> {
        self.heeded
            .iter()
            .filter_map(|(sqs_id, interrupted)| Some((sqs_id, interrupted.as_ref()?)))
            .filter(|(_, instance)| instances.contains(*instance))
    }
}
