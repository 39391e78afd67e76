//! From a metric's value to a wanted capacity.

use super::{Breach, Chosen};
use crate::capacity::{Base, base};
use crate::guard::Reason;
use crate::memory::{Direction, LastScaling};
use crate::policy::{AdjustmentType, MissingData, Policy};
use crate::state::State;
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

/// What the arithmetic comes to, before bounds and guards.
#[derive(Clone, Copy, Default)]
pub(super) struct Worked {
    pub(super) direction: Option<Direction>,
    pub(super) base: Option<Base>,
    pub(super) change: Option<i64>,
    pub(super) wanted: Option<i64>,
    /// What would be wanted without the cooldown of a scale-out.
    pub(super) unchained: Option<i64>,
    /// Whether the policy has a step that scales out further.
    pub(super) more: bool,
}

/// Applies what is asked for to a target. `chain` is the scale-out whose cooldown has not ended.
pub(super) fn work(
    policy: &Policy,
    state: &State,
    asked: Asked,
    chain: Option<LastScaling>,
) -> Worked {
    let adjustment = i64::from(asked.adjustment);
    let against = match asked.kind {
        AdjustmentType::ExactCapacity => i64::from(state.desired()),
        AdjustmentType::ChangeInCapacity | AdjustmentType::PercentChangeInCapacity => 0,
    };
    let direction = if adjustment > against {
        Direction::Out
    } else if adjustment < against && !asked.never_lower {
        Direction::In
    } else {
        return Worked::default();
    };
    let wanted_of = |base: Base| {
        let change =
            change(asked.kind, asked.adjustment, base.capacity, policy.min_adjustment_magnitude);
        (change, i64::from(base.capacity) + change)
    };
    let base_now = base(state, direction, chain.map(|last| last.base));
    let (change, wanted) = wanted_of(base_now);
    let unchained = chain.map(|_| wanted_of(base(state, direction, None)).1);
    let larger = |step: &crate::policy::StepAdjustment| step.scaling_adjustment > asked.adjustment;
    Worked {
        direction: Some(direction),
        base: Some(base_now),
        change: Some(change),
        wanted: Some(wanted),
        unchained: unchained.filter(|_| direction == Direction::Out),
        more: direction == Direction::Out && policy.step_adjustments.iter().any(larger),
    }
}
