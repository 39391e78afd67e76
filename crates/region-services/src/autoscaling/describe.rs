//! The reads of Auto Scaling, which may show what was true a while ago.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::AutoScaling;
use super::action::Hook;
use super::error::{needed, validation};
use super::filters::TagFilter;
use super::model::{COOLDOWN_SECONDS, Deletion, Group, Instance, Tag};
use super::pages::{cut, paged};
use super::state::LifecycleState;
use super::tags::show_tag;
use crate::arena::Key as _;
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{flag, number, texts};
use region_core::wording::{put, rfc3339};

/// The most names of groups in a call that asks for no larger page.
const NAMES: usize = 50;

/// The most instances on a page of DescribeAutoScalingInstances and DescribeWarmPool.
const INSTANCES_PAGE: i64 = 50;

/// The most hooks named in a call of DescribeLifecycleHooks.
const HOOKS: usize = 50;

/// # Errors
/// When the call asks for more instances than fit on a page.
fn small_page(input: &Value) -> Result<(), ApiError> {
    if number(input, "MaxRecords").is_some_and(|asked| asked > INSTANCES_PAGE) {
        return Err(validation(format!("MaxRecords must be at most {INSTANCES_PAGE}")));
    }
    Ok(())
}

fn show_hook(group: &Group, hook: &Hook) -> Value {
    let mut shown = json!({
        "LifecycleHookName": hook.name,
        "AutoScalingGroupName": group.name,
        "LifecycleTransition": hook.transition.as_str(),
        "HeartbeatTimeout": hook.heartbeat_seconds,
        "GlobalTimeout": hook.global_seconds(),
        "DefaultResult": hook.default_result.as_str(),
    });
    let optional = [
        ("NotificationTargetARN", &hook.topic_arn),
        ("RoleARN", &hook.role_arn),
        ("NotificationMetadata", &hook.metadata),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            put(&mut shown, name, value.as_str());
        }
    }
    shown
}

fn warm_pool_configuration() -> Value {
    json!({
        "MinSize": 0,
        "PoolState": "Stopped",
        "InstanceReusePolicy": { "ReuseOnScaleIn": true },
    })
}

/// The desired capacity and the tags that the present read shows.
fn seen_group<'a>(context: &Context, group: &'a Group) -> (usize, &'a BTreeMap<String, Tag>) {
    let seen = group.trail.at(context.read_at);
    seen.map_or((group.desired, &group.tags), |(desired, tags)| (*desired, tags))
}

fn show_instance(instance: &Instance, state: LifecycleState) -> Value {
    json!({
        "InstanceId": instance.id,
        "AvailabilityZone": instance.zone,
        "LifecycleState": state.as_str(),
        "HealthStatus": if instance.healthy { "Healthy" } else { "Unhealthy" },
        "ProtectedFromScaleIn": false,
    })
}

impl AutoScaling {
    /// More than 50 names are refused, unless `MaxRecords` is larger
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>).
    /// The text is AWS's, as <https://github.com/boto/botocore/issues/1444> quotes it.
    pub(super) fn describe_groups(
        &self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let names = texts(input, "AutoScalingGroupNames");
        let asked = number(input, "MaxRecords").and_then(|asked| usize::try_from(asked).ok());
        let most = asked.map_or(NAMES, |asked| asked.max(NAMES));
        if names.len() > most {
            let text =
                format!("The number of group names that may be passed in is limited to {most}");
            return Err(validation(text));
        }
        let filters = TagFilter::all(input)?;
        let with_instances = input.get("IncludeInstances").is_none_or(Value::is_null)
            || flag(input, "IncludeInstances");
        let found = self.groups.iter().filter(|(_, group)| {
            let (_, tags) = seen_group(context, group);
            group.deletion != Deletion::Done
                && (names.is_empty() || names.contains(&group.name.as_str()))
                && filters.iter().all(|filter| filter.passes(tags))
        });
        let found = found.map(|(key, group)| (key.index(), group));
        let (page, next) = cut(input, 50, found)?;
        let shown = page.into_iter().map(|group| {
            let mut shown = self.show_group(context, group);
            if with_instances {
                put(&mut shown, "Instances", self.show_members(context, group));
            }
            shown
        });
        Ok(paged("AutoScalingGroups", shown.collect(), next))
    }

    fn show_members(&self, context: &Context, group: &Group) -> Vec<Value> {
        let members = self.seen_members(context, group, false);
        let shown = members
            .map(|(_, instance)| show_instance(instance, self.seen_state(context, instance)));
        shown.collect()
    }

    fn show_group(&self, context: &Context, group: &Group) -> Value {
        let (desired, tags) = seen_group(context, group);
        let mut shown = json!({
            "AutoScalingGroupName": group.name,
            "AutoScalingGroupARN": group.arn,
            "MinSize": group.min,
            "MaxSize": group.max,
            "DesiredCapacity": desired,
            "DefaultCooldown": COOLDOWN_SECONDS,
            "AvailabilityZones": group.zones,
            "HealthCheckType": "EC2",
            "CreatedTime": rfc3339(group.created_at),
        });
        let tags = tags.iter().map(|(key, tag)| show_tag(&group.name, key, tag));
        put(&mut shown, "Tags", tags.collect::<Vec<_>>());
        if group.deletion == Deletion::InProgress {
            put(&mut shown, "Status", "Delete in progress");
        }
        if let Some(seconds) = group.warmup_seconds {
            put(&mut shown, "DefaultInstanceWarmup", seconds);
        }
        if group.reuse_on_scale_in {
            put(&mut shown, "WarmPoolConfiguration", warm_pool_configuration());
            put(&mut shown, "WarmPoolSize", self.seen_members(context, group, true).count());
        }
        shown
    }

    /// The members of the warm pool, fifty to a page. A group without one has none and no
    /// configuration (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeWarmPool.html>).
    pub(super) fn describe_warm_pool(
        &self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let key = self.group_named(needed(input, "AutoScalingGroupName")?)?;
        small_page(input)?;
        let group = &self.groups[key];
        let (page, next) = cut(input, 50, self.seen_members(context, group, true))?;
        let shown =
            page.into_iter().map(|m| show_instance(m, self.seen_state(context, m))).collect();
        let mut answer = paged("Instances", shown, next);
        if group.reuse_on_scale_in {
            put(&mut answer, "WarmPoolConfiguration", warm_pool_configuration());
        }
        Ok(answer)
    }

    /// The instances of every group and its warm pool, fifty to a page
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html>).
    pub(super) fn describe_instances(
        &self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let ids = texts(input, "InstanceIds");
        if ids.len() > NAMES {
            let text =
                format!("The number of instance ids that may be passed in is limited to {NAMES}");
            return Err(validation(text));
        }
        small_page(input)?;
        let machines = self.instances.iter();
        let members = machines.filter(|(_, instance)| instance.state != LifecycleState::Terminated);
        let found = members
            .filter(|(_, instance)| ids.is_empty() || ids.contains(&instance.id.as_str()))
            .map(|(key, instance)| (key.index(), instance));
        let (page, next) = cut(input, 50, found)?;
        let shown = page.into_iter().map(|instance| {
            let mut shown = show_instance(instance, self.seen_state(context, instance));
            let group = &self.groups[instance.group];
            put(&mut shown, "AutoScalingGroupName", group.name.as_str());
            shown
        });
        Ok(paged("AutoScalingInstances", shown.collect(), next))
    }

    /// The instances of a group, or of its warm pool, that the present read shows.
    fn seen_members<'a>(
        &'a self,
        context: &Context,
        group: &'a Group,
        pooled: bool,
    ) -> impl Iterator<Item = (usize, &'a Instance)> {
        let members = group.members.iter().map(|key| (key.index(), &self.instances[*key]));
        members
            .filter(move |(_, instance)| self.seen_state(context, instance).is_pooled() == pooled)
    }

    /// Reads may show every group's capacity and tags, and every instance's state, as they
    /// are from now on, and for a while as they were.
    pub(crate) fn record_states(&mut self, context: &Context) {
        if !context.lags() {
            return;
        }
        for group in self.groups.values_mut() {
            group.trail.record(context.now, (group.desired, group.tags.clone()));
            for key in &group.members {
                let instance = &mut self.instances[*key];
                instance.trail.record(context.now, instance.state);
            }
        }
    }

    /// The state of an instance that the present read shows.
    fn seen_state(&self, context: &Context, instance: &Instance) -> LifecycleState {
        instance.trail.at(context.read_at).copied().unwrap_or(instance.state)
    }

    pub(super) fn describe_hooks(&self, input: &Value) -> Result<Value, ApiError> {
        let group = self.group_named(needed(input, "AutoScalingGroupName")?)?;
        let group = &self.groups[group];
        let names = texts(input, "LifecycleHookNames");
        if names.len() > HOOKS {
            let text =
                format!("The number of hook names that may be passed in is limited to {HOOKS}");
            return Err(validation(text));
        }
        let hooks = group.hooks.values();
        let found = hooks.filter(|hook| names.is_empty() || names.contains(&hook.name.as_str()));
        let shown: Vec<_> = found.map(|hook| show_hook(group, hook)).collect();
        Ok(json!({ "LifecycleHooks": shown }))
    }
}
