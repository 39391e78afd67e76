//! Decides what a policy makes of a breach, as one record: inputs, working and outcome.

mod apply;
mod arithmetic;
mod decision;
mod guard;
mod inputs;
mod reason;
mod record;

use crate::Time;
use crate::capacity::Clamp;
use crate::memory::{Direction, INVOKED_EVERY, LastScaling};
use crate::times::whole_second;

use arithmetic::{Asked, ask, work};

pub use apply::prevailing;
pub use decision::{Chosen, Decision, Outcome, Working};
pub use inputs::{Breach, Inputs};
pub use reason::Reason;

/// Decides what a policy makes of a breach.
pub fn decide(inputs: Inputs, now: Time) -> Decision {
    let asked = ask(&inputs.policy, &inputs.breach);
    let working = asked.ok().and_then(|asked| work(&inputs, asked, now));
    let outcome = match settle(&inputs, asked, working, now) {
        Ok(to) => Outcome::Scale { from: inputs.state.desired(), to },
        Err(reason) => Outcome::NotScaled(reason),
    };
    let remember = remember(&inputs, outcome, working, now);
    let cooling = remember.or(inputs.cooling(now));
    let more = working.is_some_and(|working| working.more);
    Decision {
        at: now,
        step: asked.ok().and_then(|asked| asked.chosen),
        working,
        outcome,
        remember,
        requeue_at: requeue_at(outcome, cooling, more, now),
        inputs,
    }
}

/// Whether the policy would scale for any value of its metric. If not, the value need not be read.
pub fn may_scale(inputs: &Inputs, now: Time) -> bool {
    let Some(threshold) = inputs.breach.threshold else { return true };
    let scales = |metric: f64| {
        let breach = Breach { metric: Some(metric), ..inputs.breach.clone() };
        let decision = decide(Inputs { breach, ..inputs.clone() }, now);
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

/// The capacity to set, or why none is set.
fn settle(
    inputs: &Inputs,
    asked: Result<Asked, Reason>,
    working: Option<Working>,
    now: Time,
) -> Result<u32, Reason> {
    guard::any(inputs)?;
    asked?;
    let desired = inputs.state.desired();
    let until = inputs.cooling(now).map(|last| last.until());
    let Some(working) = working else {
        return Err(Reason::AlreadyAtDesiredCapacity { current_capacity: desired });
    };
    if working.to != desired {
        guard::towards(working.direction, &inputs.policy, &inputs.state, until)?;
        return Ok(working.to);
    }
    let bounds = inputs.bounds();
    Err(match (working.direction, until) {
        _ if working.clamp == Some(Clamp::ToRoom) => Reason::NoRoomForTasks,
        (Direction::Out, _) if desired >= bounds.max => {
            Reason::AlreadyAtMaxCapacity { max_capacity: bounds.max }
        }
        (Direction::In, _) if desired <= bounds.min => {
            Reason::AlreadyAtMinCapacity { min_capacity: bounds.min }
        }
        (_, Some(until)) if working.held_back => Reason::Cooldown { until },
        _ => Reason::AlreadyAtDesiredCapacity { current_capacity: desired },
    })
}

/// The scaling as its target's tag records it.
fn remember(
    inputs: &Inputs,
    outcome: Outcome,
    working: Option<Working>,
    now: Time,
) -> Option<LastScaling> {
    let Outcome::Scale { from, to } = outcome else { return None };
    let Working { direction, base, .. } = working?;
    Some(LastScaling {
        at: whole_second(now),
        direction,
        cooldown: match direction {
            Direction::Out => inputs.policy.scale_out_cooldown,
            Direction::In => inputs.policy.scale_in_cooldown,
        },
        from,
        base: base.capacity,
        to,
        transition: inputs.breach.transition(),
    })
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

#[cfg(test)]
mod tests;
