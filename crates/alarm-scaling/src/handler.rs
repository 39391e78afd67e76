//! The handler: alarms ask for a turn, turns and ticks are looks, and every message that must
//! come again is said to have failed.

use std::collections::BTreeSet;

use aws::{Aws, CloudWatch, Error};
use aws_lambda_events::sqs::BatchItemFailure;
use function::batch::failed_item;
use function::clock::{Clock, Remaining};
use function::record::{Record, Records};
use lambda_runtime::Diagnostic;
use scaling::alarm::{self, Malformed};
use scaling::memory::READ_LAG;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tick::{Pace, Subject, Tick, Turn};

use crate::config::Config;
use crate::fold::{Batch, Visit};
use crate::look::Look;
use crate::memory::Memory;
use crate::outcome::{DIMENSION, begun};

/// What a look needs at least, with the wait after it: a lane that is begun and cut off is looked
/// at again, but whatever it had begun to scale waits for that.
const LOOK: time::Duration = time::Duration::seconds(20);

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

/// What an invocation answers: the messages that failed, as an event source mapping reads
/// it, and what was done, for whoever invokes by hand.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Messages that the queue must deliver again.
    pub batch_item_failures: Vec<BatchItemFailure>,
    /// The record of the invocation.
    pub event: Map<String, Value>,
    /// The records of its looks and decisions.
    pub looks: Vec<Map<String, Value>>,
}

/// Why an invocation fails as a whole: only where no queue takes single messages back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A message that came without a queue cannot be read.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// No turn could be asked for, or nobody would look again.
    #[error("{0}")]
    Aws(#[from] Error),
}

/// The failure's type is what CloudWatch and an on-failure destination show.
impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let error_type = match &failure {
            Failure::Malformed(_) => "malformed",
            Failure::Aws(error) => error.kind(),
        };
        Self { error_type: error_type.to_owned(), error_message: failure.to_string() }
    }
}

/// What one invocation has to say.
#[derive(Debug, Default)]
struct Told {
    failed: BTreeSet<String>,
    failure: Option<Failure>,
    looks: Vec<Record>,
    scaled: bool,
}

impl AlarmScaling {
    /// The function, on clients, configuration and a clock; `write` takes each record
    /// as a line.
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
    /// Without a queue that takes single messages back: a malformed message, a turn that
    /// could not be asked for, or a look that failed and that no tick brings again.
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
        for (lane, visit) in &batch.lanes {
            self.visit(lane, visit, remaining, &mut told).await;
        }
        let took = self.clock.now() - began;
        record.field("took_ms", i64::try_from(took.whole_milliseconds()).unwrap_or(i64::MAX));
        for record in told.looks.iter().chain([&record]) {
            self.records.write(record, self.clock.now());
        }
        // The queue keeps a lane back as long as its messages are held, so the next look at it
        // reads what this one has set.
        if told.scaled && batch.queued {
            tokio::time::sleep(READ_LAG.unsigned_abs()).await;
        }
        match told.failure {
            Some(failure) if !batch.queued => Err(failure),
            _ => Ok(Response {
                batch_item_failures: told.failed.into_iter().map(failed_item).collect(),
                event: record.fields().clone(),
                looks: told.looks.iter().map(|look| look.fields().clone()).collect(),
            }),
        }
    }

    /// Ask for the turns of alarms that went off, and for another look a minute later: should
    /// the turn be lost on its way, or its look be cut off, that one finds the alarm.
    async fn route(&self, batch: &Batch, record: &mut Record, told: &mut Told) {
        if batch.routes.is_empty() {
            return;
        }
        let now = self.clock.now();
        let turns: Vec<Turn> = batch.routes.iter().map(|(turn, _)| turn.clone()).collect();
        let lanes: BTreeSet<&String> = turns.iter().map(|turn| &turn.lane).collect();
        let ticks = lanes.iter().map(|lane| self.tick(lane, Pace::Minute, now));
        let ticks: Vec<Tick> = ticks.filter(|_| self.config.reinvoke).collect();
        match self.aws.ask_all(&self.config.reinvoke_topic, &turns, &ticks).await {
            Ok(()) => {
                record.count("Turns", turns.len());
                record.field("lanes", json!(lanes));
            }
            Err(error) => {
                record.field("route_error", error.to_string());
                record.count("LookErrors", 1);
                told.failed.extend(batch.routed_ids());
                told.failure.get_or_insert(error.into());
            }
        }
    }

    fn tick(&self, lane: &str, pace: Pace, now: crate::Time) -> Tick {
        Tick::new(Subject::Lane(lane.to_owned()), pace, self.config.paces.buckets(pace), now)
    }

    /// Look at a lane, and ask for another look if there is something to come back for.
    async fn visit(&self, name: &str, visit: &Visit, remaining: Remaining, told: &mut Told) {
        let mut record = begun(name);
        let Some(lane) = self.config.policies.lane(name) else {
            record.field("error", "no policy is in this lane; ask by the alarm's ARN");
            return told.looks.push(record);
        };
        let look = Look {
            aws: &self.aws,
            cloudwatch: &self.cloudwatch,
            config: &self.config,
            clock: &self.clock,
            memory: &self.memory,
            lane,
            visit,
        };
        let (mut error, mut unfinished) = (None, true);
        let again = if !remaining.fits(LOOK, self.clock.now()) {
            record.field("out_of_time", true);
            Some(Pace::Soon)
        } else {
            match look.run().await {
                Ok(seen) => {
                    told.looks.extend(seen.decisions(name, self.config.dry_run));
                    record = seen.record(name);
                    unfinished = seen.errors().next().is_some();
                    told.scaled |= seen.may_have_scaled() && !self.config.dry_run;
                    seen.again(self.config.paces, self.clock.now())
                }
                Err(failed) => {
                    record.field("error", failed.to_string());
                    record.field("error_kind", failed.kind());
                    record.count("LookErrors", 1);
                    error = Some(failed);
                    Some(Pace::Soon)
                }
            }
        };
        if let Some(pace) = again {
            record.field("again", pace.name());
            // Whoever asked for the turn of a transition asked for a look a minute later too.
            let asked = !unfinished && !visit.anew;
            if !asked && let Err(failed) = self.ask(name, pace, &mut record).await {
                record.field("ask_error", failed.to_string());
                told.failed.extend(visit.sqs_ids.iter().cloned());
                told.failure.get_or_insert(error.unwrap_or(failed).into());
            }
        }
        told.looks.push(record);
    }

    /// Ask for another look at a lane.
    async fn ask(&self, lane: &str, pace: Pace, record: &mut Record) -> Result<(), Error> {
        if self.config.dry_run {
            return Ok(());
        }
        if !self.config.reinvoke {
            record.field("reinvoke", "off");
            return Ok(());
        }
        let tick = self.tick(lane, pace, self.clock.now());
        self.aws.ask(&self.config.reinvoke_topic, &tick).await?;
        record.count("Ticks", 1);
        Ok(())
    }
}
