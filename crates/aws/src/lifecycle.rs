//! Lifecycle actions, identified by their instance. No token of a notification is needed, so a
//! reconcile can act even if the notification was lost.

use aws_names::{GroupName, HookName, InstanceId};
use drain::decide::ActionResult;

use crate::{Aws, Call, Error};

impl Aws {
    /// Completes the action of `hook` for the EC2 instance `id` of `group`.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyDone`](crate::ErrorKind) if it is already over, or any other error of the call.
    pub fn complete<'a>(
        &'a self,
        group: &'a GroupName,
        hook: &'a HookName,
        id: &'a InstanceId,
        result: ActionResult,
    ) -> Call<'a, ()> {
        Box::pin(async move {
            self.shares.lifecycle.take().await;
            self.autoscaling
                .complete_lifecycle_action()
                .auto_scaling_group_name(group)
                .lifecycle_hook_name(hook)
                .instance_id(id)
                .lifecycle_action_result(match result {
                    ActionResult::Continue => "CONTINUE",
                    ActionResult::Abandon => "ABANDON",
                })
                .send()
                .await
                .map(|_| ())
                .map_err(Error::of("CompleteLifecycleAction"))
        })
    }

    /// Restarts the timer of `hook` for the EC2 instance `id` of `group`.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyDone`](crate::ErrorKind) if the action is over, or any other error of the call.
    pub fn heartbeat<'a>(
        &'a self,
        group: &'a GroupName,
        hook: &'a HookName,
        id: &'a InstanceId,
    ) -> Call<'a, ()> {
        Box::pin(async move {
            self.shares.lifecycle.take().await;
            self.autoscaling
                .record_lifecycle_action_heartbeat()
                .auto_scaling_group_name(group)
                .lifecycle_hook_name(hook)
                .instance_id(id)
                .send()
                .await
                .map(|_| ())
                .map_err(Error::of("RecordLifecycleActionHeartbeat"))
        })
    }
}
