//! What a decision rests on.

use aws_names::AlarmArn;
use serde::Serialize;

use crate::Time;
use crate::capacity::Bounds;
use crate::memory::{LastScaling, Transition};
use crate::policy::Policy;
use crate::state::State;
use crate::step::Operator;
use crate::times::{maybe_rfc3339, rfc3339};

/// The inputs of a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    /// What the operator wants.
    pub policy: Policy,
    /// The alarm.
    pub breach: Breach,
    /// What was read of the target.
    pub state: State,
    /// The last scaling in force, as recorded on the target.
    pub last: Option<LastScaling>,
}

/// The present state of an alarm that is in ALARM.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breach {
    pub alarm: AlarmArn,
    /// When it went into ALARM.
    #[serde(serialize_with = "rfc3339")]
    pub since: Time,
    /// The time of the state in the event; `None` if a requeue message or an operator caused the
    /// reconcile.
    #[serde(serialize_with = "maybe_rfc3339")]
    pub event: Option<Time>,
    /// The threshold, if the alarm has one.
    pub threshold: Option<f64>,
    /// How the metric is compared with it, if known.
    pub operator: Option<Operator>,
    /// The metric's value, if known.
    pub metric: Option<f64>,
    /// Whether its actions are muted.
    pub muted: bool,
}

impl Inputs {
    /// The last scaling, if its cooldown has not ended.
    pub fn cooling(&self, now: Time) -> Option<LastScaling> {
        self.last.filter(|last| now < last.until())
    }

    /// The bounds of the target.
    pub fn bounds(&self) -> Bounds {
        Bounds::of(&self.policy, &self.state)
    }
}

impl Breach {
    /// The transition into ALARM, as the last scaling records it.
    pub fn transition(&self) -> Transition {
        Transition::of(&self.alarm, self.since)
    }
}
