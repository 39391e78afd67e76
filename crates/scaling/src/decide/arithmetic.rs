//! From a metric's value to a capacity.

use super::decision::{Chosen, Working};
use super::inputs::{Breach, Inputs};
use super::reason::Reason;
use crate::Time;
use crate::capacity::{Base, base};
use crate::memory::Direction;
use crate::policy::{AdjustmentType, MissingData, Policy};
use crate::step::{change, choose};

/// What a policy asks for.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// The step, if one was chosen.
    pub(super) chosen: Option<Chosen>,
    kind: AdjustmentType,
    adjustment: i32,
    never_lower: bool,
}

/// The step that a breach asks for, or what is done instead of one.
///
/// A value in no step is an error of ExecutePolicy, and so a reason here.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ExecutePolicy.html>
pub(super) fn ask(policy: &Policy, breach: &Breach) -> Result<Asked, Reason> {
    let known = breach.threshold.zip(breach.metric);
    let known = known.filter(|(threshold, metric)| threshold.is_finite() && metric.is_finite());
    let (threshold, metric) = match (known, policy.missing_data) {
        (Some(known), _) => known,
        (None, MissingData::FirstStep) => (0.0, 0.0),
        (None, MissingData::Hold) => return Err(Reason::NoMetricValue),
        (None, MissingData::ScaleTo(capacity)) => return Ok(exactly(capacity, false)),
        (None, MissingData::AtLeast(capacity)) => return Ok(exactly(capacity, true)),
    };
    let number = choose(&policy.step_adjustments, threshold, metric, breach.operator)
        .ok_or(Reason::NoMatchingStep)?;
    let step = *policy.step_adjustments.get(number).ok_or(Reason::NoMatchingStep)?;
    Ok(Asked {
        chosen: Some(Chosen { number, step }),
        kind: policy.adjustment_type,
        adjustment: step.scaling_adjustment,
        never_lower: false,
    })
}

fn exactly(capacity: u32, never_lower: bool) -> Asked {
    let adjustment = i32::try_from(capacity).unwrap_or(i32::MAX);
    Asked { chosen: None, kind: AdjustmentType::ExactCapacity, adjustment, never_lower }
}

/// Applies what is asked for to the target; `None` if it asks for no change.
pub(super) fn work(inputs: &Inputs, asked: Asked, now: Time) -> Option<Working> {
    let Inputs { policy, state, .. } = inputs;
    let direction = direction(asked, state.desired())?;
    let bounds = inputs.bounds();
    let wanted_of = |base: Base| {
        let change =
            change(asked.kind, asked.adjustment, base.capacity, policy.min_adjustment_magnitude);
        (change, i64::from(base.capacity) + change)
    };
    let is_out = direction == Direction::Out;
    // The scale-out whose cooldown has not ended.
    let chain = inputs.cooling(now).filter(|last| last.direction == Direction::Out);
    let base_now = base(state, direction, chain.map(|last| last.base));
    let (change, wanted) = wanted_of(base_now);
    let (to, clamp) = bounds.settle_in(state, direction, wanted);
    let held_back = is_out && chain.is_some() && {
        let (_, unchained) = wanted_of(base(state, direction, None));
        bounds.settle(direction, state.desired(), unchained).0 > state.desired()
    };
    let mut steps = policy.step_adjustments.iter();
    let more = is_out && steps.any(|step| step.scaling_adjustment > asked.adjustment);
    Some(Working { direction, base: base_now, change, wanted, to, clamp, held_back, more })
}

fn direction(asked: Asked, desired: u32) -> Option<Direction> {
    let adjustment = i64::from(asked.adjustment);
    let present = match asked.kind {
        AdjustmentType::ExactCapacity => i64::from(desired),
        AdjustmentType::ChangeInCapacity | AdjustmentType::PercentChangeInCapacity => 0,
    };
    if adjustment > present {
        Some(Direction::Out)
    } else if adjustment < present && !asked.never_lower {
        Some(Direction::In)
    } else {
        None
    }
}
