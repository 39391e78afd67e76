//! Checks that the hooks of groups follow their tags.

use std::collections::{BTreeMap, BTreeSet};

use region::Time;
use region::services::{Control, GroupTruth, Services};
use serde_json::json;

use super::groups::{Groups, Tags};
use super::instances::{calm_since, is_held};
use super::{Invariant, Rules, Violation};

/// The groups whose hook is not what their tags ask for.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    since: BTreeMap<String, Time>,
    reported: BTreeSet<String>,
    /// Groups whose hook somebody else has changed or deleted. Their tags do not show it, so it is
    /// found when it is their turn, within hours.
    changed: BTreeSet<String>,
}

impl Hooks {
    /// Somebody else changes or deletes a hook.
    pub(super) fn control(&mut self, rules: &Rules, control: &Control) {
        let (group, name) = match control {
            Control::DeleteLifecycleHook(group, name) => (group, name),
            Control::PutLifecycleHook(hook) => (&hook.group, &hook.name),
            _ => return,
        };
        if *name == rules.hook {
            self.changed.insert(group.clone());
        }
    }

    pub(super) fn check(
        &mut self,
        now: Time,
        services: &Services,
        groups: &Groups,
        rules: &Rules,
        last_fault: Option<Time>,
        violations: &mut Vec<Violation>,
    ) {
        let truth = services.truth();
        for (name, group) in truth.groups() {
            let follows = groups.last(name).is_none_or(|tags| follows(&group, tags, rules));
            if follows {
                self.since.remove(name);
                self.changed.remove(name);
                continue;
            }
            // The change has to wait for the last instance that is held.
            let mut instances = truth.instances().filter(|instance| instance.group == name);
            if instances.any(|instance| is_held(instance.state)) {
                self.since.insert(name.to_owned(), now);
            }
            let since = *self.since.entry(name.to_owned()).or_insert(now);
            let waits = now - calm_since(since, last_fault) <= rules.patience;
            // Without any tag, nothing leads to the hook.
            if waits || self.changed.contains(name) || groups.is_wiped(name) {
                continue;
            }
            if self.reported.insert(name.to_owned()) {
                let what = format!("the hook of {name} is not what its tags say since {since}");
                violations.push(Violation { at: now, invariant: Invariant::HookFollowsTags, what });
            }
        }
    }
}

fn follows(group: &GroupTruth<'_>, tags: &Tags, rules: &Rules) -> bool {
    let hook = group.hooks.get(&rules.hook);
    if group.deleting {
        return true;
    }
    let Some(hook) = hook else { return !tags.drains };
    let heartbeat = u64::try_from(tags.heartbeat.whole_seconds()).unwrap_or_default();
    let cluster = tags.cluster.as_ref().map(|cluster| json!({ "cluster": cluster }).to_string());
    tags.drains
        && hook.topic_arn.as_ref() == Some(&rules.lifecycle_topic)
        && hook.heartbeat_seconds == heartbeat
        && hook.metadata == cluster
}
