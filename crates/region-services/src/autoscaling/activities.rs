//! Scaling activities: begun, moved on, ended, shown.

use serde_json::{Value, json};

use super::AutoScaling;
use super::model::Activity;
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use region_core::names::{ACCOUNT, REGION};
use region_core::wording::{put, rfc3339};

/// In progress, and not held by a hook.
pub(super) const IN_PROGRESS: &str = "InProgress";
/// Held by a terminating hook.
pub(super) const WAITING: &str = "MidTerminatingLifecycleAction";
/// Ended well.
pub(super) const SUCCESSFUL: &str = "Successful";
/// Ended because the instance is retained; AWS documents no status for it.
pub(super) const CANCELLED: &str = "Cancelled";

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
            WAITING => 60,
            _ => activity.progress,
        };
        if activity.progress == 100 {
            activity.ended_at = Some(now);
            instance.activity = None;
        }
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
