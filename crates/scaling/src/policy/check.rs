//! What the fields of a policy must be to one another.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{AdjustmentType, Fault, MissingData, Policy, StepAdjustment};

/// Minimum and maximum, and the capacity for missing data between them.
pub(super) fn bounds(
    fields: &mut Fields<'_>,
    min: Option<i64>,
    max: Option<i64>,
    missing: MissingData,
) {
    let (Some(min), Some(max)) = (min, max) else { return };
    if min > max {
        let what = format!("is {min}, more than MaxCapacity, {max}; give at most that");
        return fields.fault("MinCapacity", what);
    }
    let (name, capacity) = match missing {
        MissingData::ScaleTo(capacity) => ("MissingData.ScaleTo", i64::from(capacity)),
        MissingData::AtLeast(capacity) => ("MissingData.AtLeast", i64::from(capacity)),
        MissingData::Hold | MissingData::FirstStep => return,
    };
    if !(min..=max).contains(&capacity) {
        let what = format!(
            "is {capacity}; give a capacity from MinCapacity, {min}, to MaxCapacity, {max}"
        );
        fields.fault(name, what);
    }
}

/// MinAdjustmentMagnitude goes with percentages alone.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html>
pub(super) fn magnitude(fields: &mut Fields<'_>, kind: AdjustmentType) {
    const NAME: &str = "MinAdjustmentMagnitude";
    if kind != AdjustmentType::PercentChangeInCapacity && fields.optional(NAME).is_some() {
        fields.fault(NAME, "needs AdjustmentType PercentChangeInCapacity; remove it");
    }
}

/// An exact capacity is not negative.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html>
pub(super) fn adjustments(
    fields: &mut Fields<'_>,
    kind: AdjustmentType,
    steps: Option<&[StepAdjustment]>,
) {
    for (number, step) in steps.into_iter().flatten().enumerate() {
        let adjustment = step.scaling_adjustment;
        if kind == AdjustmentType::ExactCapacity && adjustment < 0 {
            let name = format!("StepAdjustments[{number}].ScalingAdjustment");
            fields.fault(&name, format!("is {adjustment}; give a capacity, 0 or more"));
        }
    }
}

/// The rules about the intervals of a policy, all of them from
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html>.
pub(super) fn intervals(fields: &mut Fields<'_>, steps: &[StepAdjustment]) {
    let at = |number: usize| format!("StepAdjustments[{number}]");
    let numbered = || steps.iter().copied().enumerate();
    let mut closed = Vec::new();
    for (number, step) in numbered() {
        match (step.metric_interval_lower_bound, step.metric_interval_upper_bound) {
            (None, None) => {
                let what =
                    "has neither MetricIntervalLowerBound nor MetricIntervalUpperBound; give one";
                fields.fault(&at(number), what);
            }
            (Some(lower), Some(upper)) if upper <= lower => {
                let name = format!("{}.MetricIntervalUpperBound", at(number));
                let what = format!("is {upper}; give more than MetricIntervalLowerBound, {lower}");
                fields.fault(&name, what);
            }
            (lower, upper) => closed.push((
                lower.unwrap_or(f64::NEG_INFINITY),
                upper.unwrap_or(f64::INFINITY),
                number,
            )),
        }
    }
    open_ends(fields, steps);
    if !numbered().any(|(_, step)| step.metric_interval_lower_bound.is_none())
        && let Some((number, lower)) = numbered()
            .filter_map(|(number, step)| Some((number, step.metric_interval_lower_bound?)))
            .find(|(_, lower)| *lower < 0.0)
    {
        let name = format!("{}.MetricIntervalLowerBound", at(number));
        let what = format!("is {lower} and no step is open below; leave out the lowest one's");
        fields.fault(&name, what);
    }
    if !numbered().any(|(_, step)| step.metric_interval_upper_bound.is_none())
        && let Some((number, upper)) = numbered()
            .filter_map(|(number, step)| Some((number, step.metric_interval_upper_bound?)))
            .find(|(_, upper)| *upper > 0.0)
    {
        let name = format!("{}.MetricIntervalUpperBound", at(number));
        let what = format!("is {upper} and no step is open above; leave out the highest one's");
        fields.fault(&name, what);
    }
    neighbours(fields, closed);
}

/// Two steps that are open at the same end.
fn open_ends(fields: &mut Fields<'_>, steps: &[StepAdjustment]) {
    type Bound = fn(&StepAdjustment) -> Option<f64>;
    let ends: [(&str, Bound); 2] = [
        ("MetricIntervalLowerBound", |step| step.metric_interval_lower_bound),
        ("MetricIntervalUpperBound", |step| step.metric_interval_upper_bound),
    ];
    for (name, bound) in ends {
        let mut open = (0..).zip(steps).filter(|(_, step)| bound(step).is_none());
        let Some((first, _)) = open.next() else { continue };
        for (number, _) in open {
            let name = format!("StepAdjustments[{number}].{name}");
            fields
                .fault(&name, format!("is missing, and in StepAdjustments[{first}] too; give one"));
        }
    }
}

/// Gaps and overlaps, against the step that reaches furthest of those that begin lower.
fn neighbours(fields: &mut Fields<'_>, mut steps: Vec<(f64, f64, usize)>) {
    steps.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut reach: Option<(f64, usize)> = None;
    for (lower, upper, number) in steps {
        if let Some((end, before)) = reach
            && end.is_finite()
            && lower.is_finite()
            && end != lower
        {
            let what = if lower < end { "overlaps" } else { "leaves a gap after" };
            let name = format!("StepAdjustments[{number}].MetricIntervalLowerBound");
            let what = format!("is {lower}: it {what} StepAdjustments[{before}]; give {end}");
            fields.fault(&name, what);
        }
        if reach.is_none_or(|(end, _)| upper > end) {
            reach = Some((upper, number));
        }
    }
}

/// Bounds belong to a target, so its policies must agree on them.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>
pub(super) fn one_pair_of_bounds(policies: &[Policy], faults: &mut Vec<Fault>) {
    let mut first = BTreeMap::new();
    for (number, policy) in policies.iter().enumerate() {
        let (before, min, max) = *first.entry(&policy.resource_id).or_insert((
            number,
            policy.min_capacity,
            policy.max_capacity,
        ));
        for (name, here, there) in
            [("MinCapacity", policy.min_capacity, min), ("MaxCapacity", policy.max_capacity, max)]
        {
            if here != there {
                faults.push(Fault {
                    path: format!("Policies[{number}].{name}"),
                    what: format!(
                        "is {here}, and {there} in Policies[{before}] for the same target; give one"
                    ),
                });
            }
        }
    }
}
