//! Settings of the operator and limits of AWS.

mod record;
pub mod values;

use time::Duration;

pub use record::{ATTRIBUTE, SettingsRecord};

/// How the instances of a group are drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The lifecycle hook's heartbeat timeout.
    pub heartbeat: Duration,
    /// How long a drain may take before [`Settings::at_deadline`] decides.
    pub deadline: Duration,
    /// What to do with an instance that is not empty at its deadline.
    pub at_deadline: AtDeadline,
    /// What to do with tasks that belong to no service.
    pub standalone: Standalone,
    /// How long the agent may be disconnected before the instance is released; `None` never
    /// releases it.
    pub agent_gone: Option<Duration>,
    /// The delay of the `later` queue, after which a reconcile that is not urgent runs.
    pub later: Duration,
}

/// Two settings that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// The delay of the `later` queue is more than a third of the heartbeat timeout.
    Later { longest: Duration },
    /// The deadline is later than the hook can be kept waiting.
    Deadline { longest: Duration },
}

impl Settings {
    /// The first contradiction, if there is one, and the longest value that agrees with the
    /// heartbeat timeout.
    pub fn contradiction(&self) -> Option<Contradiction> {
        let longest = self.heartbeat / 3;
        if self.later > longest {
            return Some(Contradiction::Later { longest });
        }
        let longest = longest_wait(self.heartbeat) - BEFORE_THE_END;
        (self.deadline > longest).then_some(Contradiction::Deadline { longest })
    }

    /// Whether the schedule alone reconciles often enough: three times in a heartbeat timeout, as
    /// requeue messages would.
    pub fn schedule_is_enough(&self) -> bool {
        SCHEDULE * 3 <= self.heartbeat
    }

    /// The longest interval between two reconciles that a requeue message or the schedule triggers.
    pub fn net(&self) -> Duration {
        if self.schedule_is_enough() { SCHEDULE } else { self.later }
    }
}

/// What to do with an instance that is not empty at its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDeadline {
    /// Let the termination continue.
    Continue,
    /// Abandon the lifecycle action: other hooks are skipped and, with instance
    /// retention set on the group, the instance is kept.
    Abandon,
    /// Keep the lifecycle action alive for as long as AWS allows.
    Wait,
}

impl AtDeadline {
    fn name(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Abandon => "abandon",
            Self::Wait => "wait",
        }
    }
}

/// What to do with tasks that belong to no service, which ECS never moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standalone {
    /// Wait for them to end, until the deadline.
    Wait,
    /// Stop them at the deadline.
    Stop,
}

impl Standalone {
    fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Stop => "stop",
        }
    }
}

/// AWS ends a lifecycle action after 48 hours, regardless of heartbeats (API_LifecycleHook,
/// `GlobalTimeout`).
const LONGEST_ACTION: Duration = Duration::hours(48);

/// AWS also ends it after 100 times the heartbeat timeout, if that is less.
const HEARTBEATS: i32 = 100;

/// The longest a lifecycle action can be kept waiting with a given heartbeat timeout.
pub fn longest_wait(heartbeat: Duration) -> Duration {
    LONGEST_ACTION.min(heartbeat * HEARTBEATS)
}

/// Margin between our longest deadline and the end of the lifecycle action by AWS. It covers a lost
/// notification, whose drain the schedule starts, and the time that tasks need to stop.
pub const BEFORE_THE_END: Duration = Duration::minutes(10);

/// The period of the schedule. If the notification of an instance is lost, the drain starts at most
/// this much later.
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
