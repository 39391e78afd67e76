//! The deadline of a drain: which tasks are stopped, which get a grace period, and how it ends.

use aws_names::TaskArn;
use requeue::DelayClass;
use time::Duration;

use super::Course;
use crate::decide::{Action, Decision, End};
use crate::seen::Task;
use crate::settings::{AtDeadline, SCHEDULE, Standalone};

/// The grace period after the deadline for tasks that ECS or auto-drain is stopping. The reconcile
/// that stops standalone tasks may be one period of the schedule late. ECS then kills a container
/// after 30 s by default; 150 s allow for five times that.
const STOP_GRACE: Duration = SCHEDULE.saturating_add(Duration::seconds(150));

/// How long ECS may take to stop a task of a service after another task has stopped. ECS stops
/// daemon tasks last, and here a daemon task cannot be distinguished from one of another service.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html>
const NEXT_STOP: Duration = Duration::minutes(1);

impl Course<'_> {
    /// Acts after the deadline: stops standalone tasks if so set, waits for stopping tasks during
    /// the grace period, then ends or continues the drain as set.
    pub(super) fn overdue(&self, mut actions: Vec<Action>) -> Decision {
        let stops = self.settings.standalone == Standalone::Stop;
        let decides = self.settings.at_deadline != AtDeadline::Wait;
        let in_grace = self.now < self.began + self.settings.deadline + STOP_GRACE;
        if in_grace && (stops || decides) {
            let tasks = match self.unstopped() {
                Err(question) => return question,
                Ok(None) => return Decision::Plan(self.wait(actions, Some(DelayClass::Soon))),
                Ok(Some(tasks)) => tasks,
            };
            let left = |task: &&&Task| stops && !task.stopping && task.service.is_none();
            let arns: Vec<TaskArn> = tasks.iter().filter(left).map(|t| t.arn.clone()).collect();
            let next = self.last_stop().is_some_and(|stop| self.now < stop + NEXT_STOP);
            let stopping = |task: &&Task| task.stopping || next && task.service.is_some();
            let stopping = tasks.into_iter().any(|task| stopping(&task)) || !arns.is_empty();
            if !arns.is_empty() {
                actions.push(Action::StopTasks { arns });
            }
            if stopping {
                return Decision::Plan(self.wait(actions, Some(DelayClass::Soon)));
            }
        }
        match self.settings.at_deadline {
            AtDeadline::Continue | AtDeadline::Abandon => self.end(End::Deadline),
            AtDeadline::Wait => Decision::Plan(self.wait(actions, None)),
        }
    }
}
