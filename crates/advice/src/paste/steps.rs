//! Step scaling for metrics that are not proportional enough for target tracking, with its alarms.

use serde::Serialize;

use super::three_digits;
use super::watch::{Query, Watch};

/// The thresholds of the alarms, in the unit of CloudWatch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thresholds {
    /// Tasks are added from this value on.
    pub(super) out: f64,
    /// Tasks are removed up to this value.
    pub(super) into: f64,
}

/// The lower threshold, as a share of the upper one. Removing one of two tasks doubles the load,
/// and that must not trigger a scale-out.
const IN_SHARE: f64 = 0.4;

impl Thresholds {
    pub(super) fn of(watch: &Watch, target: f64) -> Self {
        let out = three_digits(target * watch.factor);
        Self { out, into: three_digits(IN_SHARE * out) }
    }
}

/// One step: a range of the metric, relative to the threshold, and its adjustment.
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

/// Removes one task in ten. Low load may be temporary, and a task that is removed too early has to
/// start again.
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

/// An alarm. `A` is the type of its action.
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
    /// Two minutes of load, because one may be an outlier. Two of three if the newest minute may be
    /// too small.
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

    /// Ten minutes of low load, because it may be temporary.
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
            // Missing data show neither load nor idleness.
            treat_missing_data: "missing",
            alarm_actions,
        }
    }
}
