//! Decisions, with everything that they are based on.

use serde::Serialize;

use super::inputs::Inputs;
use super::reason::Reason;
use crate::Time;
use crate::capacity::{Base, Clamp};
use crate::memory::{Direction, LastScaling};
use crate::policy::{StepAdjustment, Target};

/// The decision of one policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// When it was made.
    pub at: Time,
    pub inputs: Inputs,
    /// The step that was taken; `None` if there is none, or if the policy names a capacity for
    /// missing data.
    pub step: Option<Chosen>,
    /// `None` if no change is asked for.
    pub working: Option<Working>,
    pub outcome: Outcome,
    /// What to record on the target as its last scaling.
    pub remember: Option<LastScaling>,
    /// When to reconcile again if the alarm is still in ALARM then.
    pub requeue_at: Option<Time>,
}

/// A step of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chosen {
    /// Its place in the policy, from 0.
    pub number: usize,
    pub step: StepAdjustment,
}

/// How a change comes to a capacity, whether or not a guard forbids it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Working {
    pub direction: Direction,
    /// What the adjustment is applied to.
    pub base: Base,
    /// By how much the adjustment changes the base.
    pub change: i64,
    /// The capacity that is asked for, before bounds.
    pub wanted: i64,
    /// The capacity within the bounds.
    pub to: u32,
    /// The bound that it was clamped to.
    pub clamp: Option<Clamp>,
    /// Whether it would grow further if the cooldown of a scale-out had ended.
    pub held_back: bool,
    /// Whether the policy has a step that scales out further.
    pub more: bool,
}

/// The outcome of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Set the desired capacity.
    Scale {
        /// From this.
        from: u32,
        /// To this.
        to: u32,
    },
    /// Leave the desired capacity as it is.
    NotScaled(Reason),
}

impl Outcome {
    /// The capacity to set; `None` if none is.
    pub fn to(self) -> Option<u32> {
        match self {
            Self::Scale { to, .. } => Some(to),
            Self::NotScaled(_) => None,
        }
    }
}

impl Decision {
    /// What is to be scaled.
    pub fn target(&self) -> &Target {
        &self.inputs.policy.resource_id
    }

    /// The direction of the change; `None` if no change is asked for.
    pub fn direction(&self) -> Option<Direction> {
        self.working.map(|working| working.direction)
    }
}
