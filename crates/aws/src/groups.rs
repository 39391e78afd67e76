//! Auto Scaling groups by their names, their warm pools, the groups of instances, and when
//! terminations began.

use std::collections::BTreeMap;

use aws_names::{GroupName, InstanceId};
use aws_sdk_autoscaling::types::{AutoScalingGroup, Filter, Instance, TagDescription};
use drain::Time;
use drain::opt_in::tags;
use drain::seen::LifecycleState;

use crate::times::time_of;
use crate::{Aws, Call, Error, owned};

/// AWS's limit of group names in a call that does not set `MaxRecords`.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>
const NAMES: usize = 50;

/// The most activities, newest first, that are read for one group: ten pages, far
/// more than terminations that can be under way.
const ACTIVITIES: usize = 1_000;

impl Aws {
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

    /// The group and the state of those of the EC2 instances `ids` that belong to any group of the
    /// account or to its warm pool. One call covers 50.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html>
    pub fn places<'a>(
        &'a self,
        ids: &'a [InstanceId],
    ) -> Call<'a, BTreeMap<InstanceId, (GroupName, LifecycleState)>> {
        Box::pin(async move {
            let mut places = BTreeMap::new();
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
                places.extend(found.into_iter().filter_map(|instance| {
                    let group = GroupName::from_aws(instance.auto_scaling_group_name?);
                    let state = LifecycleState::read(&instance.lifecycle_state?);
                    Some((InstanceId::from_aws(instance.instance_id?), (group, state)))
                }));
            }
            Ok(places)
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

/// The tags of a group, by their keys.
pub(crate) fn tags_of(group: &AutoScalingGroup) -> BTreeMap<String, String> {
    let tag = |tag: &TagDescription| {
        Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))
    };
    group.tags().iter().filter_map(tag).collect()
}

/// The groups with the tag `ecs-tide:cluster` or `ecs-tide:hook`.
pub(crate) fn with_our_tags() -> Filter {
    Filter::builder().name("tag-key").values(tags::CLUSTER).values(tags::HOOK).build()
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
