//! Groups that are deleted.

use super::AutoScaling;
use super::model::Deletion;
use super::state::{LifecycleState, Transition};
use crate::arena::GroupKey;
use crate::context::Context;
use crate::ecs::Ecs;
use region_core::api::ApiError;

impl AutoScaling {
    /// Delete a group with its hooks and instances, as DeleteAutoScalingGroup does with
    /// `ForceDelete`: no hook holds an instance any more
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html>).
    ///
    /// # Errors
    /// If the group does not exist.
    pub(crate) fn delete_group(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        name: &str,
    ) -> Result<(), ApiError> {
        let key = self.group_named(name)?;
        let group = &mut self.groups[key];
        group.deletion = Deletion::InProgress;
        (group.min, group.max, group.desired) = (0, 0, 0);
        group.hooks.clear();
        for member in group.members.clone() {
            let transition = match self.instances[member].state {
                LifecycleState::TerminatingProceed | LifecycleState::WarmedTerminatingProceed => {
                    continue;
                }
                LifecycleState::TerminatingRetained => {
                    self.terminated(context, ecs, member);
                    continue;
                }
                state if state.is_pooled() => Transition::TerminateWarm,
                _ => Transition::Terminate,
            };
            let cause = "an instance was terminated because its group was deleted.";
            self.begin(context, ecs, member, transition, cause);
        }
        self.end_deletion(key);
        Ok(())
    }

    /// A group whose deletion has begun is gone with its last instance.
    pub(super) fn end_deletion(&mut self, key: GroupKey) {
        let group = &mut self.groups[key];
        if group.deletion == Deletion::InProgress && group.members.is_empty() {
            group.deletion = Deletion::Done;
            self.group_names.remove(&group.name);
        }
    }
}
