//! The reads of Auto Scaling, which may show what was true a while ago.

use serde_json::{Value, json};

use super::AutoScaling;
use super::action::Hook;
use super::error::{needed, validation};
use super::model::{COOLDOWN_SECONDS, Group, Instance};
use super::state::LifecycleState;
use super::tags::show_tag;
use crate::arena::Key as _;
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{Pages, number, texts};
use region_core::wording::{put, rfc3339};

/// The most names of groups in a call that asks for no larger page.
const NAMES: usize = 50;

/// The most instances on a page of DescribeWarmPool.
const POOL_PAGE: i64 = 50;

const fn pages(usual: usize) -> Pages {
    Pages { size: "MaxRecords", token: "NextToken", usual, code: "ValidationError" }
}

fn paged(name: &str, page: Vec<Value>, next: Option<String>) -> Value {
    match next {
        Some(next) => json!({ name: page, "NextToken": next }),
        None => json!({ name: page }),
    }
}

fn show_hook(group: &Group, hook: &Hook) -> Value {
    let mut shown = json!({
        "LifecycleHookName": hook.name,
        "AutoScalingGroupName": group.name,
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "HeartbeatTimeout": hook.heartbeat_seconds,
        "GlobalTimeout": hook.global_seconds(),
        "DefaultResult": hook.default_result.as_str(),
    });
    let optional =
        [("NotificationTargetARN", &hook.topic_arn), ("NotificationMetadata", &hook.metadata)];
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
        let groups = self.groups.iter();
        let found =
            groups.filter(|(_, group)| names.is_empty() || names.contains(&group.name.as_str()));
        let (page, next) = pages(50).cut(input, found.map(|(key, group)| (key.index(), group)))?;
        let shown = page.into_iter().map(|group| self.show_group(context, group)).collect();
        Ok(paged("AutoScalingGroups", shown, next))
    }

    fn show_group(&self, context: &Context, group: &Group) -> Value {
        let seen = group.trail.at(context.read_at);
        let (desired, tags) = seen.map_or((group.desired, &group.tags), |(d, tags)| (*d, tags));
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
            "Instances": self
                .seen_members(context, group, false)
                .map(|(_, instance)| show_instance(instance, self.seen_state(context, instance)))
                .collect::<Vec<_>>(),
        });
        let tags = tags.iter().map(|(key, tag)| show_tag(&group.name, key, tag));
        put(&mut shown, "Tags", tags.collect::<Vec<_>>());
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
        if number(input, "MaxRecords").is_some_and(|asked| asked > POOL_PAGE) {
            return Err(validation(format!("MaxRecords must be at most {POOL_PAGE}")));
        }
        let group = &self.groups[key];
        let (page, next) = pages(50).cut(input, self.seen_members(context, group, true))?;
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
        let machines = self.instances.iter();
        let members = machines.filter(|(_, instance)| instance.state != LifecycleState::Terminated);
        let found = members
            .filter(|(_, instance)| ids.is_empty() || ids.contains(&instance.id.as_str()))
            .map(|(key, instance)| (key.index(), instance));
        let (page, next) = pages(50).cut(input, found)?;
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
        let hooks = group.hooks.values();
        let found = hooks.filter(|hook| names.is_empty() || names.contains(&hook.name.as_str()));
        let shown: Vec<_> = found.map(|hook| show_hook(group, hook)).collect();
        Ok(json!({ "LifecycleHooks": shown }))
    }

    pub(super) fn describe_activities(&self, input: &Value) -> Result<Value, ApiError> {
        let group = self.group_named(needed(input, "AutoScalingGroupName")?)?;
        let ids = texts(input, "ActivityIds");
        let newest_first = self.groups[group].activities.iter().rev();
        let found = newest_first.filter(|a| ids.is_empty() || ids.contains(&a.id.as_str()));
        let (page, next) = pages(100).cut(input, found.enumerate())?;
        let shown = page.into_iter().map(|activity| self.show_activity(group, activity)).collect();
        Ok(paged("Activities", shown, next))
    }
}
