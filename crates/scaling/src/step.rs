//! Which step a metric's value falls in, and by how much that step changes a capacity.

use serde::Serialize;

use crate::policy::{AdjustmentType, StepAdjustment};

/// How an alarm compares, by CloudWatch's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Operator {
    /// `>`
    GreaterThanThreshold,
    /// `>=`
    GreaterThanOrEqualToThreshold,
    /// `<`
    LessThanThreshold,
    /// `<=`
    LessThanOrEqualToThreshold,
}

impl Operator {
    /// Reads CloudWatch's name. The operators of anomaly bands have no threshold and give `None`.
    pub fn read(name: &str) -> Option<Self> {
        match name {
            "GreaterThanThreshold" => Some(Self::GreaterThanThreshold),
            "GreaterThanOrEqualToThreshold" => Some(Self::GreaterThanOrEqualToThreshold),
            "LessThanThreshold" => Some(Self::LessThanThreshold),
            "LessThanOrEqualToThreshold" => Some(Self::LessThanOrEqualToThreshold),
            _ => None,
        }
    }

    fn side(self) -> Side {
        match self {
            Self::GreaterThanThreshold | Self::GreaterThanOrEqualToThreshold => Side::Above,
            Self::LessThanThreshold | Self::LessThanOrEqualToThreshold => Side::Below,
        }
    }
}

/// On which side of the threshold a metric counts as being.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Above,
    Below,
}

impl Side {
    /// Above the threshold an interval includes its lower bound, below it its upper one.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html>
    fn holds(self, step: &StepAdjustment, threshold: f64, metric: f64) -> bool {
        let lower = step.metric_interval_lower_bound.map(|offset| threshold + offset);
        let upper = step.metric_interval_upper_bound.map(|offset| threshold + offset);
        match self {
            Self::Above => {
                lower.is_none_or(|lower| metric >= lower)
                    && upper.is_none_or(|upper| metric < upper)
            }
            Self::Below => {
                lower.is_none_or(|lower| metric > lower)
                    && upper.is_none_or(|upper| metric <= upper)
            }
        }
    }
}

/// The number of the step in whose interval a metric lies.
///
/// At the threshold itself AWS defines neither side; its examples include it in a step that
/// begins there as well as in one that ends there. If a policy has both, the alarm's operator
/// decides, and without one the larger adjustment is taken: more capacity is the safer error.
pub fn choose(
    steps: &[StepAdjustment],
    threshold: f64,
    metric: f64,
    operator: Option<Operator>,
) -> Option<usize> {
    let on = |side: Side| steps.iter().position(|step| side.holds(step, threshold, metric));
    if metric > threshold {
        return on(Side::Above);
    }
    if metric < threshold {
        return on(Side::Below);
    }
    let (above, below) = (on(Side::Above), on(Side::Below));
    match operator.map(Operator::side) {
        Some(Side::Above) => above.or(below),
        Some(Side::Below) => below.or(above),
        None => {
            let adjustment =
                |number: &usize| steps.get(*number).map(|step| step.scaling_adjustment);
            below.into_iter().chain(above).max_by_key(adjustment)
        }
    }
}

/// By how much an adjustment changes a capacity.
///
/// A percentage is rounded toward zero, but never to it, and then made at least the minimum
/// magnitude; a percentage of 0 stays 0.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html>
pub fn change(kind: AdjustmentType, adjustment: i32, base: u32, magnitude: Option<u32>) -> i64 {
    let (adjustment, base) = (i64::from(adjustment), i64::from(base));
    match kind {
        AdjustmentType::ChangeInCapacity => adjustment,
        AdjustmentType::ExactCapacity => adjustment - base,
        AdjustmentType::PercentChangeInCapacity => {
            let hundredths = adjustment * base;
            let rounded = match hundredths / 100 {
                0 => hundredths.signum(),
                whole => whole,
            };
            let least = i64::from(magnitude.unwrap_or(0));
            adjustment.signum() * rounded.abs().max(least)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(lower: Option<f64>, upper: Option<f64>, scaling_adjustment: i32) -> StepAdjustment {
        StepAdjustment {
            metric_interval_lower_bound: lower,
            metric_interval_upper_bound: upper,
            scaling_adjustment,
        }
    }

    #[test]
    fn at_the_threshold_operator_or_larger_adjustment_decides() {
        let both = [step(None, Some(0.0), -1), step(Some(0.0), None, 1)];
        let at = |operator| choose(&both, 50.0, 50.0, operator);
        assert_eq!(at(Some(Operator::LessThanOrEqualToThreshold)), Some(0));
        assert_eq!(at(Some(Operator::GreaterThanOrEqualToThreshold)), Some(1));
        assert_eq!(at(None), Some(1));
        let free = [step(Some(0.0), None, -1), step(None, Some(0.0), 1)];
        assert_eq!(choose(&free, 50.0, 50.0, None), Some(1));
    }

    #[test]
    fn a_step_across_the_threshold_includes_the_bound_that_is_nearer_to_the_metric() {
        let steps =
            [step(None, Some(-5.0), 0), step(Some(-5.0), Some(5.0), 1), step(Some(5.0), None, 2)];
        let chosen = |metric| choose(&steps, 50.0, metric, None);
        assert_eq!((chosen(45.0), chosen(45.1), chosen(50.0)), (Some(0), Some(1), Some(1)));
        assert_eq!((chosen(54.9), chosen(55.0)), (Some(1), Some(2)));
    }

    #[test]
    fn what_is_no_number_lies_nowhere() {
        let all = [step(None, Some(0.0), -1), step(Some(0.0), None, 1)];
        assert_eq!(choose(&all, 50.0, f64::NAN, None), None);
        assert_eq!(choose(&all, f64::NAN, 50.0, None), None);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let percent = AdjustmentType::PercentChangeInCapacity;
        assert_eq!(change(percent, i32::MIN, u32::MAX, Some(u32::MAX)), -92_233_720_347_072_921);
        assert_eq!(change(AdjustmentType::ExactCapacity, 0, u32::MAX, None), -4_294_967_295);
    }

    #[test]
    fn the_names_of_operators_are_read_as_they_are_written() {
        for operator in [
            Operator::GreaterThanThreshold,
            Operator::GreaterThanOrEqualToThreshold,
            Operator::LessThanThreshold,
            Operator::LessThanOrEqualToThreshold,
        ] {
            assert_eq!(Operator::read(&format!("{operator:?}")), Some(operator));
        }
        assert_eq!(Operator::read("LessThanLowerOrGreaterThanUpperThreshold"), None);
    }
}
