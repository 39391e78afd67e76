//! From a breach and a policy to one record: every input, the step, base, clamp, guard and
//! outcome.

mod arithmetic;
mod prevail;

use serde::Serialize;
use time::Duration;

use crate::Time;
use crate::capacity::{Base, Bounds, Clamp};
use crate::guard::{self, Reason};
use crate::memory::{Direction, INVOKED_EVERY, LastScaling, Transition, rfc3339};
use crate::policy::{AdjustmentType, MissingData, Policy, StepAdjustment, Target};
use crate::state::State;
use crate::step::Operator;

pub use prevail::prevailing;

/// An alarm in ALARM, as CloudWatch has it now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breach {
    /// The alarm's ARN.
    pub alarm: String,
    /// Since when it is in ALARM.
    #[serde(serialize_with = "rfc3339")]
    pub since: Time,
    /// The time of the state that the event told of; `None` if a tick brought the look.
    #[serde(serialize_with = "maybe_rfc3339")]
    pub event: Option<Time>,
    /// The threshold, if the alarm has one.
    pub threshold: Option<f64>,
    /// How it compares, if that is known.
    pub operator: Option<Operator>,
    /// The metric's value, if it is known.
    pub metric: Option<f64>,
    /// Whether its actions are muted.
    pub muted: bool,
}

impl Breach {
    /// What it is remembered by.
    pub fn transition(&self) -> Transition {
        Transition::of(&self.alarm, self.since)
    }
}

/// Everything about one policy that its alarm came to.
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
    /// What an earlier look remembered.
    pub last: Option<LastScaling>,
    /// Until when a cooldown lasts, if one does.
    #[serde(serialize_with = "maybe_rfc3339")]
    pub cooldown_until: Option<Time>,
    /// Whether scaling was switched on.
    pub switched_on: bool,
    /// What its step's adjustment means.
    pub adjustment_type: AdjustmentType,
    /// The least change by a percentage.
    pub min_adjustment_magnitude: Option<u32>,
    /// What is done when the metric is not known.
    pub missing_data: MissingData,
    /// The step that was taken.
    pub step: Option<Chosen>,
    /// The bounds of the target.
    pub bounds: Bounds,
    /// Which way the step leads.
    pub direction: Option<Direction>,
    /// What the adjustment was applied to.
    pub base: Option<Base>,
    /// By how much the step changes the base.
    pub change: Option<i64>,
    /// What the step asks for.
    pub wanted: Option<i64>,
    /// Which bound that was brought to.
    pub clamp: Option<Clamp>,
    /// What comes of it.
    pub outcome: Outcome,
    /// What to remember, once it is done.
    pub remember: Option<LastScaling>,
    /// When to look again, should the alarm still be in ALARM by then.
    #[serde(serialize_with = "maybe_rfc3339")]
    pub look_again: Option<Time>,
}

/// A step of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chosen {
    /// Its place in the policy, from 0.
    pub number: usize,
    /// The step.
    pub step: StepAdjustment,
}

/// What comes of a decision.
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
    /// Leave it.
    NotScaled(Reason),
}

/// What a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What the operator wants.
    pub policy: &'a Policy,
    /// The alarm.
    pub breach: &'a Breach,
    /// What was read of the target.
    pub state: &'a State,
    /// The scaling in force, of those that an earlier look remembered.
    pub last: Option<LastScaling>,
    /// Whether scaling is switched on at all.
    pub switched_on: bool,
}

/// Decide what a policy makes of a breach.
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
        look_again: look_again(outcome, remember.or(cooling), worked_out.more, now),
    }
}

/// Whether any step of a policy would scale, were the metric's value in it. If not, the value
/// need not be known.
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
        // A step too narrow for floating-point numbers might scale: nobody can tell.
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

/// At the end of the cooldown; but as often as CloudWatch invokes its own actions where
/// something else may have changed by then, or a larger step may add to this one.
fn look_again(
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

/// A tag holds whole seconds, and no cooldown may end before its time.
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
