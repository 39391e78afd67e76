//! The true state of groups and instances, whether or not an API shows it.

use std::collections::BTreeMap;

use super::AutoScaling;
use super::action::{Action, Hook};
use super::model::{Deletion, Instance};
use super::state::LifecycleState;
use crate::arena::InstanceKey;
use crate::ecs::{ContainerTruth, Ecs, TaskTruth};
use region_core::Time;

/// An EC2 instance, ended ones included.
#[derive(Debug, Clone)]
pub struct InstanceTruth<'a> {
    /// The EC2 id.
    pub id: &'a str,
    /// Its group's name.
    pub group: &'a str,
    /// Its availability zone.
    pub zone: &'a str,
    /// Where it is in its lifecycle.
    pub state: LifecycleState,
    /// When it was launched.
    pub launched_at: Time,
    /// When the machine ended, and everything on it.
    pub terminated_at: Option<Time>,
    /// When its last container so far stopped, by itself or with the machine.
    pub last_container_stop: Option<Time>,
    /// Every lifecycle action it ever had, oldest first.
    pub actions: &'a [Action],
    ecs: &'a Ecs,
    key: InstanceKey,
}

#[derive(Debug, Clone)]
pub struct GroupTruth<'a> {
    /// Its desired capacity.
    pub desired: usize,
    /// Its minimum size.
    pub min: usize,
    /// Its maximum size.
    pub max: usize,
    /// The values of its tags.
    pub tags: BTreeMap<&'a str, &'a str>,
    /// Its lifecycle hooks, by name.
    pub hooks: &'a BTreeMap<String, Hook>,
    /// Whether its deletion has begun.
    pub deleting: bool,
}

impl AutoScaling {
    /// Every instance ever launched, oldest first.
    pub(crate) fn instances_truth<'a>(
        &'a self,
        ecs: &'a Ecs,
    ) -> impl Iterator<Item = InstanceTruth<'a>> {
        self.instances.iter().map(move |(key, instance)| self.instance_truth(ecs, key, instance))
    }

    /// The instance of that EC2 id.
    pub(crate) fn instance_truth_of<'a>(
        &'a self,
        ecs: &'a Ecs,
        id: &str,
    ) -> Option<InstanceTruth<'a>> {
        let key = self.instance_named(id).ok()?;
        Some(self.instance_truth(ecs, key, &self.instances[key]))
    }

    fn instance_truth<'a>(
        &'a self,
        ecs: &'a Ecs,
        key: InstanceKey,
        instance: &'a Instance,
    ) -> InstanceTruth<'a> {
        InstanceTruth {
            id: &instance.id,
            group: &self.groups[instance.group].name,
            zone: &instance.zone,
            state: instance.state,
            launched_at: instance.launched_at,
            terminated_at: instance.terminated_at,
            last_container_stop: ecs.last_container_stop(key),
            actions: &instance.actions,
            ecs,
            key,
        }
    }

    /// Every group that exists, with its name.
    pub(crate) fn groups_truth(&self) -> impl Iterator<Item = (&str, GroupTruth<'_>)> {
        let mut names: Vec<&str> = self.group_names.keys().map(String::as_str).collect();
        names.sort_unstable();
        names.into_iter().filter_map(|name| Some((name, self.group_truth(name)?)))
    }

    /// The group of that name.
    pub(crate) fn group_truth(&self, name: &str) -> Option<GroupTruth<'_>> {
        let group = &self.groups[self.group_named(name).ok()?];
        Some(GroupTruth {
            desired: group.desired,
            min: group.min,
            max: group.max,
            tags: group.tags.iter().map(|(key, tag)| (key.as_str(), tag.value.as_str())).collect(),
            hooks: &group.hooks,
            deleting: group.deletion != Deletion::None,
        })
    }
}

impl<'a> InstanceTruth<'a> {
    /// Its registrations, oldest first.
    pub fn containers(&self) -> impl Iterator<Item = ContainerTruth<'a>> + use<'a> {
        self.ecs.containers_truth(self.key)
    }

    /// Every task ever placed on it.
    pub fn tasks(&self) -> impl Iterator<Item = TaskTruth<'a>> + use<'a> {
        self.ecs.tasks_truth(self.key)
    }

    /// The tasks that were running when the machine ended.
    pub fn cut_short(&self) -> impl Iterator<Item = TaskTruth<'a>> + use<'a> {
        self.tasks().filter(|task| task.cut_short)
    }
}
