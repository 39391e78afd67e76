//! Groups: made, and kept at their desired capacity.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use time::Duration;

use super::activities::{IN_PROGRESS, group_arn};
use super::model::{Errand, Group, Hook, HookResult, Instance, LifecycleState, Tag};
use crate::Services;
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Due;
use crate::control::{CreateGroup, PutLifecycleHook, UpdateGroup};
use crate::trail::Trail;
use region_core::api::ApiError;

/// Auto Scaling's code for nearly everything it refuses.
pub(super) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

impl super::AutoScaling {
    /// The group of that name.
    ///
    /// # Errors
    /// `ValidationError`.
    pub(crate) fn group_named(&self, name: &str) -> Result<GroupKey, ApiError> {
        let group = self.group_names.get(name).copied();
        group.ok_or_else(|| {
            let text =
                format!("AutoScalingGroup name not found - AutoScalingGroup '{name}' not found");
            validation(text)
        })
    }
}

impl Services {
    /// Make a group, its cluster if need be, and its first instances.
    ///
    /// # Errors
    /// When the name is taken, or the sizes are not in order.
    pub(crate) fn create_group(&mut self, order: CreateGroup) -> Result<GroupKey, ApiError> {
        if self.auto_scaling.group_names.contains_key(&order.name) {
            let text = format!("AutoScalingGroup by this name already exists - {}", order.name);
            return Err(ApiError::client("AlreadyExists", text));
        }
        if order.min > order.desired || order.desired > order.max || order.zones.is_empty() {
            return Err(validation(
                "min, desired and max must be in order, with at least one zone",
            ));
        }
        self.create_cluster(&order.cluster);
        let uuid = self.context.uuid();
        let key = self.auto_scaling.groups.add(Group {
            arn: group_arn(&uuid, &order.name),
            name: order.name.clone(),
            cluster: order.cluster,
            created_at: self.context.now,
            desired: order.desired,
            min: order.min,
            max: order.max,
            zones: order.zones,
            cpu: order.cpu,
            memory: order.memory,
            boot_seconds: order.boot_seconds,
            registration_seconds: order.registration_seconds,
            reuse_on_scale_in: order.reuse_on_scale_in,
            retain_on_abandon: order.retain_on_abandon,
            warmup_seconds: order.default_instance_warmup,
            tags: order.tags.into_iter().map(|(key, value)| (key, Tag::own(value))).collect(),
            trail: Trail::default(),
            hooks: BTreeMap::new(),
            members: Vec::new(),
            activities: Vec::new(),
        });
        self.auto_scaling.group_names.insert(order.name, key);
        for _ in 0..order.desired {
            self.launch(key, order.ready);
        }
        Ok(key)
    }

    /// Change a group's bounds or tags. Desired capacity follows its bounds
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>).
    ///
    /// # Errors
    /// If the group does not exist, or its bounds would not be in order.
    pub(crate) fn update_group(&mut self, order: UpdateGroup) -> Result<(), ApiError> {
        let key = self.group_named(&order.name)?;
        let group = &mut self.auto_scaling.groups[key];
        let (min, max) = (order.min.unwrap_or(group.min), order.max.unwrap_or(group.max));
        if min > max {
            return Err(validation(format!("Max bound, {max}, must be at least min bound, {min}")));
        }
        (group.min, group.max) = (min, max);
        group.desired = group.desired.clamp(min, max);
        group.tags.extend(order.tags.into_iter().map(|(key, value)| (key, Tag::own(value))));
        self.reconcile(key);
        Ok(())
    }

    /// Make or change a terminating hook.
    ///
    /// # Errors
    /// If the group does not exist, or the heartbeat is not 30 to 7,200 seconds
    /// (API_PutLifecycleHook).
    pub(crate) fn put_hook(&mut self, order: PutLifecycleHook) -> Result<(), ApiError> {
        let group = self.group_named(&order.group)?;
        if !(30..=7200).contains(&order.heartbeat_seconds) {
            return Err(validation("Heartbeat timeout must be between 30 and 7200 seconds"));
        }
        let hook = Hook {
            name: order.name.clone(),
            heartbeat_seconds: order.heartbeat_seconds,
            default_result: order.default_result,
            topic_arn: order.topic_arn,
            metadata: order.metadata,
        };
        self.tell_of_hook(group, &hook);
        self.auto_scaling.groups[group].hooks.insert(order.name, hook);
        Ok(())
    }

    /// Remove a hook; what it holds goes on, as after a CONTINUE (API_DeleteLifecycleHook).
    ///
    /// # Errors
    /// When there is no such group or hook.
    pub(crate) fn delete_hook(&mut self, group: &str, name: &str) -> Result<(), ApiError> {
        let key = self.group_named(group)?;
        let group = &mut self.auto_scaling.groups[key];
        if group.hooks.remove(name).is_none() {
            return Err(validation(format!("Lifecycle Hook {name} not found")));
        }
        for member in group.members.clone() {
            let actions = &self.auto_scaling.instances[member].actions;
            let held = actions.iter().position(|a| a.ended.is_none() && a.hook == name);
            if let Some(place) = held {
                self.complete((member, place), HookResult::Continue);
            }
        }
        Ok(())
    }

    /// Change the desired capacity and act on it.
    ///
    /// # Errors
    /// If the group does not exist, or the capacity is below its minimum or above its maximum.
    pub(crate) fn set_desired(&mut self, name: &str, desired: usize) -> Result<(), ApiError> {
        let key = self.group_named(name)?;
        let group = &mut self.auto_scaling.groups[key];
        let bound = if desired < group.min {
            Some(("below min", group.min))
        } else if desired > group.max {
            Some(("above max", group.max))
        } else {
            None
        };
        if let Some((side, bound)) = bound {
            return Err(validation(format!(
                "New SetDesiredCapacity value {desired} is {side} value {bound} for the \
                 AutoScalingGroup."
            )));
        }
        group.desired = desired;
        self.reconcile(key);
        Ok(())
    }

    /// Launch what is missing, warm instances first, and end what is too much.
    pub(crate) fn reconcile(&mut self, key: GroupKey) {
        let group = &self.auto_scaling.groups[key];
        let states = || group.members.iter().map(|m| self.auto_scaling.instances[*m].state);
        let count = states().filter(|state| state.counts()).count();
        let desired = group.desired;
        for _ in count..desired {
            match self.warm_one(key) {
                Some(instance) => self.return_from_warm_pool(instance),
                None => {
                    self.launch(key, false);
                }
            }
        }
        let errand = match self.auto_scaling.groups[key].reuse_on_scale_in {
            true => Errand::Warm,
            false => Errand::Terminate,
        };
        for _ in desired..count {
            let Some(victim) = self.victim(key) else { return };
            self.begin(
                victim,
                errand,
                "an instance was taken out of service to shrink the capacity.",
            );
        }
    }

    fn warm_one(&self, key: GroupKey) -> Option<InstanceKey> {
        let mut members = self.auto_scaling.groups[key].members.iter().copied();
        members.find(|m| self.auto_scaling.instances[*m].state == LifecycleState::WarmedStopped)
    }

    /// The oldest instance in service of the zone that has most.
    fn victim(&self, key: GroupKey) -> Option<InstanceKey> {
        let members = self.auto_scaling.groups[key].members.iter().copied();
        let eligible: Vec<_> = members
            .filter(|m| {
                let state = self.auto_scaling.instances[*m].state;
                matches!(state, LifecycleState::InService | LifecycleState::Pending)
            })
            .collect();
        let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
        for member in &eligible {
            *zones.entry(&self.auto_scaling.instances[*member].zone).or_default() += 1;
        }
        eligible.into_iter().min_by_key(|member| {
            let machine = &self.auto_scaling.instances[*member];
            (Reverse(zones.get(machine.zone.as_str()).copied()), machine.launched_at, *member)
        })
    }

    /// Launch one instance in the emptiest zone.
    pub(super) fn launch(&mut self, key: GroupKey, ready: bool) -> InstanceKey {
        let id = self.context.ec2_id();
        let group = &self.auto_scaling.groups[key];
        let here = |zone: &String| {
            let members = group.members.iter().map(|m| &self.auto_scaling.instances[*m]);
            members.filter(|machine| machine.state.counts() && machine.zone == *zone).count()
        };
        let zone = group.zones.iter().min_by_key(|zone| here(zone)).cloned().unwrap_or_default();
        let (boot, register) = (group.boot_seconds, group.registration_seconds);
        let cluster = group.cluster.clone();
        let instance = self.auto_scaling.instances.add(Instance {
            id: id.clone(),
            group: key,
            zone,
            cpu: group.cpu,
            memory: group.memory,
            state: LifecycleState::Pending,
            healthy: true,
            on: true,
            launched_at: self.context.now,
            warming_since: None,
            terminated_at: None,
            last_container_stop: None,
            containers: Vec::new(),
            errand: Errand::Terminate,
            actions: Vec::new(),
            run: 0,
            activity: None,
            trail: Trail::default(),
        });
        self.auto_scaling.instance_ids.insert(id, instance);
        self.auto_scaling.groups[key].members.push(instance);
        let cause = "an instance was started to reach the desired capacity.";
        self.begin_activity(instance, "Launching a new", cause);
        if ready {
            self.in_service(instance);
            self.auto_scaling.instances[instance].warming_since = None;
            let container = self.register(instance, &cluster, true);
            // It has been warm for long, so it registered long ago.
            self.ecs.containers[container].registered_at = self.context.now - Duration::HOUR;
        } else {
            self.mark_activity(instance, IN_PROGRESS);
            self.context.after(boot, Due::InService(instance));
            self.context.after(boot + register, Due::Agent(instance));
        }
        instance
    }

    pub(crate) fn group_named(&self, name: &str) -> Result<GroupKey, ApiError> {
        self.auto_scaling.group_named(name)
    }

    /// The EC2 instance of that id.
    ///
    /// # Errors
    /// `ValidationError`, as for an instance of no group.
    pub(crate) fn instance_named(&self, id: &str) -> Result<InstanceKey, ApiError> {
        let instance = self.auto_scaling.instance_ids.get(id).copied();
        instance.ok_or_else(|| {
            validation(format!(
                "Instance Id not found - No managed instance found for instance ID: {id}"
            ))
        })
    }
}
