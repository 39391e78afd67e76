//! A slow model of AWS's rules, each rule of the guides by itself, beside the arithmetic.
//!
//! It shares no code with what it checks: numbers are fractions over 100, an interval is two
//! comparisons per side, and the cooldown subtracts what was added where the crate starts
//! from a smaller base.

use super::*;

/// The step, by the rules of API_StepAdjustment. At the threshold a metric is neither above
/// nor below; both rules are then tried, the alarm's own side first.
pub(super) fn step_of(
    policy: &Policy,
    threshold: f64,
    metric: f64,
    above_first: bool,
) -> Option<i32> {
    let mut above = None;
    let mut below = None;
    for step in &policy.step_adjustments {
        let from = match step.metric_interval_lower_bound {
            Some(bound) => threshold + bound,
            None => f64::NEG_INFINITY,
        };
        let to = match step.metric_interval_upper_bound {
            Some(bound) => threshold + bound,
            None => f64::INFINITY,
        };
        // Above: with the lower bound, without the upper one.
        if from <= metric && metric < to && above.is_none() {
            above = Some(step.scaling_adjustment);
        }
        // Below: without the lower bound, with the upper one.
        if from < metric && metric <= to && below.is_none() {
            below = Some(step.scaling_adjustment);
        }
    }
    if metric > threshold {
        above
    } else if metric < threshold {
        below
    } else if above_first {
        above.or(below)
    } else {
        below.or(above)
    }
}

/// Above 1 down, between 0 and 1 to 1, between 0 and -1 to -1, below -1 up.
pub(super) fn percentage(percent: i32, of: i128) -> i128 {
    let hundredths = i128::from(percent) * of;
    if hundredths >= 100 {
        hundredths.div_euclid(100)
    } else if hundredths > 0 {
        1
    } else if hundredths == 0 {
        0
    } else if hundredths > -100 {
        -1
    } else {
        -((-hundredths).div_euclid(100))
    }
}

/// By how much the policy changes a capacity.
fn asked(policy: &Policy, adjustment: i32, current: i128) -> i128 {
    match policy.adjustment_type {
        AdjustmentType::ChangeInCapacity => i128::from(adjustment),
        AdjustmentType::ExactCapacity => i128::from(adjustment) - current,
        AdjustmentType::PercentChangeInCapacity => {
            let amount = percentage(adjustment, current);
            let least = i128::from(policy.min_adjustment_magnitude.unwrap_or(0));
            if adjustment > 0 && amount < least {
                least
            } else if adjustment < 0 && amount > -least {
                -least
            } else {
                amount
            }
        }
    }
}

/// The desired capacity that AWS's rules come to.
pub(super) fn desired_after(
    policy: &Policy,
    breach: &Breach,
    state: &State,
    last: Option<LastScaling>,
    now: Time,
) -> u32 {
    let desired = i128::from(state.desired());
    let above_first = matches!(
        breach.operator,
        Some(Operator::GreaterThanThreshold | Operator::GreaterThanOrEqualToThreshold)
    );
    let (Some(threshold), Some(metric)) = (breach.threshold, breach.metric) else {
        return state.desired();
    };
    let Some(adjustment) = step_of(policy, threshold, metric, above_first) else {
        return state.desired();
    };
    let cooling = last.filter(|last| {
        // At most one invocation a minute.
        now - last.at < Duration::seconds(last.cooldown.max(60).into())
    });
    let out = match policy.adjustment_type {
        AdjustmentType::ExactCapacity => i128::from(adjustment) > desired,
        _ => adjustment > 0,
    };
    let still = match policy.adjustment_type {
        AdjustmentType::ExactCapacity => i128::from(adjustment) == desired,
        _ => adjustment == 0,
    };
    if still {
        return state.desired();
    }
    let after = if out {
        scaled_out(policy, state, adjustment, cooling)
    } else {
        // No scale-in within any cooldown.
        if cooling.is_some() || holds_scale_in(policy, state) {
            return state.desired();
        }
        scaled_in(policy, state, adjustment)
    };
    u32::try_from(after).unwrap()
}

fn scaled_out(
    policy: &Policy,
    state: &State,
    adjustment: i32,
    cooling: Option<LastScaling>,
) -> i128 {
    let (min, max) = bounds(policy, state);
    let desired = i128::from(state.desired());
    let current = match state {
        // What runs, not what is desired.
        State::Service(s) if s.deployments <= 1 && !s.rolling_out => i128::from(s.running),
        State::Service(s) => i128::from(s.running).min(desired),
        // Without what warms up.
        State::Group(g) => i128::from(g.warm),
    };
    // Within a scale-out's cooldown the next one starts where that one did …
    let start = match cooling {
        Some(last) if last.direction == Direction::Out => current.min(i128::from(last.base)),
        _ => current,
    };
    // … and what was added since counts, so that only the difference is.
    let difference = asked(policy, adjustment, start) - (desired - start);
    let mut after = if difference > 0 { desired + difference } else { desired };
    if desired > max {
        // Above the maximum already: left.
        return desired;
    }
    if after > max {
        after = max;
    }
    if after < min {
        // Below the minimum: raised to it.
        after = min;
    }
    after
}

fn scaled_in(policy: &Policy, state: &State, adjustment: i32) -> i128 {
    let (min, max) = bounds(policy, state);
    let desired = i128::from(state.desired());
    let current = match state {
        State::Service(s) => i128::from(s.running),
        // With what terminates.
        State::Group(g) => {
            i128::from(g.warm) + i128::from(g.unregistered) + i128::from(g.terminating)
        }
    };
    let less = -asked(policy, adjustment, current);
    // What goes beyond the desired capacity already is no reason to lower it.
    let mut after = if less > current - desired { current - less } else { desired };
    if desired < min {
        return desired;
    }
    if after < min {
        after = min;
    }
    if after > max {
        after = max;
    }
    after
}

fn holds_scale_in(policy: &Policy, state: &State) -> bool {
    match state {
        State::Service(s) => s.deployments > 1 || s.rolling_out,
        State::Group(g) => {
            let share = f64::from(g.cluster.draining) / f64::from(g.cluster.instances.max(1));
            let most = policy.max_draining_percent;
            g.warming > 0 || most.is_some_and(|most| share > f64::from(most) / 100.0)
        }
    }
}

fn bounds(policy: &Policy, state: &State) -> (i128, i128) {
    let (min, max) = (i128::from(policy.min_capacity), i128::from(policy.max_capacity));
    match state {
        State::Service(_) => (min, max),
        State::Group(g) => {
            let (least, most) = (i128::from(g.min_size), i128::from(g.max_size));
            (min.clamp(least, most), max.clamp(least, most))
        }
    }
}
