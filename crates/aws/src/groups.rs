//! Auto Scaling groups: who is a member in which state, and since when it leaves.

use std::collections::BTreeMap;

use drain::Time;
use drain::seen::{LifecycleState, Member};
use futures_util::future::BoxFuture;

use crate::times::time_of;
use crate::{Aws, Error, owned};

/// The most activities, newest first, that are read for one group: ten pages, far
/// more than terminations that can be under way.
const ACTIVITIES: usize = 1_000;

impl Aws {
    /// Every instance of `groups`, by EC2 id. A group that does not exist has none.
    ///
    /// # Errors
    /// Whatever call fails.
    pub fn members<'a>(
        &'a self,
        groups: &'a [String],
    ) -> BoxFuture<'a, Result<BTreeMap<String, Member>, Error>> {
        Box::pin(async move {
            let pages = self
                .autoscaling
                .describe_auto_scaling_groups()
                .set_auto_scaling_group_names(owned(groups))
                .into_paginator()
                .items()
                .send();
            let found: Vec<_> =
                pages.try_collect().await.map_err(Error::of("DescribeAutoScalingGroups"))?;
            let mut members = BTreeMap::new();
            for group in found {
                let name = group.auto_scaling_group_name().unwrap_or_default();
                for instance in group.instances() {
                    let (Some(id), Some(state)) =
                        (instance.instance_id(), instance.lifecycle_state())
                    else {
                        continue;
                    };
                    let state = LifecycleState::read(state.as_str());
                    members.insert(id.to_owned(), Member { group: name.to_owned(), state });
                }
            }
            Ok(members)
        })
    }

    /// Since when each of the EC2 instances `ids` of `group` is on its way out: the
    /// start of its scaling activity, which Auto Scaling describes as "Terminating EC2
    /// instance: ID". One whose activity is not found is absent.
    ///
    /// # Errors
    /// Whatever call fails.
    pub fn terminating_since<'a>(
        &'a self,
        group: &'a str,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<BTreeMap<String, Time>, Error>> {
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
                let named = ids.iter().find(|id| description.ends_with(id.as_str()));
                let started = activity.start_time().and_then(time_of);
                if let (Some(id), Some(started), None) = (named, started, activity.end_time()) {
                    since.insert(id.clone(), started);
                }
            }
            Ok(since)
        })
    }
}
