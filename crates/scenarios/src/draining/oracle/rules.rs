//! The guarantees in numbers.

use region::Time;
use time::Duration;

/// The tags of groups that the oracle reads.
pub(super) mod tags {
    pub const CLUSTER: &str = "ecs-tide:cluster";
    pub const MODE: &str = "ecs-tide:mode";
    pub const HOOK: &str = "ecs-tide:hook";
    pub const HEARTBEAT: &str = "ecs-tide:heartbeat-seconds";
    pub const DEADLINE: &str = "ecs-tide:deadline-seconds";
    pub const AT_DEADLINE: &str = "ecs-tide:at-deadline";
    pub const STANDALONE: &str = "ecs-tide:standalone-tasks";
    pub const AGENT_GONE: &str = "ecs-tide:agent-gone-seconds";
}

/// The configuration of the drain that the oracle checks against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The lifecycle hook's name.
    pub hook: String,
    /// The ARN of the topic that our hooks notify.
    pub lifecycle_topic: String,
    /// The ARN of the topic that takes requeue messages.
    pub reinvoke_topic: String,
    /// The delay classes of requeue messages.
    pub delay_classes: Vec<DelayClassRule>,
    /// The hook's heartbeat timeout in groups whose tags say nothing else. A hook cannot survive
    /// every fault if this is shorter than `patience` plus an outage.
    pub heartbeat: Duration,
    /// The delay of the `later` queue. A heartbeat timeout is at least three times as long.
    pub later: Duration,
    /// The settings of drains in groups whose tags say nothing else.
    pub settings: DrainSettings,
    /// The time after a deadline that stopping tasks get to stop.
    pub grace: Duration,
    /// How long the functions wait before they deregister an ended instance.
    pub ghost: Duration,
    /// How old the reads may be that a reconcile acts on: the function's timeout.
    pub reconcile: Duration,
    /// How long the release of an instance may take once it is possible, or after the last
    /// fault: two periods of the schedule, plus a minute for the reconciles.
    pub patience: Duration,
    /// How long after its warning a Spot interruption may drain an instance.
    pub interruption: Duration,
}

/// The settings of one drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrainSettings {
    /// The time after which an instance with tasks may be released, from when the hook held it.
    pub deadline: Duration,
    /// What may happen at the deadline.
    pub at_deadline: AtDeadline,
    /// Whether standalone tasks may be stopped at the deadline.
    pub stops_standalone: bool,
    /// An instance whose agent is disconnected for so long may be released; `None` means never.
    pub agent_gone: Option<Duration>,
}

/// What may happen to an instance that is not empty at its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDeadline {
    /// It is released with CONTINUE.
    Continue,
    /// Its lifecycle action is abandoned.
    Abandon,
    /// It is held until AWS ends the lifecycle action.
    Wait,
}

/// One delay class of requeue messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelayClassRule {
    /// Its name, the value of the message attribute `delay_class`.
    pub name: String,
    /// The logical id of the queue that delays its requeue messages.
    pub queue: String,
    /// The delay of that queue.
    pub delay: Duration,
}

/// The values of [`DrainSettings::at_deadline`] by their names in parameters and tags.
pub fn at_deadline(name: &str) -> Option<AtDeadline> {
    match name {
        "continue" => Some(AtDeadline::Continue),
        "abandon" => Some(AtDeadline::Abandon),
        "wait" => Some(AtDeadline::Wait),
        _ => None,
    }
}

impl DrainSettings {
    /// These settings with the valid ones of the tags that `text` reads.
    pub(super) fn overridden<'t>(self, text: impl Fn(&str) -> Option<&'t str>) -> Self {
        let deadline = text(tags::DEADLINE).and_then(|text| seconds(text, 60, 172_200));
        let gone = text(tags::AGENT_GONE).and_then(|text| seconds(text, 0, 172_800));
        let standalone = match text(tags::STANDALONE) {
            Some("stop") => Some(true),
            Some("wait") => Some(false),
            _ => None,
        };
        Self {
            deadline: deadline.unwrap_or(self.deadline),
            at_deadline: text(tags::AT_DEADLINE).and_then(at_deadline).unwrap_or(self.at_deadline),
            stops_standalone: standalone.unwrap_or(self.stops_standalone),
            agent_gone: gone
                .map_or(self.agent_gone, |gone| Some(gone).filter(|gone| gone.is_positive())),
        }
    }

    /// Whether an instance that is held since `since` may be released with tasks on it.
    pub(super) fn is_late(self, since: Time, now: Time) -> bool {
        self.at_deadline != AtDeadline::Wait && now >= since + self.deadline
    }
}

impl Rules {
    /// The heartbeat timeout of a hook for the value of its group's tag.
    pub(super) fn heartbeat_of(&self, text: Option<&str>) -> Duration {
        let given = text.and_then(|text| seconds(text, 30, 7_200));
        given.filter(|given| *given >= self.later * 3).unwrap_or(self.heartbeat)
    }
}

fn seconds(text: &str, least: i64, most: i64) -> Option<Duration> {
    let seconds = text.parse().ok().filter(|seconds| (least..=most).contains(seconds));
    seconds.map(Duration::seconds)
}
