//! Auto Scaling groups and their warm pools: their members, the members' states, and when
//! terminations began.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::{GroupName, InstanceId};
use aws_sdk_autoscaling::types::{AutoScalingGroup, Instance};
use drain::Time;
use drain::seen::{LifecycleState, Member};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::times::time_of;
use crate::{AT_ONCE, Aws, Call, Error, owned};

/// AWS's limit of group names in a call that does not set `MaxRecords`.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>
const NAMES: usize = 50;

/// The most activities, newest first, that are read for one group: ten pages, far
/// more than terminations that can be under way.
const ACTIVITIES: usize = 1_000;

impl Aws {
    /// Every instance of `groups` and of their warm pools, by EC2 id. A group that does not exist
    /// has none.
    ///
    /// The members of a pool are shown by DescribeWarmPool alone, one call for fifty
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeWarmPool.html>). The
    /// pools are read second and take precedence, so an instance that returns to its pool in
    /// between counts as a member of the pool.
    ///
    /// # Errors
    /// If a call fails: a pool that was not read must not pass for an empty one.
    pub fn members<'a>(
        &'a self,
        groups: &'a [GroupName],
    ) -> Call<'a, BTreeMap<InstanceId, Member>> {
        Box::pin(async move {
            let groups = self.raw_groups(groups).await?;
            let with_pools: Vec<GroupName> = groups
                .iter()
                .filter(|group| group.warm_pool_configuration().is_some())
                .filter_map(name)
                .collect();
            let pools: Vec<(GroupName, Vec<Instance>)> = stream::iter(with_pools)
                .map(|group| self.warm_pool(group))
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            let of_groups = groups
                .into_iter()
                .filter_map(|group| Some((name(&group)?, group.instances.unwrap_or_default())));
            let mut members = BTreeMap::new();
            for (group, instances) in of_groups.chain(pools) {
                for instance in instances {
                    let (Some(id), Some(state)) = (instance.instance_id, instance.lifecycle_state)
                    else {
                        continue;
                    };
                    let state = LifecycleState::read(state.as_str());
                    let member = Member { group: group.clone(), state };
                    members.insert(InstanceId::from_aws(id), member);
                }
            }
            Ok(members)
        })
    }

    /// The warm pool of `group`, with the group.
    pub(crate) async fn warm_pool(
        &self,
        group: GroupName,
    ) -> Result<(GroupName, Vec<Instance>), Error> {
        let pages = self
            .autoscaling
            .describe_warm_pool()
            .auto_scaling_group_name(&group)
            .into_paginator()
            .items()
            .send();
        let pool = pages.try_collect().await.map_err(Error::of("DescribeWarmPool"))?;
        Ok((group, pool))
    }

    /// Those of the EC2 instances `ids` that belong to any group of the account or to its warm
    /// pool, in any state. One call covers 50.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html>
    pub fn grouped<'a>(&'a self, ids: &'a [InstanceId]) -> Call<'a, BTreeSet<InstanceId>> {
        Box::pin(async move {
            let mut grouped = BTreeSet::new();
            for ids in ids.chunks(NAMES) {
                let pages = self
                    .autoscaling
                    .describe_auto_scaling_instances()
                    .set_instance_ids(owned(ids))
                    .into_paginator()
                    .items()
                    .send();
                let found: Vec<_> =
                    pages.try_collect().await.map_err(Error::of("DescribeAutoScalingInstances"))?;
                let found = found.into_iter().filter_map(|instance| instance.instance_id);
                grouped.extend(found.map(InstanceId::from_aws));
            }
            Ok(grouped)
        })
    }

    /// The groups `names` as the SDK's type. One that does not exist is absent.
    pub(crate) async fn raw_groups(
        &self,
        names: &[GroupName],
    ) -> Result<Vec<AutoScalingGroup>, Error> {
        let mut groups = Vec::new();
        for names in names.chunks(NAMES) {
            let pages = self
                .autoscaling
                .describe_auto_scaling_groups()
                .set_auto_scaling_group_names(owned(names))
                .into_paginator()
                .items()
                .send();
            let found: Vec<_> =
                pages.try_collect().await.map_err(Error::of("DescribeAutoScalingGroups"))?;
            groups.extend(found);
        }
        Ok(groups)
    }

    /// When the termination of each of the EC2 instances `ids` of `group` began: the
    /// start of its scaling activity, which Auto Scaling describes as "Terminating EC2
    /// instance: ID", or "Terminating EC2 instance: ID - Waiting For ELB Connection
    /// Draining.". One whose activity is not found is absent.
    pub fn terminating_since<'a>(
        &'a self,
        group: &'a GroupName,
        ids: &'a [InstanceId],
    ) -> Call<'a, BTreeMap<InstanceId, Time>> {
        Box::pin(async move {
            let mut since = BTreeMap::new();
            let mut activities = self
                .autoscaling
                .describe_scaling_activities()
                .auto_scaling_group_name(group)
                .into_paginator()
                .items()
                .send();
            let mut read = 0;
            while since.len() < ids.len()
                && read < ACTIVITIES
                && let Some(activity) = activities.next().await
            {
                let activity = activity.map_err(Error::of("DescribeScalingActivities"))?;
                read += 1;
                let description = activity.description().unwrap_or_default();
                let named = ids.iter().find(|id| names(description, id));
                let started = activity.start_time().and_then(time_of);
                if let (Some(id), Some(started), None) = (named, started, activity.end_time()) {
                    since.insert(id.clone(), started);
                }
            }
            Ok(since)
        })
    }
}

/// Whether `id` stands in the description of an activity as a whole word.
fn names(description: &str, id: &InstanceId) -> bool {
    let ends_word = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    description.split(ends_word).any(|word| word == id.as_str())
}

pub(crate) fn name(group: &AutoScalingGroup) -> Option<GroupName> {
    group.auto_scaling_group_name().map(GroupName::from_aws)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_names_an_instance_wherever_its_id_stands() {
        let id = &InstanceId::from_aws("i-0be17ae4b7a62e1b6");
        for description in [
            "Terminating EC2 instance: i-0be17ae4b7a62e1b6",
            "Terminating EC2 instance: i-0be17ae4b7a62e1b6 - Waiting For ELB Connection Draining.",
            "Terminating EC2 instance: i-0be17ae4b7a62e1b6.",
        ] {
            assert!(names(description, id), "{description}");
        }
        for description in [
            "",
            "Terminating EC2 instance: i-0be17ae4b7a62e1b6f",
            "Terminating EC2 instance: i-0be17ae4b7a62e1b - Waiting For ELB Connection Draining.",
            "Terminating EC2 instance: mi-0be17ae4b7a62e1b6",
        ] {
            assert!(!names(description, id), "{description}");
        }
        let short = InstanceId::from_aws("i-0be17ae4");
        assert!(!names("Terminating EC2 instance: i-0be17ae4b7a62e1b6", &short));
    }
}
