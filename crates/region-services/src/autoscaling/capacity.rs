//! Groups: made, and kept at their desired capacity.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::AutoScaling;
use super::activities::{IN_PROGRESS, group_arn};
use super::due::Due;
use super::model::{Errand, Group, Hook, HookResult, Instance, LifecycleState, Tag};
use super::parameters::{CreateGroup, PutLifecycleHook, UpdateGroup};
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use crate::ecs::Ecs;
use crate::trail::Trail;
use region_core::api::ApiError;

/// Auto Scaling's code for nearly everything it refuses.
pub(super) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

impl AutoScaling {
    /// Make a group, its cluster if need be, and its first instances, whose ids are returned.
    ///
    /// # Errors
    /// When the name is taken, or the sizes are not in order.
    pub(crate) fn create_group(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        order: CreateGroup,
    ) -> Result<Vec<String>, ApiError> {
        if self.group_names.contains_key(&order.name) {
            let text = format!("AutoScalingGroup by this name already exists - {}", order.name);
            return Err(ApiError::client("AlreadyExists", text));
        }
        if order.min > order.desired || order.desired > order.max || order.zones.is_empty() {
            return Err(validation(
                "min, desired and max must be in order, with at least one zone",
            ));
        }
        ecs.create_cluster(&order.cluster);
        let uuid = context.uuid();
        let key = self.groups.add(Group {
            arn: group_arn(&uuid, &order.name),
            name: order.name.clone(),
            cluster: order.cluster,
            created_at: context.now,
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
        self.group_names.insert(order.name, key);
        for _ in 0..order.desired {
            self.launch(context, ecs, key, order.ready);
        }
        let members = self.groups[key].members.iter();
        Ok(members.map(|member| self.instances[*member].id.clone()).collect())
    }

    /// Change a group's bounds or tags. Desired capacity follows its bounds
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>).
    ///
    /// # Errors
    /// If the group does not exist, or its bounds would not be in order.
    pub(crate) fn update_group(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        order: UpdateGroup,
    ) -> Result<(), ApiError> {
        let key = self.group_named(&order.name)?;
        let group = &mut self.groups[key];
        let (min, max) = (order.min.unwrap_or(group.min), order.max.unwrap_or(group.max));
        if min > max {
            return Err(validation(format!("Max bound, {max}, must be at least min bound, {min}")));
        }
        (group.min, group.max) = (min, max);
        group.desired = group.desired.clamp(min, max);
        group.tags.extend(order.tags.into_iter().map(|(key, value)| (key, Tag::own(value))));
        self.reconcile(context, ecs, key);
        Ok(())
    }

    /// Make or change a terminating hook.
    ///
    /// # Errors
    /// If the group does not exist, or the heartbeat is not 30 to 7,200 seconds
    /// (API_PutLifecycleHook).
    pub(crate) fn put_hook(
        &mut self,
        context: &mut Context,
        order: PutLifecycleHook,
    ) -> Result<(), ApiError> {
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
        self.tell_of_hook(context, group, &hook);
        self.groups[group].hooks.insert(order.name, hook);
        Ok(())
    }

    /// Remove a hook; what it holds goes on, as after a CONTINUE (API_DeleteLifecycleHook).
    ///
    /// # Errors
    /// When there is no such group or hook.
    pub(crate) fn delete_hook(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        group: &str,
        name: &str,
    ) -> Result<(), ApiError> {
        let key = self.group_named(group)?;
        let group = &mut self.groups[key];
        if group.hooks.remove(name).is_none() {
            return Err(validation(format!("Lifecycle Hook {name} not found")));
        }
        for member in group.members.clone() {
            let actions = &self.instances[member].actions;
            let held = actions.iter().position(|a| a.ended.is_none() && a.hook == name);
            if let Some(place) = held {
                self.complete(context, ecs, (member, place), HookResult::Continue);
            }
        }
        Ok(())
    }

    /// Change the desired capacity and act on it.
    ///
    /// # Errors
    /// If the group does not exist, or the capacity is below its minimum or above its maximum.
    pub(crate) fn set_desired(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        name: &str,
        desired: usize,
    ) -> Result<(), ApiError> {
        let key = self.group_named(name)?;
        let group = &mut self.groups[key];
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
        self.reconcile(context, ecs, key);
        Ok(())
    }

    /// Launch what is missing, warm instances first, and end what is too much.
    pub(crate) fn reconcile(&mut self, context: &mut Context, ecs: &mut Ecs, key: GroupKey) {
        let group = &self.groups[key];
        let states = || group.members.iter().map(|m| self.instances[*m].state);
        let count = states().filter(|state| state.counts()).count();
        let desired = group.desired;
        for _ in count..desired {
            match self.warm_one(key) {
                Some(instance) => self.return_from_warm_pool(context, instance),
                None => {
                    self.launch(context, ecs, key, false);
                }
            }
        }
        let errand = match self.groups[key].reuse_on_scale_in {
            true => Errand::Warm,
            false => Errand::Terminate,
        };
        for _ in desired..count {
            let Some(victim) = self.victim(key) else { return };
            self.begin(
                context,
                ecs,
                victim,
                errand,
                "an instance was taken out of service to shrink the capacity.",
            );
        }
    }

    fn warm_one(&self, key: GroupKey) -> Option<InstanceKey> {
        let mut members = self.groups[key].members.iter().copied();
        members.find(|m| self.instances[*m].state == LifecycleState::WarmedStopped)
    }

    /// The oldest instance in service of the zone that has most.
    fn victim(&self, key: GroupKey) -> Option<InstanceKey> {
        let members = self.groups[key].members.iter().copied();
        let eligible: Vec<_> = members
            .filter(|m| {
                let state = self.instances[*m].state;
                matches!(state, LifecycleState::InService | LifecycleState::Pending)
            })
            .collect();
        let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
        for member in &eligible {
            *zones.entry(&self.instances[*member].zone).or_default() += 1;
        }
        eligible.into_iter().min_by_key(|member| {
            let machine = &self.instances[*member];
            (Reverse(zones.get(machine.zone.as_str()).copied()), machine.launched_at, *member)
        })
    }

    /// Launch one instance in the emptiest zone.
    pub(super) fn launch(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        key: GroupKey,
        ready: bool,
    ) -> InstanceKey {
        let id = context.ec2_id();
        let group = &self.groups[key];
        let here = |zone: &String| {
            let members = group.members.iter().map(|m| &self.instances[*m]);
            members.filter(|machine| machine.state.counts() && machine.zone == *zone).count()
        };
        let zone = group.zones.iter().min_by_key(|zone| here(zone)).cloned().unwrap_or_default();
        let (boot, register) = (group.boot_seconds, group.registration_seconds);
        let cluster = group.cluster.clone();
        let instance = self.instances.add(Instance {
            id: id.clone(),
            group: key,
            zone,
            cpu: group.cpu,
            memory: group.memory,
            state: LifecycleState::Pending,
            healthy: true,
            on: true,
            launched_at: context.now,
            warming_since: None,
            terminated_at: None,
            errand: Errand::Terminate,
            actions: Vec::new(),
            run: 0,
            activity: None,
            trail: Trail::default(),
        });
        self.instance_ids.insert(id, instance);
        self.groups[key].members.push(instance);
        let cause = "an instance was started to reach the desired capacity.";
        self.begin_activity(context, instance, "Launching a new", cause);
        if ready {
            self.in_service(context, instance);
            self.instances[instance].warming_since = None;
            ecs.register_warm(context, self.machine(instance), &cluster);
        } else {
            self.mark_activity(context, instance, IN_PROGRESS);
            context.after(boot, Due::InService(instance));
            context.after(boot + register, Due::Agent(instance));
        }
        instance
    }

    pub(crate) fn group(&self, key: GroupKey) -> &Group {
        &self.groups[key]
    }

    /// The instances of a group that are not yet Terminated, oldest first.
    pub(crate) fn members(&self, key: GroupKey) -> impl Iterator<Item = &Instance> {
        self.groups[key].members.iter().map(|member| &self.instances[*member])
    }

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

    /// The EC2 instance of that id.
    ///
    /// # Errors
    /// `ValidationError`, as for an instance of no group.
    pub(crate) fn instance_named(&self, id: &str) -> Result<InstanceKey, ApiError> {
        let instance = self.instance_ids.get(id).copied();
        instance.ok_or_else(|| {
            validation(format!(
                "Instance Id not found - No managed instance found for instance ID: {id}"
            ))
        })
    }
}
