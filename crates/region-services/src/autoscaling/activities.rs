//! Scaling activities: begun, moved on, ended, shown.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::AutoScaling;
use super::action::HookTransition;
use super::error::validation;
use super::filters::ActivityFilter;
use super::model::{Activity, Deletion};
use super::pages::{cut, paged};
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{flag, text, texts};
use region_core::names::{ACCOUNT, REGION};
use region_core::wording::{put, rfc3339};

/// The most ids in a call of DescribeScalingActivities.
const IDS: usize = 50;

/// `Progress` of what a hook holds, in percent.
const HELD_PROGRESS: u8 = 60;

/// In progress, and not held by a hook.
pub(super) const IN_PROGRESS: &str = "InProgress";
/// Ended well.
pub(super) const SUCCESSFUL: &str = "Successful";
/// Ended because the instance is retained, for which AWS documents no status, or because another
/// activity of the instance began.
pub(super) const CANCELLED: &str = "Cancelled";

/// Held by a hook.
pub(super) fn waiting(transition: HookTransition) -> &'static str {
    match transition {
        HookTransition::Launching => "MidLifecycleAction",
        HookTransition::Terminating => "MidTerminatingLifecycleAction",
    }
}

impl AutoScaling {
    /// Begin an activity about an instance.
    pub(super) fn begin_activity(
        &mut self,
        context: &mut Context,
        key: InstanceKey,
        verb: &str,
        cause: &str,
    ) {
        let id = context.uuid();
        let instance = &mut self.instances[key];
        let activities = &mut self.groups[instance.group].activities;
        instance.activity = Some(activities.len());
        activities.push(Activity {
            id,
            description: format!("{verb} EC2 instance: {}", instance.id),
            cause: format!("At {} {cause}", rfc3339(context.now)),
            zone: instance.zone.clone(),
            started_at: context.now,
            ended_at: None,
            status: IN_PROGRESS,
            progress: 0,
        });
    }

    /// Give the instance's activity another status; `Successful` and `Cancelled` end it.
    pub(super) fn mark_activity(
        &mut self,
        context: &Context,
        key: InstanceKey,
        status: &'static str,
    ) {
        let now = context.now;
        let instance = &mut self.instances[key];
        let activities = &mut self.groups[instance.group].activities;
        let Some(activity) = instance.activity.and_then(|at| activities.get_mut(at)) else {
            return;
        };
        activity.status = status;
        activity.progress = match status {
            SUCCESSFUL | CANCELLED => 100,
            IN_PROGRESS => activity.progress,
            _ => HELD_PROGRESS,
        };
        if activity.progress == 100 {
            activity.ended_at = Some(now);
            instance.activity = None;
        }
    }

    /// Of one group, or of all. Those in progress come first, then the newest
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html>).
    pub(super) fn describe_activities(&self, input: &Value) -> Result<Value, ApiError> {
        let of_group = text(input, "AutoScalingGroupName");
        let deleted = flag(input, "IncludeDeletedGroups");
        if let Some(name) = of_group.filter(|_| !deleted) {
            self.group_named(name)?;
        }
        let ids = texts(input, "ActivityIds");
        if ids.len() > IDS {
            let text =
                format!("The number of activity ids that may be passed in is limited to {IDS}");
            return Err(validation(text));
        }
        let filters = ActivityFilter::all(input)?;
        let groups = self.groups.iter();
        let groups = groups
            .filter(|(_, group)| deleted || group.deletion != Deletion::Done)
            .filter(|(_, group)| of_group.is_none_or(|name| group.name == name));
        let all = groups.flat_map(|(key, group)| {
            group.activities.iter().rev().map(move |activity| (key, activity))
        });
        let mut found: Vec<_> = all
            .filter(|(_, activity)| ids.is_empty() || ids.contains(&activity.id.as_str()))
            .filter(|(_, activity)| filters.iter().all(|filter| filter.passes(activity)))
            .collect();
        found.sort_by_key(|(_, a)| (a.ended_at.is_some(), Reverse(a.started_at)));
        let (page, next) = cut(input, 100, found.into_iter().enumerate())?;
        let shown = page.into_iter().map(|(group, activity)| self.show_activity(group, activity));
        Ok(paged("Activities", shown.collect(), next))
    }

    /// An activity as DescribeScalingActivities shows it.
    pub(super) fn show_activity(&self, group: GroupKey, activity: &Activity) -> Value {
        let group = &self.groups[group];
        let mut shown = json!({
            "ActivityId": activity.id,
            "AutoScalingGroupName": group.name,
            "AutoScalingGroupARN": group.arn,
            "Description": activity.description,
            "Cause": activity.cause,
            "StartTime": rfc3339(activity.started_at),
            "StatusCode": activity.status,
            "Progress": activity.progress,
            "Details": json!({ "Availability Zone": activity.zone }).to_string(),
        });
        if let Some(ended) = activity.ended_at {
            put(&mut shown, "EndTime", rfc3339(ended));
        }
        shown
    }
}

/// The ARN of a group.
pub(super) fn group_arn(uuid: &str, name: &str) -> String {
    format!(
        "arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}"
    )
}
