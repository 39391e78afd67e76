//! The costs of ecs-tide while nothing drains.

use std::collections::BTreeSet;
use std::time::Duration as Pause;

use region::region::Settings;
use region::services::{Control, CreateGroup, CreateService, UpdateService, Workload};
use serde_json::Value;

use super::bill::Bill;
use super::cost::{Queued, Usage};
use super::departure::Drainer;
use super::product::deploy;
use crate::Error;
use scenarios::rehearsal::Rehearsal;
use scenarios::stack::{self, CLUSTER, GROUP};

/// The number of instances. The cost of an idle reconcile does not depend on it, up to the 100
/// instances of one page.
const INSTANCES: usize = 100;

/// The number of tasks of the service, which a deployment stops.
const TASKS: usize = 1000;

/// Time for the hook's test message to be handled.
const SETTLE: Pause = Pause::from_secs(10);

/// The longest time that a task takes to stop, over which the deployment is spread.
const STOPS_SECONDS: u64 = 300;

/// Time for the last events to arrive.
const AFTER: Pause = Pause::from_secs(60);

const DAY: Pause = Pause::from_secs(86_400);

/// Measures a day without drains and deployments.
///
/// # Errors
/// See [`deploy`], and errors of the simulated region.
pub async fn idle_day(seed: u64) -> Result<Usage, Error> {
    let quiet = Quiet::begin(seed).await?;
    quiet.usage(DAY).await
}

/// Measures a deployment that stops 1000 tasks within five minutes, on instances that stay.
///
/// # Errors
/// See [`deploy`], and errors of the simulated region.
pub async fn deployment(seed: u64) -> Result<Usage, Error> {
    let quiet = Quiet::begin(seed).await?;
    quiet.rehearsal.control(Control::UpdateService(UpdateService {
        cluster: CLUSTER.to_owned(),
        desired: Some(0),
        ..UpdateService::default()
    }))?;
    quiet.usage(Pause::from_secs(STOPS_SECONDS) + AFTER).await
}

/// An idle cluster with ecs-tide deployed.
struct Quiet {
    rehearsal: Rehearsal,
    drainer: Drainer,
    meter: Meter,
}

/// Counts what is used from a moment on.
pub(crate) struct Meter {
    bill: Bill,
    queues: Vec<Queued>,
    /// The number of log records.
    records: usize,
}

impl Meter {
    /// # Errors
    /// The template is invalid.
    pub(crate) fn start(rehearsal: &Rehearsal, drainer: &Drainer) -> Result<Self, Error> {
        let (queues, records) = (queued(drainer)?, rehearsal.records().len());
        Ok(Self { bill: drainer.bill(), queues, records })
    }

    /// The usage since the start, which was `span` ago.
    ///
    /// # Errors
    /// The template is invalid.
    pub(crate) fn read(
        &self,
        rehearsal: &Rehearsal,
        drainer: &Drainer,
        span: Pause,
    ) -> Result<Usage, Error> {
        let lines: Vec<String> = rehearsal.records().into_iter().skip(self.records).collect();
        let after = queued(drainer)?;
        let queues = after.iter().zip(&self.queues);
        Ok(Usage {
            span,
            bill: drainer.bill().since(&self.bill),
            queues: queues.map(|(after, before)| after.since(before)).collect(),
            log_bytes: lines.iter().map(String::len).sum(),
            metrics: lines.iter().flat_map(|line| metrics(line)).collect::<BTreeSet<_>>().len(),
        })
    }
}

impl Quiet {
    async fn begin(seed: u64) -> Result<Self, Error> {
        let (rehearsal, drainer) = deploy(Settings::default(), seed).await?;
        rehearsal.control(Control::CreateGroup(CreateGroup {
            name: GROUP.to_owned(),
            cluster: CLUSTER.to_owned(),
            desired: INSTANCES,
            tags: stack::opted_in(CLUSTER),
            ..CreateGroup::default()
        }))?;
        rehearsal.keep_hooks().await?;
        rehearsal.control(Control::CreateService(CreateService {
            cluster: CLUSTER.to_owned(),
            desired: TASKS,
            workload: Workload {
                stop_min_seconds: 1,
                stop_max_seconds: STOPS_SECONDS,
                ..Workload::default()
            },
            ..CreateService::default()
        }))?;
        tokio::time::sleep(SETTLE).await;
        let meter = Meter::start(&rehearsal, &drainer)?;
        Ok(Self { rehearsal, drainer, meter })
    }

    /// The usage in the `span` that begins now.
    async fn usage(self, span: Pause) -> Result<Usage, Error> {
        tokio::time::sleep(span).await;
        self.meter.read(&self.rehearsal, &self.drainer, span)
    }
}

/// The message counts of the queues that functions poll.
fn queued(drainer: &Drainer) -> Result<Vec<Queued>, Error> {
    let wiring = stack::wiring(&[])?;
    let polled = |arn: &String| wiring.mappings.iter().any(|mapping| mapping.queue_arn == *arn);
    Ok(drainer.live.observe(|region, _| {
        let queues = wiring.queues.iter().filter(|queue| polled(&queue.arn));
        queues
            .map(|queue| {
                let truth = region.messaging().queue_truth(&queue.logical_id).unwrap_or_default();
                Queued { fifo: queue.fifo, sent: truth.sent, received: truth.received }
            })
            .collect()
    }))
}

/// The metrics in a log record: each name once for each set of dimensions.
fn metrics(line: &str) -> Vec<String> {
    let record: Value = serde_json::from_str(line).unwrap_or_default();
    let sets = record.pointer("/_aws/CloudWatchMetrics/0/Dimensions").and_then(Value::as_array);
    let sets: Vec<String> = sets.into_iter().flatten().map(Value::to_string).collect();
    let named = record.pointer("/_aws/CloudWatchMetrics/0/Metrics").and_then(Value::as_array);
    let name = |metric: &Value| metric.get("Name").and_then(Value::as_str).map(str::to_owned);
    let names = named.into_iter().flatten().filter_map(name);
    names.flat_map(|name| sets.iter().map(move |set| format!("{name} {set}"))).collect()
}
