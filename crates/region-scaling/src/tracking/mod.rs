//! Target tracking, after
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html>
//! and <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html>.

mod alarms;
mod check;
mod order;
mod put;

use region_cloudwatch::{ScalingAction, StateValue};

use self::alarms::Windows;
use crate::account::Account;
use crate::activity::NotScaledReason;

pub use self::order::{CustomizedMetric, PredefinedMetric, PutTargetTrackingPolicy, TrackedMetric};

/// A target tracking policy and the names of its alarms.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracking {
    pub(crate) arn: String,
    pub(crate) order: PutTargetTrackingPolicy,
    high: String,
    low: String,
    windows: Windows,
    /// It is that of a capacity provider.
    pub(crate) managed: bool,
}

/// What an alarm asks of its policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Demand {
    /// To scale out, or else in.
    pub(crate) out: bool,
    /// The metric, as a share of the target value.
    share: f64,
}

impl Demand {
    /// The capacity that brings the metric to the target value, where it is now so much. The
    /// change is rounded conservatively: 1.5 more are two, 1.5 less are one. One without any
    /// capacity that is to scale out is taken to have one
    /// (<https://github.com/aws/copilot-cli/issues/3376>).
    pub(crate) fn proportional(self, base: usize) -> usize {
        let base = if self.out { base.max(1) } else { base };
        let exact = base as f64 * self.share;
        // Nine tenths of ten are nine, whatever their floating point says.
        (exact - exact.abs() * 1e-9).ceil() as usize
    }
}

impl Tracking {
    /// The same, as that of a capacity provider.
    pub(crate) fn managed(self) -> Self {
        Self { windows: Windows::MANAGED, managed: true, ..self }
    }

    /// The newest value that made the alarm go off, if it had any.
    pub(crate) fn value(action: &ScalingAction) -> Option<f64> {
        action.recent.last().copied()
    }

    /// What the alarm asks for.
    ///
    /// # Errors
    /// The policy does not do it.
    pub(crate) fn demand(&self, action: &ScalingAction) -> Result<Demand, NotScaledReason> {
        let out = action.alarm != self.low;
        if !out && self.order.disable_scale_in {
            return Err(NotScaledReason::ScaleInDisabled);
        }
        let value = Self::value(action).ok_or(NotScaledReason::NoValue)?;
        Ok(Demand { out, share: value / self.order.target_value })
    }

    /// Whether nothing in this policy speaks against a scale-in. An alarm without data does.
    pub(crate) fn allows_scale_in(&self, account: &impl Account) -> bool {
        self.order.disable_scale_in || account.alarm_state(&self.low) == Some(StateValue::Alarm)
    }
}
