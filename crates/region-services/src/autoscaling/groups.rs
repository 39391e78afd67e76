//! Groups: made, changed and found.

use std::collections::BTreeMap;

use super::AutoScaling;
use super::activities::group_arn;
use super::error::validation;
use super::model::{Deletion, Group, Instance, Tag};
use super::parameters::{CreateGroup, UpdateGroup};
use super::state::LifecycleState;
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use crate::ecs::{Ecs, Machine};
use region_core::Time;
use region_core::api::ApiError;
use region_core::trail::Trail;
use region_core::wording::seconds;

impl AutoScaling {
    /// Make a group, its cluster if need be, and its first instances, whose ids are returned.
    ///
    /// # Errors
    /// The name is taken, or the sizes contradict each other.
    pub(crate) fn create_group(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        request: CreateGroup,
    ) -> Result<Vec<String>, ApiError> {
        if self.group_names.contains_key(&request.name) {
            let text = format!("AutoScalingGroup by this name already exists - {}", request.name);
            return Err(ApiError::client("AlreadyExists", text));
        }
        if request.min > request.desired
            || request.desired > request.max
            || request.zones.is_empty()
        {
            return Err(validation(
                "min, desired and max must be in order, with at least one zone",
            ));
        }
        ecs.create_cluster(&request.cluster);
        let uuid = context.uuid();
        let key = self.groups.add(Group {
            arn: group_arn(&uuid, &request.name),
            name: request.name.clone(),
            cluster: request.cluster,
            created_at: context.now,
            desired: request.desired,
            min: request.min,
            max: request.max,
            zones: request.zones,
            cpu: request.cpu,
            memory: request.memory,
            boot_seconds: request.boot_seconds,
            registration_seconds: request.registration_seconds,
            reuse_on_scale_in: request.reuse_on_scale_in,
            retain_on_abandon: request.retain_on_abandon,
            detailed_monitoring: request.detailed_monitoring,
            warmup_seconds: request.default_instance_warmup,
            tags: request.tags.into_iter().map(|(key, value)| (key, Tag::own(value))).collect(),
            trail: Trail::default(),
            deletion: Deletion::None,
            hooks: BTreeMap::new(),
            members: Vec::new(),
            activities: Vec::new(),
        });
        self.group_names.insert(request.name, key);
        for _ in 0..request.desired {
            self.launch(context, ecs, key, request.ready);
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
        request: UpdateGroup,
    ) -> Result<(), ApiError> {
        let key = self.group_named(&request.name)?;
        let group = &mut self.groups[key];
        let (min, max) = (request.min.unwrap_or(group.min), request.max.unwrap_or(group.max));
        if min > max {
            return Err(validation(format!("Max bound, {max}, must be at least min bound, {min}")));
        }
        (group.min, group.max) = (min, max);
        group.desired = group.desired.clamp(min, max);
        group.tags.extend(request.tags.into_iter().map(|(key, value)| (key, Tag::own(value))));
        group.tags.retain(|key, _| !request.remove_tags.contains(key));
        self.reconcile(context, ecs, key);
        Ok(())
    }

    /// Whether the CPU utilization of a group's instances is measured every minute.
    pub(crate) fn has_detailed_monitoring(&self, key: GroupKey) -> bool {
        self.groups[key].detailed_monitoring
    }

    /// The groups with detailed monitoring, each with its instances in service whose
    /// DefaultInstanceWarmup is over: others do not count in the metrics of their group
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html>).
    pub(crate) fn monitored(&self, now: Time) -> impl Iterator<Item = (&str, Vec<Machine<'_>>)> {
        let groups = self.groups.iter().map(|(_, group)| group);
        let groups = groups.filter(|group| group.detailed_monitoring);
        groups.map(move |group| {
            let warmup = seconds(group.warmup_seconds.unwrap_or(0));
            let warm = move |instance: &Instance| {
                instance.state == LifecycleState::InService
                    && instance.warming_since.is_none_or(|since| since + warmup <= now)
            };
            let members = group.members.iter().copied();
            let members = members.filter(move |member| warm(&self.instances[*member]));
            (group.name.as_str(), members.map(|member| self.machine(member)).collect())
        })
    }

    /// The instances of a group that are in service.
    pub(crate) fn serving(&self, key: GroupKey) -> impl Iterator<Item = InstanceKey> {
        let members = self.groups[key].members.iter().copied();
        members.filter(|member| self.instances[*member].state == LifecycleState::InService)
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
