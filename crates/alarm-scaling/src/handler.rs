//! The handler. Alarms request work items; work items and requeue messages are reconciled; every
//! message that must be redelivered is reported as failed.

use std::collections::BTreeSet;

use aws::{Aws, CloudWatch, Error, Parameters, SdkConfig, advised};
use function::clock::Clock;
use function::environment::{BadEnvironment, Strings};
use function::invocation::{Invocation, diagnostic};
use function::process::{Function, Handler};
use function::record::Record;
use futures_util::future::BoxFuture;
use requeue::{DelayClass, Requeue, SerializationKey, Subject, TargetKey, WorkItem};
use scaling::alarm;
use serde_json::{Value, json};

use crate::config::Config;
use crate::documents::Documents;
use crate::fold::Batch;
use crate::memory::Memory;
use crate::outcome::begun;
use crate::route::routes;

/// The alarm-scaling function.
#[derive(Debug)]
pub struct AlarmScaling {
    pub(crate) aws: Aws,
    pub(crate) cloudwatch: CloudWatch,
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) memory: Memory,
    pub(crate) documents: Documents,
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
        let documents = Documents::new(cloudwatch.clone(), Parameters::new(sdk), clock.clone());
        Self { aws, cloudwatch, config, clock, memory: Memory::default(), documents }
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
            let mut batch = Batch::read(messages, &self.config);
            self.route(&mut batch, invocation).await;
            for (serialization_key, visit) in &batch.serialization_keys {
                self.visit(serialization_key, visit, invocation).await;
            }
            if !batch.skipped.is_empty() {
                invocation.record.field("skipped", json!(batch.skipped));
            }
            invocation.record.count("PolicyReadsFailed", self.documents.take_failed());
            invocation.took(self.clock.now());
        })
    }
}

impl AlarmScaling {
    /// Requests the work items of alarms. A dry run changes nothing, so it needs none and
    /// reconciles at once.
    async fn route(&self, batch: &mut Batch, invocation: &mut Invocation) {
        if batch.alarms.is_empty() {
            return;
        }
        let routes = routes(&self.documents, batch).await;
        routes.report(&mut invocation.record);
        invocation.failed.extend(routes.failed.iter().cloned());
        if let Some(error) = &routes.error {
            let failure = || diagnostic(error.kind.name(), &advised(error));
            invocation.failure.get_or_insert_with(failure);
        }
        if self.config.dry_run {
            for (WorkItem { of, transition }, sqs_id) in routes.work_items {
                batch.visit(&of, transition, sqs_id);
            }
            return;
        }
        self.request(&routes.work_items, invocation).await;
    }

    /// Requests work items, and a requeue of each target a minute later: it finds the alarm if the
    /// work item is lost or its reconcile is cut off.
    pub(crate) async fn request(
        &self,
        requested: &[(WorkItem, Option<String>)],
        invocation: &mut Invocation,
    ) {
        if requested.is_empty() {
            return;
        }
        let now = self.clock.now();
        let work_items: Vec<WorkItem> =
            requested.iter().map(|(work_item, _)| work_item.clone()).collect();
        let targets: BTreeSet<&TargetKey> = work_items.iter().map(|item| &item.of).collect();
        let requeues = targets.iter().map(|of| self.requeue(of, DelayClass::Minute, now));
        let requeues: Vec<Requeue> = requeues.filter(|_| self.config.reinvoke).collect();
        match self.aws.ask_all(&self.config.reinvoke_topic, &work_items, &requeues).await {
            Ok(()) => {
                let record = &mut invocation.record;
                record.count("WorkItems", work_items.len());
                let keys: BTreeSet<&SerializationKey> =
                    targets.iter().map(|of| &of.serialization_key).collect();
                record.field("serialization_keys", json!(keys));
            }
            Err(error) => {
                let Invocation { record, failed, failure, .. } = invocation;
                record.field("enqueue_error", advised(&error));
                record.count("ReconcileErrors", 1);
                failed.extend(requested.iter().filter_map(|(_, sqs_id)| sqs_id.clone()));
                failure.get_or_insert_with(|| diagnostic(error.kind.name(), &advised(&error)));
            }
        }
    }

    fn requeue(&self, of: &TargetKey, delay_class: DelayClass, now: crate::Time) -> Requeue {
        Requeue::new(
            Subject::Target(of.clone()),
            delay_class,
            self.config.delay_classes.buckets(delay_class),
            now,
        )
    }

    /// Requeues a target, unless dry run or the re-invoke switch forbids it.
    pub(crate) async fn ask(
        &self,
        of: &TargetKey,
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
        let requeue = self.requeue(of, delay_class, self.clock.now());
        self.aws.ask(&self.config.reinvoke_topic, &requeue).await
    }
}
