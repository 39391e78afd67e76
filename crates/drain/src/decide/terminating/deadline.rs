//! The deadline of a drain: what it stops, what is given a grace, and how it ends.

use tick::Pace;
use time::Duration;

use super::Course;
use crate::decide::{Action, Decision, End};
use crate::seen::Task;
use crate::settings::{AtDeadline, SCHEDULE, Standalone};

/// The grace after the deadline for tasks that are being stopped, by ECS or by us. The
/// reconcile that stops standalone tasks can come a schedule's period late. ECS then kills a
/// container 30 s after it was asked, and no task definition should need five times that.
const STOP_GRACE: Duration = SCHEDULE.saturating_add(Duration::seconds(150));

/// How long ECS may take to stop a service's task once another has stopped: it stops daemon
/// tasks last, and a daemon's task cannot be told from another service's here.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html>
const NEXT_STOP: Duration = Duration::minutes(1);

impl Course<'_> {
    /// Past the deadline: stop what nobody moves, if so set, give what is being stopped
    /// its grace, then decide as set.
    pub(super) fn overdue(&self, mut actions: Vec<Action>) -> Decision {
        let stops = self.settings.standalone == Standalone::Stop;
        let decides = self.settings.at_deadline != AtDeadline::Wait;
        let in_grace = self.now < self.began + self.settings.deadline + STOP_GRACE;
        if in_grace && (stops || decides) {
            let tasks = match self.unstopped() {
                Err(question) => return question,
                Ok(None) => return self.wait(actions, Some(Pace::Soon)),
                Ok(Some(tasks)) => tasks,
            };
            let left = |task: &&&Task| stops && !task.stopping && task.service().is_none();
            let arns: Vec<String> = tasks.iter().filter(left).map(|t| t.arn.clone()).collect();
            let next = self.last_stop().is_some_and(|stop| self.now < stop + NEXT_STOP);
            let stopping = |task: &&Task| task.stopping || next && task.service().is_some();
            let stopping = tasks.into_iter().any(|task| stopping(&task)) || !arns.is_empty();
            if !arns.is_empty() {
                actions.push(Action::StopTasks { arns });
            }
            if stopping {
                return self.wait(actions, Some(Pace::Soon));
            }
        }
        match self.settings.at_deadline {
            AtDeadline::Continue | AtDeadline::Abandon => self.end(End::Deadline),
            AtDeadline::Wait => self.wait(actions, None),
        }
    }
}
