//! The arithmetic of steps, after
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html>.

use super::activity::NotScaledReason;
use super::order::{AdjustmentType, MetricAggregation, PutStepPolicy, StepAdjustment};

impl MetricAggregation {
    /// One value of several; none of none.
    pub(super) fn of(self, values: &[f64]) -> Option<f64> {
        let all = values.iter().copied();
        match self {
            Self::Average => Some(all.sum::<f64>() / values.len() as f64).filter(|v| v.is_finite()),
            Self::Minimum => all.reduce(f64::min),
            Self::Maximum => all.reduce(f64::max),
        }
    }
}

impl StepAdjustment {
    /// Whether a value this far from the threshold is in this step: above the threshold
    /// the lower bound belongs to it, below the threshold the upper one. A step that is
    /// wholly on one side keeps that side's rule at the threshold itself.
    fn holds(&self, offset: f64) -> bool {
        let lower = self.lower.unwrap_or(f64::NEG_INFINITY);
        let upper = self.upper.unwrap_or(f64::INFINITY);
        let above = lower >= 0.0 || (upper > 0.0 && offset >= 0.0);
        match above {
            true => lower <= offset && offset < upper,
            false => lower < offset && offset <= upper,
        }
    }
}

impl PutStepPolicy {
    /// The adjustment for a value, against the alarm's threshold. Where a step ends and
    /// another begins at the threshold, the one that begins there is taken.
    pub(super) fn adjustment(
        &self,
        value: Option<f64>,
        threshold: f64,
    ) -> Result<i64, NotScaledReason> {
        let offset = value.ok_or(NotScaledReason::NoValue)? - threshold;
        let (above, below): (Vec<&StepAdjustment>, Vec<_>) =
            self.steps.iter().partition(|step| step.lower.is_some_and(|lower| lower >= 0.0));
        let mut steps = above.into_iter().chain(below);
        let step = steps.find(|step| step.holds(offset)).ok_or(NotScaledReason::NoStep)?;
        Ok(step.adjustment)
    }

    /// What an adjustment makes of a capacity, before any bounds. A change in percent is
    /// cut towards zero, but never to nothing, and is the least magnitude at least.
    pub(super) fn adjusted(&self, capacity: usize, adjustment: i64) -> usize {
        let now = i64::try_from(capacity).unwrap_or(i64::MAX);
        let then = match self.adjustment_type {
            AdjustmentType::ChangeInCapacity => now.saturating_add(adjustment),
            AdjustmentType::ExactCapacity => adjustment,
            AdjustmentType::PercentChangeInCapacity => {
                let hundredths = now.saturating_mul(adjustment);
                let whole = match hundredths / 100 {
                    0 => hundredths.signum(),
                    whole => whole,
                };
                let least = i64::from(self.min_adjustment_magnitude.unwrap_or(0));
                let magnitude = whole.abs().max(least);
                now.saturating_add(magnitude.saturating_mul(adjustment.signum()))
            }
        };
        usize::try_from(then).unwrap_or(0)
    }
}

/// Check the bounds of steps: no gap, no overlap, open ends where there must be some
/// (API_StepAdjustment).
///
/// # Errors
/// The first fault.
pub(super) fn check(steps: &[StepAdjustment]) -> Result<(), String> {
    let mut sorted: Vec<_> = steps.iter().collect();
    let lower = |step: &StepAdjustment| step.lower.unwrap_or(f64::NEG_INFINITY);
    sorted.sort_by(|a, b| lower(a).total_cmp(&lower(b)));
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return Err("a policy needs a step".to_owned());
    };
    for step in &sorted {
        if step.lower.is_none() && step.upper.is_none() {
            return Err("a step needs a bound".to_owned());
        }
        if step.upper.is_some_and(|upper| upper <= lower(step)) {
            return Err("the upper bound of a step must be above its lower one".to_owned());
        }
    }
    for (one, next) in sorted.iter().zip(sorted.iter().skip(1)) {
        if one.upper.is_none() || one.upper != next.lower {
            return Err("steps must follow each other without gap and overlap".to_owned());
        }
    }
    if first.lower.is_some_and(|lower| lower < 0.0) {
        return Err("steps with a negative lower bound need one without lower bound".to_owned());
    }
    if last.upper.is_some_and(|upper| upper > 0.0) {
        return Err("steps with a positive upper bound need one without upper bound".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScalingTarget;

    fn step(lower: Option<f64>, upper: Option<f64>, adjustment: i64) -> StepAdjustment {
        StepAdjustment { lower, upper, adjustment }
    }

    fn policy(adjustment_type: AdjustmentType, steps: Vec<StepAdjustment>) -> PutStepPolicy {
        PutStepPolicy::new("p", ScalingTarget::Group("group".to_owned()), adjustment_type, steps)
    }

    /// Both policies of "Step adjustments" in the guide in one, as offsets from 50.
    fn guide() -> PutStepPolicy {
        policy(
            AdjustmentType::PercentChangeInCapacity,
            vec![
                step(Some(0.0), Some(10.0), 0),
                step(Some(10.0), Some(20.0), 10),
                step(Some(20.0), None, 30),
                step(Some(-10.0), Some(0.0), 0),
                step(Some(-20.0), Some(-10.0), -10),
                step(None, Some(-20.0), -30),
            ],
        )
    }

    #[test]
    fn a_bound_belongs_to_the_side_nearer_the_threshold() {
        for (value, adjustment) in [
            (50.0, 0),
            (59.9, 0),
            (60.0, 10),
            (69.9, 10),
            (70.0, 30),
            (1e9, 30),
            (40.1, 0),
            (40.0, -10),
            (30.1, -10),
            (30.0, -30),
            (-1e9, -30),
        ] {
            assert_eq!(guide().adjustment(Some(value), 50.0), Ok(adjustment), "{value}");
        }
    }

    #[test]
    fn at_the_threshold_the_step_that_begins_there_is_taken() {
        let both = policy(
            AdjustmentType::ChangeInCapacity,
            vec![step(None, Some(0.0), -1), step(Some(0.0), None, 1)],
        );
        assert_eq!(both.adjustment(Some(50.0), 50.0), Ok(1));
        let below = policy(AdjustmentType::ChangeInCapacity, vec![step(None, Some(0.0), -1)]);
        assert_eq!(below.adjustment(Some(50.0), 50.0), Ok(-1));
        assert_eq!(below.adjustment(Some(50.1), 50.0), Err(NotScaledReason::NoStep));
        assert_eq!(below.adjustment(None, 50.0), Err(NotScaledReason::NoValue));
        let straddles = policy(
            AdjustmentType::ChangeInCapacity,
            vec![step(None, Some(10.0), 1), step(Some(10.0), None, 2)],
        );
        assert_eq!(straddles.adjustment(Some(60.0), 50.0), Ok(2));
        assert_eq!(straddles.adjustment(Some(59.0), 50.0), Ok(1));
        assert_eq!(straddles.adjustment(Some(41.0), 50.0), Ok(1));
    }

    #[test]
    fn percents_are_cut_towards_zero_but_never_to_nothing() {
        let policy = policy(AdjustmentType::PercentChangeInCapacity, Vec::new());
        for (capacity, percent, then) in [
            (127, 10, 139), // 12.7: 12
            (67, 1, 68),    // 0.67: 1
            (58, -1, 57),   // -0.58: -1
            (667, -1, 661), // -6.67: -6
            (10, 200, 30),
            (4, -200, 0),
            (0, 50, 0),
        ] {
            assert_eq!(policy.adjusted(capacity, percent), then, "{capacity} {percent}%");
        }
    }

    #[test]
    fn a_change_in_percent_has_a_least_magnitude() {
        let least = PutStepPolicy {
            min_adjustment_magnitude: Some(2),
            ..policy(AdjustmentType::PercentChangeInCapacity, Vec::new())
        };
        assert_eq!(least.adjusted(4, 25), 6);
        assert_eq!(least.adjusted(4, -25), 2);
        assert_eq!(least.adjusted(40, 25), 50);
        assert_eq!(least.adjusted(40, 0), 40);
    }

    #[test]
    fn capacity_may_be_changed_or_given() {
        let change = policy(AdjustmentType::ChangeInCapacity, Vec::new());
        assert_eq!((change.adjusted(5, 3), change.adjusted(2, -3)), (8, 0));
        let exact = policy(AdjustmentType::ExactCapacity, Vec::new());
        assert_eq!(exact.adjusted(5, 3), 3);
    }

    #[test]
    fn values_become_one() {
        let values = [10.0, 40.0, 70.0, 20.0];
        assert_eq!(MetricAggregation::Average.of(&values), Some(35.0));
        assert_eq!(MetricAggregation::Minimum.of(&values), Some(10.0));
        assert_eq!(MetricAggregation::Maximum.of(&values), Some(70.0));
        assert_eq!(MetricAggregation::Average.of(&[]), None);
    }

    #[test]
    fn unsound_steps_are_refused() {
        assert_eq!(check(&guide().steps), Ok(()));
        for (steps, error) in [
            (vec![], "a policy needs a step"),
            (vec![step(None, None, 1)], "a step needs a bound"),
            (
                vec![step(Some(5.0), Some(5.0), 1)],
                "the upper bound of a step must be above its lower one",
            ),
            (
                vec![step(Some(0.0), Some(5.0), 1), step(Some(6.0), None, 2)],
                "steps must follow each other without gap and overlap",
            ),
            (
                vec![step(Some(0.0), Some(5.0), 1), step(Some(4.0), None, 2)],
                "steps must follow each other without gap and overlap",
            ),
            (
                vec![step(Some(0.0), None, 1), step(Some(5.0), None, 2)],
                "steps must follow each other without gap and overlap",
            ),
            (
                vec![step(Some(-5.0), Some(0.0), -1)],
                "steps with a negative lower bound need one without lower bound",
            ),
            (
                vec![step(Some(0.0), Some(5.0), 1)],
                "steps with a positive upper bound need one without upper bound",
            ),
        ] {
            assert_eq!(check(&steps), Err(error.to_owned()));
        }
    }
}
