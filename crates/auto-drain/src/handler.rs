//! Handles an event: folds its messages into one reconcile for each cluster, and reports which
//! messages must be delivered again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws::{Aws, Error, SdkConfig, advised};
use aws_names::{ClusterName, GroupName, InstanceId};
use drain::hook::Hook;
use drain::notification;
use function::clock::Clock;
use function::environment::{BadEnvironment, Strings};
use function::invocation::{Invocation, diagnostic};
use function::process::{Function, Handler};
use function::record::Record;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::batch::{Batch, Folded, Known};
use crate::config::Config;
use crate::groups::Groups;
use crate::memory::Memory;
use crate::outcome::DETAILED;
use crate::visit::{Visited, Visits};
use crate::why::{self, Why};

/// The number of clusters that are reconciled side by side. Most of their time is spent waiting.
const AT_ONCE: usize = 50;

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

    const RECORD: &'static str = "event";
    const DETAILS: Option<&'static str> = Some("reconciles");

    fn configure(strings: &dyn Strings) -> Result<Config, BadEnvironment> {
        Config::read(strings)
    }

    fn new(sdk: &SdkConfig, config: Config, clock: Clock) -> Self {
        Self { aws: Aws::new(sdk), config, clock, memory: Memory::default() }
    }
}

impl Handler for AutoDrain {
    fn record(&self) -> Record {
        self.config.record(Record::new("function", "auto-drain").only_in_sum())
    }

    /// Handles one event, with at most one reconcile of each cluster, or explains one instance.
    fn handle<'a>(&'a self, event: &'a Value, invocation: &'a mut Invocation) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            match why::requested(event) {
                Some(request) => self.explain(request, invocation).await,
                None => self.reconcile(event, invocation).await,
            }
            invocation.took(self.clock.now());
        })
    }
}

impl AutoDrain {
    async fn reconcile(&self, event: &Value, invocation: &mut Invocation) {
        let messages = notification::read(event);
        invocation.receive(&messages);
        let batch = Batch::read(messages, invocation.began);
        let (folded, swept) = self.fold(batch, invocation).await;
        folded.record(&mut invocation.record);
        self.record_cut_short(&folded, &mut invocation.details);
        self.visit(folded, swept.as_deref(), invocation).await;
    }

    /// Answers in the log record what would be decided about an instance.
    async fn explain(&self, request: Result<InstanceId, String>, invocation: &mut Invocation) {
        let (aws, config, clock) = (&self.aws, &self.config, &self.clock);
        let why = Why { aws, config, clock, remaining: invocation.remaining };
        let explained = match request {
            Ok(instance) => why.explain(&instance).await,
            Err(malformed) => {
                invocation.record.count("MalformedMessages", 1);
                invocation.record.field("malformed", json!([malformed]));
                invocation.failure = Some(diagnostic("malformed", &malformed));
                return;
            }
        };
        match explained {
            Ok(explained) => invocation.record.field("explained", explained),
            Err(error) => {
                invocation.record.field("error", advised(&error));
                invocation.record.field("error_kind", error.kind.name());
            }
        }
    }

    /// Folds the messages by cluster. Returns the tagged groups too, if they were read for this.
    async fn fold(
        &self,
        batch: Batch,
        invocation: &mut Invocation,
    ) -> (Folded, Option<Arc<Groups>>) {
        let (memory, now) = (&self.memory, self.clock.now());
        let is_full_resync = batch.is_full_resync();
        let recent = match batch.needs_groups(memory, now) {
            true => memory.fleet.recent(now).filter(|_| !is_full_resync),
            false => Some(memory.fleet.last()),
        };
        let mut errors = Vec::new();
        let swept = match recent {
            Some(_) => None,
            None => self.sweep().await.map_err(|error| errors.push(error)).ok(),
        };
        let groups = recent.as_deref().or(swept.as_deref());
        let untagged = groups.map(|groups| batch.untagged(groups)).unwrap_or_default();
        let hooks = &self.hooks(untagged, &mut errors).await;
        let mut folded = batch.fold(Known { groups, hooks, memory, now });
        if let Some(swept) = &swept {
            folded.resume(swept, memory);
        }
        if let Some(groups) = groups.filter(|_| is_full_resync) {
            invalid_tags(groups, &mut invocation.record);
        }
        failed(&errors, &folded, invocation);
        (folded, swept)
    }

    /// Reads the tagged groups of all clusters.
    async fn sweep(&self) -> Result<Arc<Groups>, Error> {
        let now = self.clock.now();
        let read = self.aws.tagged_groups().await?;
        Ok(self.memory.fleet.keep(Groups::of(read, &self.config.settings, now), now))
    }

    /// The clusters that our hooks on these groups name, if they are there: tags may have been
    /// deleted while the hook is still on the group. A group that could not be read is absent.
    async fn hooks(
        &self,
        groups: BTreeSet<GroupName>,
        errors: &mut Vec<Error>,
    ) -> BTreeMap<GroupName, Option<ClusterName>> {
        let read: Vec<_> = stream::iter(groups)
            .map(|group| async move {
                let hook = self.aws.our_hook(&group).await;
                (group, hook)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut hooks = BTreeMap::new();
        for (group, hook) in read {
            match hook {
                Ok(hook) => {
                    hooks.insert(group, hook.as_ref().and_then(Hook::cluster));
                }
                Err(error) => errors.push(error),
            }
        }
        hooks
    }

    /// Records the tasks that died with their instances, one record for each cluster.
    fn record_cut_short(&self, folded: &Folded, records: &mut Vec<Record>) {
        for (cluster, tasks) in &folded.cut_short {
            let mut record = self.config.record(Record::new("cluster", cluster.as_str()).in_sum());
            record.count("TasksCutShort", tasks.len());
            let shown = tasks.iter().take(DETAILED).map(|(task, instance)| {
                json!({"task": task.as_str(), "instance": instance.as_ref().map(InstanceId::as_str)})
            });
            record.field("cut_short", shown.collect::<Vec<_>>());
            records.push(record);
        }
    }

    /// Reconciles the clusters side by side.
    async fn visit(&self, folded: Folded, swept: Option<&Groups>, invocation: &mut Invocation) {
        let visits = Visits {
            aws: &self.aws,
            config: &self.config,
            clock: &self.clock,
            memory: &self.memory,
            remaining: invocation.remaining,
            swept,
        };
        let visited: Vec<Visited> = stream::iter(folded.work)
            .map(|(cluster, work)| visits.visit(cluster, work))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for Visited { record, failed, failure } in visited {
            invocation.details.extend(record);
            invocation.failed.extend(failed);
            invocation.failure = failure.or(invocation.failure.take());
        }
    }
}

/// Reports calls that failed, and the messages whose cluster is therefore not known.
fn failed(errors: &[Error], folded: &Folded, invocation: &mut Invocation) {
    let Some(error) = errors.first() else { return };
    let record = &mut invocation.record;
    record.field("error", advised(error));
    record.field("error_kind", error.kind.name());
    record.count("ReconcileErrors", errors.len());
    if !folded.lost.is_empty() {
        invocation.failed.extend(folded.lost.iter().flatten().cloned());
        invocation.failure = Some(diagnostic(error.kind.name(), &advised(error)));
    }
}

/// Records the invalid tags of all groups.
fn invalid_tags(groups: &Groups, record: &mut Record) {
    let invalid: BTreeMap<&str, _> = groups
        .iter()
        .filter(|(_, group)| !group.tags.invalid_tags.is_empty())
        .map(|(name, group)| (name.as_str(), &group.tags.invalid_tags))
        .collect();
    if !invalid.is_empty() {
        record.count("InvalidTags", invalid.values().map(|tags| tags.len()).sum());
        record.field("invalid_tags", json!(invalid));
    }
}
