//! Folds the messages of one event into the work for each cluster.
//!
//! Only requeue messages, the schedule and events of ECS name a cluster. Of a lifecycle
//! notification only the group and the instance are believed, and their cluster is the one in the
//! tags of the group or, if those are gone, in our hook on it.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::{ClusterName, GroupName, InstanceId, TaskArn};
use drain::notification::{CutShort, Message, Notification, Skip, Stopped, Terminating};
use drain::triggers::Triggers;
use function::record::Record;
use requeue::Subject;
use serde_json::json;
use time::Duration;

use crate::Time;
use crate::groups::Groups;
use crate::memory::Memory;

/// The number of clusters without a held instance that one message of the schedule reconciles. All
/// that is left in one is cleaned up by then: drain records of instances that came back, and ghost
/// registrations.
const IDLE: usize = 10;

/// The messages that may trigger a reconcile.
#[derive(Debug, Default)]
pub struct Batch {
    messages: Vec<(Option<String>, Notification)>,
    skipped: BTreeMap<&'static str, usize>,
}

/// The work for one cluster.
#[derive(Debug, Default)]
pub struct Work {
    pub triggers: Triggers,
    /// SQS ids of the messages that trigger it.
    pub messages: Vec<Option<String>>,
    /// The messages of interruptions, with their instances: only they contain them.
    pub interruptions: Vec<(Option<String>, InstanceId)>,
    /// Whether the tagged groups must be read first, which failed.
    pub is_postponed: bool,
}

/// The work of one event.
#[derive(Debug, Default)]
pub struct Folded {
    pub work: BTreeMap<ClusterName, Work>,
    /// Tasks that died with their instances, by cluster.
    pub cut_short: BTreeMap<ClusterName, BTreeMap<TaskArn, Option<InstanceId>>>,
    /// SQS ids of messages whose cluster could not be determined.
    pub lost: Vec<Option<String>>,
    accepted: usize,
    skipped: BTreeMap<&'static str, usize>,
}

/// What is known of groups and clusters.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The tagged groups; `None` if they could not be read.
    pub groups: Option<&'a Groups>,
    /// The clusters that our hooks on other groups name.
    pub hooks: &'a BTreeMap<GroupName, Option<ClusterName>>,
    pub memory: &'a Memory,
    pub now: Time,
}

impl Batch {
    pub fn read(messages: Vec<Message>, now: Time) -> Self {
        let mut batch = Self::default();
        for Message { sqs_id, notification, .. } in messages {
            match notification {
                Ok(Notification::Skip(skip)) => batch.skip(skip),
                Ok(Notification::SpotInterruption(spot)) if spot.is_stale(now) => {
                    batch.skip(Skip::Stale);
                }
                Ok(notification) => batch.messages.push((sqs_id, notification)),
                Err(_) => {}
            }
        }
        batch
    }

    fn skip(&mut self, skip: Skip) {
        *self.skipped.entry(skip.name()).or_default() += 1;
    }

    /// Whether a message asks for a full resync of all clusters.
    pub fn is_full_resync(&self) -> bool {
        let all = |notification: &Notification| {
            matches!(notification, Notification::Schedule { cluster: None })
        };
        self.messages.iter().any(|(_, notification)| all(notification))
    }

    /// Whether the tagged groups decide which cluster a message concerns, or whether any.
    /// They also show whether other clusters drain beside one that needs more than its time.
    pub fn needs_groups(&self, memory: &Memory, now: Time) -> bool {
        let is_behind = memory.is_behind(now);
        let depends_on_groups = |notification: &Notification| match notification {
            Notification::Terminating(_)
            | Notification::SpotInterruption(_)
            | Notification::Schedule { cluster: None } => true,
            Notification::Drained(event) => !memory.knows(&event.cluster, &event.arn),
            Notification::Stopped(event) => {
                event.cut_short.is_some()
                    || !memory.knows(&event.cluster, &event.container_instance)
            }
            Notification::Requeue(_) | Notification::Schedule { .. } | Notification::Skip(_) => {
                false
            }
        };
        self.messages.iter().any(|(_, notification)| is_behind || depends_on_groups(notification))
    }

    /// The groups of lifecycle notifications that have no tag of ours.
    pub fn untagged(&self, groups: &Groups) -> BTreeSet<GroupName> {
        let group = |notification: &Notification| match notification {
            Notification::Terminating(Terminating { group, .. }) => Some(group.clone()),
            _ => None,
        };
        let named = self.messages.iter().filter_map(|(_, notification)| group(notification));
        named.filter(|group| groups.cluster_of(group).is_none()).collect()
    }

    /// Folds the messages.
    pub fn fold(self, known: Known<'_>) -> Folded {
        let mut folded = Folded { skipped: self.skipped, ..Folded::default() };
        for (id, notification) in self.messages {
            match folded.add(id, notification, known) {
                Ok(()) => folded.accepted += 1,
                Err(skip) => *folded.skipped.entry(skip.name()).or_default() += 1,
            }
        }
        folded
    }
}

impl Folded {
    fn add(
        &mut self,
        id: Option<String>,
        notification: Notification,
        known: Known<'_>,
    ) -> Result<(), Skip> {
        let Known { groups, memory, .. } = known;
        match notification {
            Notification::Terminating(notification) => self.terminating(id, notification, known)?,
            Notification::SpotInterruption(spot) => {
                let Some(groups) = groups else {
                    self.lost.push(id);
                    return Ok(());
                };
                let cluster = groups.cluster_with(&spot.instance);
                let work = self.work(cluster.ok_or(Skip::InstanceNotOptedIn)?, id.clone());
                work.triggers.interrupted.insert(spot.instance.clone());
                work.interruptions.push((id, spot.instance));
            }
            Notification::Drained(drained) => {
                let cluster = drained.cluster.clone();
                let is_known = memory.knows(&cluster, &drained.arn);
                if groups.is_some_and(|groups| !is_known && !groups.has(&cluster)) {
                    return Err(Skip::ClusterNotOptedIn);
                }
                let work = self.work(&cluster, id);
                work.is_postponed |= groups.is_none() && !is_known;
                work.triggers.drained(drained);
            }
            Notification::Stopped(stopped) => self.stopped(id, stopped, known)?,
            Notification::Requeue(requeue) => {
                let Subject::Cluster(cluster) = &requeue.of else { return Err(Skip::NotACluster) };
                let work = self.work(cluster, id);
                work.triggers.requeued(requeue.delay_class, requeue.bucket);
            }
            Notification::Schedule { cluster: Some(cluster) } => {
                self.work(&cluster, id).triggers.scheduled();
            }
            Notification::Schedule { cluster: None } => match groups {
                Some(groups) => {
                    for cluster in due(groups, memory, known.now) {
                        self.work(&cluster, id.clone()).triggers.scheduled();
                    }
                }
                None => self.lost.push(id),
            },
            Notification::Skip(skip) => return Err(skip),
        }
        Ok(())
    }

    /// If the groups cannot be read now, what was read before still tells the cluster of a group.
    fn terminating(
        &mut self,
        id: Option<String>,
        Terminating { group, instance }: Terminating,
        Known { groups, hooks, memory, now }: Known<'_>,
    ) -> Result<(), Skip> {
        let last = memory.fleet.last();
        let tagged = groups.unwrap_or(&last).cluster_of(&group);
        match (tagged, hooks.get(&group)) {
            (Some(cluster), _) | (None, Some(Some(cluster))) => {
                if memory.has_begun(cluster, &instance, now) {
                    return Err(Skip::DrainBegun);
                }
                self.work(cluster, id).triggers.terminating.insert(instance);
            }
            (None, Some(None)) => return Err(Skip::GroupNotOptedIn),
            (None, None) => self.lost.push(id),
        }
        Ok(())
    }

    /// A stop advances a drain only where something drains. If the groups were read before it, the
    /// drain may be younger than that: it is left to the next message after the groups are read.
    fn stopped(
        &mut self,
        id: Option<String>,
        stopped: Stopped,
        Known { groups, memory, .. }: Known<'_>,
    ) -> Result<(), Skip> {
        let cluster = stopped.cluster.clone();
        let last = memory.fleet.last();
        if let Some(CutShort { instance }) = &stopped.cut_short
            && groups.unwrap_or(&last).observe(&cluster, instance.as_ref())
        {
            let tasks = self.cut_short.entry(cluster.clone()).or_default();
            tasks.insert(stopped.arn.clone(), instance.clone());
        }
        let is_known = memory.knows(&cluster, &stopped.container_instance);
        if let Some(groups) = groups.filter(|_| !is_known) {
            if !groups.has(&cluster) {
                return Err(Skip::ClusterNotOptedIn);
            }
            if !groups.may_drain(&cluster) {
                if groups.are_older(&cluster, stopped.at) {
                    memory.cluster(&cluster).leave(stopped.container_instance);
                }
                return Err(Skip::NothingDrains);
            }
        }
        let work = self.work(&cluster, id);
        work.is_postponed |= groups.is_none() && !is_known;
        work.triggers.stopped(stopped);
        Ok(())
    }

    /// Adds the stops that were left to this message. `groups` are the tagged groups as read now.
    pub fn resume(&mut self, groups: &Groups, memory: &Memory) {
        for (cluster, left) in memory.left() {
            if groups.may_drain(&cluster) {
                let work = self.work.entry(cluster).or_default();
                for arn in left {
                    work.triggers.stopped.entry(arn).or_default();
                }
            }
        }
    }

    fn work(&mut self, cluster: &ClusterName, id: Option<String>) -> &mut Work {
        let work = self.work.entry(cluster.clone()).or_default();
        work.messages.push(id);
        work
    }

    /// Records how many messages trigger something, and why the others do not.
    pub fn record(&self, record: &mut Record) {
        record.field("accepted", self.accepted);
        if !self.skipped.is_empty() {
            record.field("skipped", json!(self.skipped));
        }
    }
}

/// The clusters that a message of the schedule reconciles: those of which a hook may hold an
/// instance, those in which this process left something to do, and [`IDLE`] of the others in turn.
fn due(groups: &Groups, memory: &Memory, now: Time) -> BTreeSet<ClusterName> {
    let mut due = memory.unfinished();
    let is_busy = |cluster: &&ClusterName| groups.may_drain(cluster) || due.contains(*cluster);
    let (busy, idle): (Vec<_>, Vec<_>) = groups.clusters().into_iter().partition(is_busy);
    let period = Duration::whole_seconds(drain::settings::SCHEDULE);
    let turn = usize::try_from(now.unix_timestamp() / period).unwrap_or_default();
    let first = turn.wrapping_mul(IDLE) % idle.len().max(1);
    let in_turn = idle.iter().cycle().skip(first).take(IDLE.min(idle.len()));
    due.extend(busy.iter().chain(in_turn).map(|cluster| (*cluster).clone()));
    due
}
