//! Steps, for what is not proportional enough for target tracking; and the alarms that take
//! them.

use serde::Serialize;

use super::three_digits;
use super::watch::{Query, Watch};

/// What alarms compare with, in CloudWatch's values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thresholds {
    /// From which tasks are added.
    pub(super) out: f64,
    /// Down to which they are removed.
    pub(super) into: f64,
}

/// The lower threshold, as a share of the upper: the loss of one of two tasks doubles a load,
/// and must not call for it back.
const IN_SHARE: f64 = 0.4;

impl Thresholds {
    pub(super) fn of(watch: &Watch, target: f64) -> Self {
        let out = three_digits(target * watch.factor);
        Self { out, into: three_digits(IN_SHARE * out) }
    }
}

/// One range of the metric, counted from the threshold, and what it does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Step {
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_interval_lower_bound: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_interval_upper_bound: Option<f64>,
    scaling_adjustment: i32,
}

/// Each range adds the percentage of tasks by which its upper end is above the threshold.
pub(super) fn out(threshold: f64) -> Vec<Step> {
    let (tenth, half) = (three_digits(0.1 * threshold), three_digits(0.5 * threshold));
    vec![
        Step::new(Some(0.0), Some(tenth), 10),
        Step::new(Some(tenth), Some(half), 50),
        Step::new(Some(half), None, 100),
    ]
}

/// One task in ten: little load may be a pause, and a task that was removed too early costs
/// its start once more.
pub(super) fn into() -> Vec<Step> {
    vec![Step::new(None, Some(0.0), -10)]
}

impl Step {
    fn new(lower: Option<f64>, upper: Option<f64>, adjustment: i32) -> Self {
        Self {
            metric_interval_lower_bound: lower,
            metric_interval_upper_bound: upper,
            scaling_adjustment: adjustment,
        }
    }
}

/// Seconds after a scale-in until the next.
pub(super) const IN_COOLDOWN: u32 = 300;

/// An alarm; `A` is how its action is named.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Alarm<A> {
    pub(super) alarm_name: String,
    metrics: Vec<Query>,
    evaluation_periods: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoints_to_alarm: Option<u32>,
    comparison_operator: &'static str,
    threshold: f64,
    treat_missing_data: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alarm_actions: Vec<A>,
}

impl<A> Alarm<A> {
    /// Two minutes of load, as one may be a blip: two of three, if the newest may look smaller
    /// than it is.
    pub(super) fn busy(
        name: String,
        watch: &Watch,
        thresholds: Thresholds,
        actions: Vec<A>,
    ) -> Self {
        let operator = "GreaterThanOrEqualToThreshold";
        let two = Self::new(name, watch, (2, operator, thresholds.out), actions);
        match watch.grows() {
            true => Self { evaluation_periods: 3, datapoints_to_alarm: Some(2), ..two },
            false => two,
        }
    }

    /// Ten minutes of little load, as it may be a pause.
    pub(super) fn idle(
        name: String,
        watch: &Watch,
        thresholds: Thresholds,
        actions: Vec<A>,
    ) -> Self {
        let operator = "LessThanOrEqualToThreshold";
        Self::new(name, watch, (10, operator, thresholds.into), actions)
    }

    fn new(
        alarm_name: String,
        watch: &Watch,
        (evaluation_periods, comparison_operator, threshold): (u32, &'static str, f64),
        alarm_actions: Vec<A>,
    ) -> Self {
        Self {
            alarm_name,
            metrics: watch.queries(true),
            evaluation_periods,
            datapoints_to_alarm: None,
            comparison_operator,
            threshold,
            // Silence says neither that there is load nor that there is none.
            treat_missing_data: "missing",
            alarm_actions,
        }
    }
}
