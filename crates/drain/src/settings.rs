//! What an operator sets, and the limits AWS sets.

use time::Duration;

/// How drains are decided for one cluster and its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The cluster's name.
    pub cluster: String,
    /// The Auto Scaling groups whose instances are drained, by name.
    pub groups: Vec<String>,
    /// The lifecycle hook's heartbeat timeout.
    pub heartbeat: Duration,
    /// How long a drain may take before [`Settings::at_deadline`] decides.
    pub deadline: Duration,
    /// What becomes of an instance that is not empty at its deadline.
    pub at_deadline: AtDeadline,
    /// What becomes of tasks that belong to no service.
    pub standalone: Standalone,
    /// After how long without its agent an instance is given up; `None` waits.
    pub agent_gone: Option<Duration>,
    /// How long until a look that is not urgent: the later queue's delay.
    pub later: Duration,
}

impl Settings {
    /// Whether the schedule alone looks often enough at everybody who waits: as often as a
    /// tick would have to, three times in a heartbeat.
    pub fn schedule_is_enough(&self) -> bool {
        SCHEDULE * 3 <= self.heartbeat
    }

    /// How often everybody who waits is looked at, at the least.
    pub fn net(&self) -> Duration {
        if self.schedule_is_enough() { SCHEDULE } else { self.later }
    }
}

/// What becomes of an instance that is not empty at its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDeadline {
    /// Let the termination continue.
    Continue,
    /// Abandon the lifecycle action: other hooks are skipped and, with instance
    /// retention set on the group, the instance is kept.
    Abandon,
    /// Keep the hook alive for as long as AWS allows.
    Wait,
}

/// What becomes of tasks that belong to no service: ECS never moves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standalone {
    /// Wait for them to end, until the deadline.
    Wait,
    /// Stop them at the deadline.
    Stop,
}

/// AWS ends a lifecycle action after 48 hours, whatever its heartbeats
/// (API_LifecycleHook, `GlobalTimeout`).
const LONGEST_ACTION: Duration = Duration::hours(48);

/// … and after a hundred times its heartbeat timeout, if that is less.
const HEARTBEATS: i32 = 100;

/// The longest a lifecycle action can be kept waiting with a given heartbeat timeout.
pub fn longest_wait(heartbeat: Duration) -> Duration {
    LONGEST_ACTION.min(heartbeat * HEARTBEATS)
}

/// Room between a deadline of ours and AWS's own end of the action: for a notice
/// that never came and the schedule made good, and for tasks being stopped to stop.
pub const BEFORE_THE_END: Duration = Duration::minutes(10);

/// The period of the schedule, and so the latest that a waiting instance is first
/// seen, should its notice be lost.
pub const SCHEDULE: Duration = Duration::minutes(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_lives_for_a_hundred_heartbeats_or_two_days() {
        assert_eq!(longest_wait(Duration::seconds(30)), Duration::minutes(50));
        assert_eq!(longest_wait(Duration::seconds(1728)), Duration::hours(48));
        assert_eq!(longest_wait(Duration::hours(2)), Duration::hours(48));
    }

    #[test]
    fn the_schedule_is_enough_where_it_runs_three_times_in_a_heartbeat() {
        let with = |heartbeat| Settings {
            heartbeat: Duration::seconds(heartbeat),
            ..crate::fixtures::settings()
        };
        assert!(with(900).schedule_is_enough() && !with(899).schedule_is_enough());
        assert_eq!((with(900).net(), with(899).net()), (SCHEDULE, Duration::minutes(4)));
    }
}
