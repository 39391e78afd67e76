//! What the tags of groups said over time.

use std::collections::{BTreeMap, BTreeSet};

use region::Time;
use region::services::{GroupTruth, Services};
use time::Duration;

use super::rules::{DrainSettings, Rules, tags};

/// Every group that has ever been there, by name.
#[derive(Debug, Default)]
pub(super) struct Groups {
    groups: BTreeMap<String, Vec<Said>>,
    /// Every cluster that our tags of any group have ever named.
    clusters: BTreeSet<String>,
    /// Groups of which somebody has deleted every tag of ours.
    wiped: BTreeSet<String>,
    /// Something may have changed since the tags were last read.
    changed: bool,
}

/// What the tags of a group said from a time on.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    from: Time,
    tags: Tags,
}

/// What the tags of a group say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tags {
    /// The cluster that the user has named.
    pub(super) cluster: Option<String>,
    /// The cluster in hook-keeper's mark.
    pub(super) mark: Option<String>,
    /// Whether drains begin.
    pub(super) drains: bool,
    pub(super) settings: DrainSettings,
    /// The heartbeat timeout that the hook should have.
    pub(super) heartbeat: Duration,
}

impl Tags {
    fn of(group: &GroupTruth<'_>, rules: &Rules) -> Self {
        let text = |tag: &str| group.tags.get(tag).copied();
        let cluster = text(tags::CLUSTER).filter(|name| is_name(name)).map(str::to_owned);
        let off = matches!(text(tags::MODE), Some("off" | "observe"));
        Self {
            drains: cluster.is_some() && !off,
            cluster,
            mark: text(tags::HOOK).and_then(|mark| mark.split('@').next()).map(str::to_owned),
            settings: rules.settings.overridden(text),
            heartbeat: rules.heartbeat_of(text(tags::HEARTBEAT)),
        }
    }

    /// The cluster in which the instances of the group are drained.
    pub(super) fn of_cluster(&self) -> Option<&str> {
        self.cluster.as_deref().or(self.mark.as_deref())
    }
}

/// Whether it may be the name of a cluster (API_CreateCluster).
fn is_name(text: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=255).contains(&text.len()) && text.chars().all(known)
}

impl Groups {
    /// Something may change what tags say.
    pub(super) fn change(&mut self) {
        self.changed = true;
    }

    /// Reads the tags again if something may have changed.
    pub(super) fn read(&mut self, now: Time, services: &Services, rules: &Rules) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        for (name, group) in services.truth().groups() {
            let tags = Tags::of(&group, rules);
            self.clusters.extend(tags.cluster.iter().chain(&tags.mark).cloned());
            let said = self.groups.entry(name.to_owned()).or_default();
            if tags.of_cluster().is_some() {
                self.wiped.remove(name);
            }
            if said.last().is_none_or(|last| last.tags != tags) {
                said.push(Said { from: now, tags });
            }
        }
    }

    /// What the tags say now, or said last.
    pub(super) fn last(&self, group: &str) -> Option<&Tags> {
        self.groups.get(group)?.last().map(|said| &said.tags)
    }

    /// All that the tags have said since `then`.
    pub(super) fn since(&self, group: &str, then: Time) -> impl Iterator<Item = &Tags> {
        let said = self.groups.get(group).map(Vec::as_slice).unwrap_or_default();
        let before = said.partition_point(|said| said.from <= then).saturating_sub(1);
        said.iter().skip(before).map(|said| &said.tags)
    }

    /// Somebody deletes every tag of ours from a group.
    pub(super) fn wipe(&mut self, group: &str) {
        self.wiped.insert(group.to_owned());
    }

    /// Whether somebody has deleted every tag of ours from a group, which leads nowhere then.
    pub(super) fn is_wiped(&self, group: &str) -> bool {
        self.wiped.contains(group)
    }

    /// The cluster in which instances of a group are drained, or were until the group opted out.
    pub(super) fn cluster_of(&self, group: &str) -> Option<&str> {
        if self.is_wiped(group) {
            return None;
        }
        let said = self.groups.get(group)?;
        said.iter().rev().find_map(|said| said.tags.of_cluster())
    }

    /// Whether our tags of a group that is there name this cluster.
    pub(super) fn name(&self, services: &Services, cluster: &str) -> bool {
        let names = |(name, said): (&String, &Vec<Said>)| {
            let last = said.last().and_then(|said| said.tags.of_cluster());
            last == Some(cluster) && services.truth().group(name).is_some()
        };
        self.groups.iter().any(names)
    }

    /// Whether a group has ever opted in.
    pub(super) fn has_opted_in(&self, group: &str) -> bool {
        let said = self.groups.get(group);
        said.is_some_and(|said| said.iter().any(|said| said.tags.of_cluster().is_some()))
    }

    /// Whether a group has ever opted in with this cluster.
    pub(super) fn is_named(&self, cluster: &str) -> bool {
        self.clusters.contains(cluster)
    }
}
