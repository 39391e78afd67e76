//! What was promised, in numbers.

use time::Duration;

/// What the drain was set to do; the oracle judges by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The lifecycle hook's name.
    pub hook: String,
    /// The topic on which further looks are asked for.
    pub reinvoke_topic: String,
    /// The paces of further looks.
    pub paces: Vec<PaceRule>,
    /// The hook's heartbeat timeout. One that is shorter than `patience` and an outage
    /// cannot outlive every fault.
    pub heartbeat: Duration,
    /// The earliest that an instance may go with tasks on it, from the hook's hold on.
    pub deadline: Duration,
    /// How long after `deadline` tasks that are being stopped have to stop.
    pub grace: Duration,
    /// The latest that one may be held, from there on: the deadline and its grace, or
    /// later after the stack was updated.
    pub deadline_at_most: Duration,
    /// What may happen then.
    pub at_deadline: AtDeadline,
    /// Standalone tasks may be stopped at the deadline.
    pub stops_standalone: bool,
    /// An instance without its agent for so long may go; `None` never.
    pub agent_gone: Option<Duration>,
    /// How long the functions wait before they remove the registration of an ended machine.
    pub ghost: Duration,
    /// How long a look may act on what it has read: the function's timeout.
    pub look: Duration,
    /// How long an instance that could go may wait, after it could and after the last
    /// fault: two periods of the schedule, and a minute for the looks.
    pub patience: Duration,
    /// How long after its announcement a Spot interruption may drain an instance.
    pub interruption: Duration,
}

/// What may become of an instance that is not empty at its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDeadline {
    /// It goes.
    Continue,
    /// Its lifecycle action is abandoned.
    Abandon,
    /// It is held until AWS ends the action.
    Wait,
}

/// One pace of further looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaceRule {
    /// Its name, the value of the message attribute `pace`.
    pub name: String,
    /// The logical id of the queue that delays its ticks.
    pub queue: String,
    /// By how long.
    pub delay: Duration,
}
