//! Auto Scaling groups found by their tags, with their members.

use std::collections::BTreeMap;

use aws_names::{ClusterName, GroupName, InstanceId};
use aws_sdk_autoscaling::types::{AutoScalingGroup, Filter, Instance};
use drain::opt_in::tags;
use drain::seen::LifecycleState;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::groups::{name, tags_of, with_our_tags};
use crate::{AT_ONCE, Aws, Call, Error, PAGE};

/// A group with its tags and members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMembers {
    pub name: GroupName,
    pub tags: BTreeMap<String, String>,
    /// The instances by EC2 id, without those of the warm pool.
    pub members: BTreeMap<InstanceId, LifecycleState>,
    pub has_warm_pool: bool,
}

impl Aws {
    /// All groups with the tag `ecs-tide:cluster` or `ecs-tide:hook`, also those that are being
    /// deleted. One call covers 100.
    pub fn tagged_groups(&self) -> Call<'_, Vec<GroupMembers>> {
        Box::pin(self.filtered_groups(with_our_tags()))
    }

    /// The groups whose tag `ecs-tide:cluster` names `cluster`.
    pub fn groups_of<'a>(&'a self, cluster: &'a ClusterName) -> Call<'a, Vec<GroupMembers>> {
        let tag = Filter::builder().name(format!("tag:{}", tags::CLUSTER)).values(cluster);
        Box::pin(self.filtered_groups(tag.build()))
    }

    async fn filtered_groups(&self, filter: Filter) -> Result<Vec<GroupMembers>, Error> {
        let pages = self
            .autoscaling
            .describe_auto_scaling_groups()
            .filters(filter)
            .max_records(i32::try_from(PAGE).unwrap_or(i32::MAX))
            .into_paginator()
            .items()
            .send();
        let found: Vec<_> =
            pages.try_collect().await.map_err(Error::of("DescribeAutoScalingGroups"))?;
        Ok(found.into_iter().filter_map(read).collect())
    }

    /// The members of the warm pools of `groups`. DescribeWarmPool alone shows them, one call for
    /// fifty (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeWarmPool.html>).
    ///
    /// # Errors
    /// If a call fails: a pool that was not read must not pass for an empty one.
    pub fn warm_pools<'a>(
        &'a self,
        groups: &'a [GroupName],
    ) -> Call<'a, Vec<(GroupName, BTreeMap<InstanceId, LifecycleState>)>> {
        Box::pin(async move {
            let pools: Vec<(GroupName, Vec<Instance>)> = stream::iter(groups.to_vec())
                .map(|group| self.warm_pool(group))
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            Ok(pools.into_iter().map(|(group, pool)| (group, members(pool))).collect())
        })
    }
}

fn read(group: AutoScalingGroup) -> Option<GroupMembers> {
    Some(GroupMembers {
        name: name(&group)?,
        tags: tags_of(&group),
        has_warm_pool: group.warm_pool_configuration().is_some(),
        members: members(group.instances.unwrap_or_default()),
    })
}

fn members(instances: Vec<Instance>) -> BTreeMap<InstanceId, LifecycleState> {
    let member = |instance: Instance| {
        let state = LifecycleState::read(instance.lifecycle_state?.as_str());
        Some((InstanceId::from_aws(instance.instance_id?), state))
    };
    instances.into_iter().filter_map(member).collect()
}
