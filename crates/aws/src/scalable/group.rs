//! Auto Scaling groups: their sizes and instances, their tag, their desired capacity.

use std::collections::BTreeMap;

use aws_names::{GroupName, InstanceId};
use aws_sdk_autoscaling::types::{self, Tag};
use drain::seen::LifecycleState;
use time::Duration;

use super::TAG;
use crate::{Aws, Call, Error};

/// Set by a capacity provider that scales the group itself.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html>
const MANAGED: &str = "AmazonECSManaged";

/// A group, as DescribeAutoScalingGroups shows it. Capacities count instances, or their
/// weights where they have some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its desired capacity.
    pub desired: u32,
    /// Its minimum.
    pub min_size: u32,
    /// Its maximum.
    pub max_size: u32,
    /// Whether a capacity provider scales it.
    pub managed: bool,
    /// Whether it has a warm pool, whose members are not among its instances.
    pub has_warm_pool: bool,
    /// How long an instance warms up, unless a policy says otherwise.
    pub warm_up: Duration,
    /// Its instances, by EC2 id: the state, and how much capacity each counts as.
    pub instances: BTreeMap<InstanceId, (LifecycleState, u32)>,
    /// The value of the tag [`TAG`](super::TAG).
    pub tag: Option<String>,
}

impl Aws {
    /// The groups `names`, by name. One that does not exist is absent.
    pub fn scalable_groups<'a>(
        &'a self,
        names: &'a [GroupName],
    ) -> Call<'a, BTreeMap<GroupName, Group>> {
        Box::pin(async move {
            let found = self.raw_groups(names).await?;
            let named =
                |group| Some((types::AutoScalingGroup::auto_scaling_group_name(group)?, group));
            Ok(found
                .iter()
                .filter_map(named)
                .map(|(name, group)| (GroupName::from_aws(name), read(group)))
                .collect())
        })
    }

    /// Sets the desired capacity of a group, regardless of the group's own cooldown.
    ///
    /// # Errors
    /// If the call fails; with `ValidationError` if the capacity is outside the group's bounds.
    pub fn set_desired_capacity<'a>(&'a self, group: &'a GroupName, desired: u32) -> Call<'a, ()> {
        Box::pin(async move {
            let desired = i32::try_from(desired).unwrap_or(i32::MAX);
            let call = self.autoscaling.set_desired_capacity();
            let call = call.auto_scaling_group_name(group).desired_capacity(desired);
            call.send().await.map(|_| ()).map_err(Error::of("SetDesiredCapacity"))
        })
    }

    /// Writes our tag on a group. Its instances do not inherit it.
    pub fn tag_group<'a>(&'a self, group: &'a GroupName, value: &'a str) -> Call<'a, ()> {
        Box::pin(async move {
            let tag = Tag::builder()
                .resource_id(group)
                .resource_type("auto-scaling-group")
                .key(TAG)
                .value(value)
                .propagate_at_launch(false)
                .build();
            let call = self.autoscaling.create_or_update_tags().tags(tag);
            call.send().await.map(|_| ()).map_err(Error::of("CreateOrUpdateTags"))
        })
    }
}

/// An instance warms up for `DefaultInstanceWarmup`, else for `DefaultCooldown`.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/consolidated-view-of-warm-up-and-cooldown-settings.html>
fn read(group: &types::AutoScalingGroup) -> Group {
    let size = |size: Option<i32>| size.and_then(|size| u32::try_from(size).ok()).unwrap_or(0);
    let warm_up = group.default_instance_warmup().or(group.default_cooldown());
    let tag = |key| group.tags().iter().find(|tag| tag.key() == Some(key));
    let instances = group.instances().iter().filter_map(|instance| {
        let state = LifecycleState::read(instance.lifecycle_state()?.as_str());
        let weight = instance.weighted_capacity().and_then(|weight| weight.parse().ok());
        Some((InstanceId::from_aws(instance.instance_id()?), (state, weight.unwrap_or(1))))
    });
    Group {
        desired: size(group.desired_capacity()),
        min_size: size(group.min_size()),
        max_size: size(group.max_size()),
        managed: tag(MANAGED).is_some(),
        has_warm_pool: group.warm_pool_configuration().is_some(),
        warm_up: Duration::seconds(warm_up.unwrap_or(0).into()),
        instances: instances.collect(),
        tag: tag(TAG).and_then(|tag| tag.value()).map(str::to_owned),
    }
}
