//! Decides what a policy makes of a breach, as one record: every input, the step, base, clamp,
//! guard and outcome.

mod apply;
mod arithmetic;

use serde::Serialize;
use time::Duration;

use crate::Time;
use crate::capacity::{Base, Bounds, Clamp};
use crate::guard::{self, Reason};
use crate::memory::{Direction, INVOKED_EVERY, LastScaling, Transition, rfc3339};
use crate::policy::{AdjustmentType, MissingData, Policy, StepAdjustment, Target};
use crate::state::State;
use crate::step::Operator;

pub use apply::prevailing;

/// The present state of an alarm that is in ALARM.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breach {
    /// The alarm's ARN.
    pub alarm: String,
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

impl Breach {
    /// The transition into ALARM, as the last scaling records it.
    pub fn transition(&self) -> Transition {
        Transition::of(&self.alarm, self.since)
    }
}

/// The decision of one policy, with everything that it is based on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// When it was made.
    #[serde(serialize_with = "rfc3339")]
    pub at: Time,
    /// The alarm.
    pub breach: Breach,
    /// What is to be scaled.
    pub target: Target,
    /// What was read of it.
    pub state: State,
    /// The last scaling in force.
    pub last: Option<LastScaling>,
    /// The end of the cooldown, if there is one.
    #[serde(serialize_with = "maybe_rfc3339")]
    pub cooldown_until: Option<Time>,
    /// Whether scaling was switched on.
    pub switched_on: bool,
    /// What its step's adjustment means.
    pub adjustment_type: AdjustmentType,
    /// The minimum change by a percentage.
    pub min_adjustment_magnitude: Option<u32>,
    /// What is done when the metric is not known.
    pub missing_data: MissingData,
    /// The step that was taken.
    pub step: Option<Chosen>,
    /// The bounds of the target.
    pub bounds: Bounds,
    /// The direction of the step.
    pub direction: Option<Direction>,
    /// What the adjustment was applied to.
    pub base: Option<Base>,
    /// By how much the step changes the base.
    pub change: Option<i64>,
    /// The capacity that the step asks for, before bounds.
    pub wanted: Option<i64>,
    /// The bound that it was clamped to.
    pub clamp: Option<Clamp>,
    pub outcome: Outcome,
    /// What to record on the target as its last scaling.
    pub remember: Option<LastScaling>,
    /// When to reconcile again if the alarm is still in ALARM then.
    #[serde(serialize_with = "maybe_rfc3339")]
    pub requeue_at: Option<Time>,
}

/// A step of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chosen {
    /// Its place in the policy, from 0.
    pub number: usize,
    pub step: StepAdjustment,
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

/// The inputs of a decision.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What the operator wants.
    pub policy: &'a Policy,
    /// The alarm.
    pub breach: &'a Breach,
    /// What was read of the target.
    pub state: &'a State,
    /// The last scaling in force, as recorded on the target.
    pub last: Option<LastScaling>,
    /// Whether scaling is switched on at all.
    pub switched_on: bool,
}

/// Decides what a policy makes of a breach.
pub fn decide(inputs: Inputs<'_>, now: Time) -> Decision {
    let Inputs { policy, breach, state, last, switched_on } = inputs;
    let cooling = last.filter(|last| now < last.until());
    let cooldown_until = cooling.map(|last| last.until());
    let chain = cooling.filter(|last| last.direction == Direction::Out);

    let asked = arithmetic::ask(policy, breach);
    let worked = asked.map(|asked| arithmetic::work(policy, state, asked, chain));
    let worked_out = worked.unwrap_or_default();
    let bounds = Bounds::of(policy, state);
    let desired = state.desired();
    let settled = worked_out
        .direction
        .zip(worked_out.wanted)
        .map(|(direction, wanted)| bounds.settle_in(state, direction, wanted));

    let forbidden = guard::any(&inputs);
    let outcome = match (forbidden, asked) {
        (Some(reason), _) | (None, Err(reason)) => Outcome::NotScaled(reason),
        (None, Ok(_)) => match (worked_out.direction, settled) {
            (Some(direction), Some((to, _))) if to != desired => {
                match guard::towards(direction, policy, state, cooldown_until) {
                    Some(reason) => Outcome::NotScaled(reason),
                    None => Outcome::Scale { from: desired, to },
                }
            }
            (_, Some((_, Some(Clamp::ToRoom)))) => Outcome::NotScaled(Reason::NoRoomForTasks),
            (direction, _) => {
                let held_back = worked_out.unchained.is_some_and(|unchained| {
                    bounds.settle(Direction::Out, desired, unchained).0 > desired
                });
                let until = cooldown_until.filter(|_| held_back);
                Outcome::NotScaled(unchanged(direction, desired, bounds, until))
            }
        },
    };
    let remember = match (outcome, worked_out.direction, worked_out.base) {
        (Outcome::Scale { to, .. }, Some(direction), Some(base)) => Some(LastScaling {
            at: whole_second(now),
            direction,
            cooldown: match direction {
                Direction::Out => policy.scale_out_cooldown,
                Direction::In => policy.scale_in_cooldown,
            },
            from: desired,
            base: base.capacity,
            to,
            transition: breach.transition(),
        }),
        _ => None,
    };
    Decision {
        at: now,
        breach: breach.clone(),
        target: policy.resource_id.clone(),
        state: state.clone(),
        last,
        cooldown_until,
        switched_on,
        adjustment_type: policy.adjustment_type,
        min_adjustment_magnitude: policy.min_adjustment_magnitude,
        missing_data: policy.missing_data,
        step: asked.ok().and_then(|asked| asked.chosen),
        bounds,
        direction: worked_out.direction,
        base: worked_out.base,
        change: worked_out.change,
        wanted: worked_out.wanted,
        clamp: settled.and_then(|(_, clamp)| clamp),
        outcome,
        remember,
        requeue_at: requeue_at(outcome, remember.or(cooling), worked_out.more, now),
    }
}

/// Whether the policy would scale for any value of its metric. If not, the value need not be read.
pub fn may_scale(inputs: Inputs<'_>, now: Time) -> bool {
    let Some(threshold) = inputs.breach.threshold else { return true };
    let scales = |metric: f64| {
        let breach = Breach { metric: Some(metric), ..inputs.breach.clone() };
        let decision = decide(Inputs { breach: &breach, ..inputs }, now);
        (decision.step.map(|chosen| chosen.number), decision.outcome)
    };
    inputs.policy.step_adjustments.iter().enumerate().any(|(number, step)| {
        let offset = match (step.metric_interval_lower_bound, step.metric_interval_upper_bound) {
            (Some(lower), Some(upper)) => lower.midpoint(upper),
            (Some(lower), None) => lower + 1.0,
            (None, Some(upper)) => upper - 1.0,
            (None, None) => 0.0,
        };
        // A step too narrow for floating-point numbers counts as one that might scale.
        match scales(threshold + offset) {
            (Some(chosen), outcome) if chosen == number => matches!(outcome, Outcome::Scale { .. }),
            _ => true,
        }
    })
}

/// Why a step that may be taken changes nothing.
fn unchanged(
    direction: Option<Direction>,
    desired: u32,
    bounds: Bounds,
    until: Option<Time>,
) -> Reason {
    match direction {
        Some(Direction::Out) if desired >= bounds.max => {
            Reason::AlreadyAtMaxCapacity { max_capacity: bounds.max }
        }
        Some(Direction::In) if desired <= bounds.min => {
            Reason::AlreadyAtMinCapacity { min_capacity: bounds.min }
        }
        _ => match until {
            Some(until) => Reason::Cooldown { until },
            None => Reason::AlreadyAtDesiredCapacity { current_capacity: desired },
        },
    }
}

/// When to reconcile again: at the end of the cooldown, or in a minute, as CloudWatch repeats its
/// own actions, if something else may have changed by then or a larger step may add to this one.
fn requeue_at(
    outcome: Outcome,
    cooling: Option<LastScaling>,
    more: bool,
    now: Time,
) -> Option<Time> {
    let soon = now.saturating_add(INVOKED_EVERY);
    let until = match (outcome, cooling) {
        (Outcome::NotScaled(reason), _) if !reason.passes() => return None,
        (
            Outcome::Scale { .. }
            | Outcome::NotScaled(Reason::Cooldown { .. } | Reason::DuplicateEvent),
            Some(last),
        ) => last.until(),
        _ => soon,
    };
    Some(if more { until.min(soon) } else { until })
}

/// Rounds up: a tag holds whole seconds, and no cooldown may end early.
pub(crate) fn whole_second(now: Time) -> Time {
    match now.nanosecond() {
        0 => now,
        part => now.saturating_add(Duration::nanoseconds(1_000_000_000 - i64::from(part))),
    }
}

fn maybe_rfc3339<S: serde::Serializer>(
    time: &Option<Time>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => rfc3339(time, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests;
