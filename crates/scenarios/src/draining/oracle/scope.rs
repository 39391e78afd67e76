//! Checks that a call changes only what has opted in, and only our hook.

use region::Time;
use region::api::Call;
use region::services::Services;
use serde_json::Value;
use time::Duration;

use super::groups::Groups;
use super::instances::{Instances, ago, is_held};
use super::rules::tags;
use super::{Invariant, Rules};

/// The longest time from the read that shows no held instance to the change of the hook, with the
/// lag of the read.
const READ_BEFORE: Duration = Duration::seconds(60);

/// What the oracle knows when a function makes a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) now: Time,
    pub(super) rules: &'a Rules,
    pub(super) groups: &'a Groups,
    pub(super) instances: &'a Instances,
    pub(super) services: &'a Services,
}

type Found = Vec<(Invariant, String)>;

impl Scope<'_> {
    /// What the call violates if it is carried out.
    pub(super) fn violated_by(self, call: &Call) -> Found {
        let text = |name: &str| call.input.get(name).and_then(Value::as_str).unwrap_or_default();
        match call.operation.as_str() {
            "UpdateContainerInstancesState"
            | "PutAttributes"
            | "DeleteAttributes"
            | "DeregisterContainerInstance"
            | "StopTask" => self.of_cluster(call, text("cluster")),
            "CompleteLifecycleAction" | "RecordLifecycleActionHeartbeat" => {
                self.of_hook(call, text("AutoScalingGroupName"), text("LifecycleHookName"))
            }
            "PutLifecycleHook" | "DeleteLifecycleHook" => {
                let group = text("AutoScalingGroupName");
                let mut found = self.of_hook(call, group, text("LifecycleHookName"));
                found.extend(self.held(call, group));
                found
            }
            "CreateOrUpdateTags" | "DeleteTags" => {
                let given = call.input.get("Tags").and_then(Value::as_array);
                given.into_iter().flatten().flat_map(|tag| self.of_tag(call, tag)).collect()
            }
            _ => Found::new(),
        }
    }

    fn of_cluster(self, call: &Call, cluster: &str) -> Found {
        let input = call.input.to_string();
        let truth = self.services.truth();
        let named = truth.instances().filter(|instance| {
            instance.containers().any(|container| input.contains(container.arn))
        });
        let foreign = named.filter(|instance| !self.groups.has_opted_in(instance.group));
        let mut found: Found = foreign.map(|instance| not_opted_in(call, instance.group)).collect();
        if !self.groups.is_named(cluster) {
            found.push(not_opted_in(call, cluster));
        }
        found
    }

    fn of_hook(self, call: &Call, group: &str, hook: &str) -> Found {
        let mut found = Found::new();
        if !self.groups.has_opted_in(group) {
            found.push(not_opted_in(call, group));
        }
        if hook != self.rules.hook {
            let what = format!("{} of {hook} on {group}", call.operation);
            found.push((Invariant::LeavesOtherHooks, what));
        }
        found
    }

    fn of_tag(self, call: &Call, tag: &Value) -> Found {
        let text = |name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default();
        let (group, key) = (text("ResourceId"), text("Key"));
        let mut found = Found::new();
        if !self.groups.has_opted_in(group) {
            found.push(not_opted_in(call, group));
        }
        if key != tags::HOOK {
            let what = format!("{} of {key} on {group}", call.operation);
            found.push((Invariant::LeavesOtherTags, what));
        }
        found
    }

    /// Our hook must not change or vanish while it has held an instance for long, unless its
    /// notifications go elsewhere.
    fn held(self, call: &Call, group: &str) -> Option<(Invariant, String)> {
        let truth = self.services.truth();
        let hook = truth.group(group)?.hooks.get(&self.rules.hook)?.clone();
        if hook.topic_arn.as_ref() != Some(&self.rules.lifecycle_topic) {
            return None;
        }
        let held = |id: &str| ago(self.now, self.instances.of(id).held_from);
        let mut instances = truth.instances().filter(|instance| instance.group == group);
        let instance = instances.find(|instance| {
            let held = held(instance.id);
            is_held(instance.state) && held > READ_BEFORE && held < Duration::MAX
        })?;
        let what = format!("{} while {} is held", call.operation, instance.id);
        Some((Invariant::KeepsHookWhileHeld, what))
    }
}

fn not_opted_in(call: &Call, what: &str) -> (Invariant, String) {
    let what = format!("{} in {what}, which has not opted in", call.operation);
    (Invariant::ChangesOnlyWhatHasOptedIn, what)
}
