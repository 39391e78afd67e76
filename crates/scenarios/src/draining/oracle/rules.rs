//! The guarantees in numbers.

use time::Duration;

/// The configuration of the drain that the oracle checks against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The lifecycle hook's name.
    pub hook: String,
    /// The ARN of the topic that takes requeue messages.
    pub reinvoke_topic: String,
    /// The delay classes of requeue messages.
    pub delay_classes: Vec<DelayClassRule>,
    /// The hook's heartbeat timeout. A hook cannot survive every fault if this is shorter
    /// than `patience` plus an outage.
    pub heartbeat: Duration,
    /// The time after which an instance with tasks may be released, from when the hook held it.
    pub deadline: Duration,
    /// The time after `deadline` that stopping tasks get to stop.
    pub grace: Duration,
    /// The longest that an instance may be held: the deadline plus its grace, or longer
    /// after an update of the stack.
    pub deadline_at_most: Duration,
    /// What may happen at the deadline.
    pub at_deadline: AtDeadline,
    /// Whether standalone tasks may be stopped at the deadline.
    pub stops_standalone: bool,
    /// An instance whose agent is disconnected for so long may be released; `None` means never.
    pub agent_gone: Option<Duration>,
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
