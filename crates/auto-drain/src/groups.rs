//! The groups that opted in, as one call read them: which cluster each belongs to, its members, and
//! the settings of its drains.

use std::collections::{BTreeMap, BTreeSet};

use aws::GroupMembers;
use aws_names::{ClusterName, GroupName, InstanceId};
use drain::opt_in::{GroupTags, Mode};
use drain::seen::{LifecycleState, Member};
use drain::settings::Settings;
use time::Duration;

use crate::Time;

/// How far reads may lag behind an event.
const LAG: Duration = drain::decide::BELIEVED_AFTER;

/// Groups by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Groups(BTreeMap<GroupName, Group>);

/// A group with its tags.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub tags: GroupTags,
    /// Its instances, without those of its warm pool.
    members: BTreeMap<InstanceId, LifecycleState>,
    has_warm_pool: bool,
    read_at: Time,
}

impl Group {
    /// The place of an instance in this group.
    pub fn member(&self, group: &GroupName, state: LifecycleState) -> Member {
        let settings = self.tags.drain_settings();
        Member { group: group.clone(), state, mode: self.tags.mode, settings }
    }

    /// Whether an instance may be held by a hook. Only DescribeWarmPool shows those of a warm pool.
    fn may_drain(&self) -> bool {
        self.has_warm_pool || self.members.values().any(LifecycleState::is_held)
    }
}

impl Groups {
    /// Groups as a call that began at `read_at` showed them. The settings of the installation hold
    /// where no tag overrides them.
    pub fn of(read: Vec<GroupMembers>, installation: &Settings, read_at: Time) -> Self {
        let resolved = |read: GroupMembers| {
            let GroupMembers { name, tags, members, has_warm_pool } = read;
            let tags = tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let tags = GroupTags::read(tags, installation);
            (name, Group { tags, members, has_warm_pool, read_at })
        };
        Self(read.into_iter().map(resolved).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&GroupName, &Group)> {
        self.0.iter()
    }

    /// The groups of a cluster.
    pub fn of_cluster(&self, cluster: &ClusterName) -> Self {
        let ours = self.0.iter().filter(|(_, group)| group.tags.cluster.as_ref() == Some(cluster));
        Self(ours.map(|(name, group)| (name.clone(), group.clone())).collect())
    }

    /// Whether a group of the cluster has our tags.
    pub fn has(&self, cluster: &ClusterName) -> bool {
        self.in_cluster(cluster).next().is_some()
    }

    /// Whether a group of the cluster is off, as one is whose cluster tag was deleted.
    pub fn is_off(&self, cluster: &ClusterName) -> bool {
        self.in_cluster(cluster).any(|group| group.tags.mode == Mode::Off)
    }

    /// Replaces the groups of a cluster.
    pub fn replace(&mut self, cluster: &ClusterName, groups: Self) {
        self.0.retain(|_, group| group.tags.cluster.as_ref() != Some(cluster));
        self.0.extend(groups.0);
    }

    pub fn clusters(&self) -> BTreeSet<&ClusterName> {
        self.0.values().filter_map(|group| group.tags.cluster.as_ref()).collect()
    }

    /// The cluster of a group.
    pub fn cluster_of(&self, group: &GroupName) -> Option<&ClusterName> {
        self.0.get(group)?.tags.cluster.as_ref()
    }

    /// The cluster of an instance.
    pub fn cluster_with(&self, instance: &InstanceId) -> Option<&ClusterName> {
        let group = self.0.values().find(|group| group.members.contains_key(instance));
        group?.tags.cluster.as_ref()
    }

    /// Whether a hook may hold an instance of the cluster.
    pub fn may_drain(&self, cluster: &ClusterName) -> bool {
        self.in_cluster(cluster).any(Group::may_drain)
    }

    /// Whether a hook holds an instance of any other cluster.
    pub fn drain_beside(&self, cluster: &ClusterName) -> bool {
        let other =
            |group: &&Group| group.tags.cluster.as_ref().is_some_and(|other| other != cluster);
        let mut others = self.0.values().filter(other);
        others.any(|group| group.members.values().any(LifecycleState::is_held))
    }

    /// Whether tasks that die with this instance of the cluster are counted. An instance that its group
    /// no longer shows may have been in any of them.
    pub fn observe(&self, cluster: &ClusterName, instance: Option<&InstanceId>) -> bool {
        let has = |group: &&Group| instance.is_some_and(|id| group.members.contains_key(id));
        let observed = |group: &Group| group.tags.mode != Mode::Off;
        let own = self.in_cluster(cluster).find(has);
        own.map_or_else(|| self.in_cluster(cluster).any(observed), observed)
    }

    /// Whether an event of this time may report what was read too early to be here.
    pub fn are_older(&self, cluster: &ClusterName, at: Option<Time>) -> bool {
        at.is_none_or(|at| self.in_cluster(cluster).any(|group| group.read_at < at + LAG))
    }

    /// Whether the schedule alone reconciles often enough for every group. It reconciles no cluster
    /// without one.
    pub fn schedule_is_enough(&self) -> bool {
        !self.0.is_empty()
            && self.0.values().all(|group| group.tags.drain_settings().schedule_is_enough())
    }

    pub fn with_warm_pool(&self) -> Vec<GroupName> {
        let pooled = self.0.iter().filter(|(_, group)| group.has_warm_pool);
        pooled.map(|(name, _)| name.clone()).collect()
    }

    /// The places of all members, without those of warm pools.
    pub fn members(&self) -> BTreeMap<InstanceId, Member> {
        let of_group = |(name, group): (&GroupName, &Group)| -> Vec<(InstanceId, Member)> {
            let members = group.members.iter();
            members.map(|(id, state)| (id.clone(), group.member(name, state.clone()))).collect()
        };
        self.0.iter().flat_map(of_group).collect()
    }

    pub fn get(&self, group: &GroupName) -> Option<&Group> {
        self.0.get(group)
    }

    fn in_cluster(&self, cluster: &ClusterName) -> impl Iterator<Item = &Group> {
        self.0.values().filter(move |group| group.tags.cluster.as_ref() == Some(cluster))
    }
}
