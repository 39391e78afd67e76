//! Alarms as they are ordered: the fields of PutMetricAlarm and PutCompositeAlarm, which
//! are those of `AWS::CloudWatch::Alarm` and `AWS::CloudWatch::CompositeAlarm` too.

use serde::Deserialize;

use crate::evaluation::{Comparison, TreatMissingData};
use crate::metrics::Statistic;
use crate::query::{Dimension, MetricDataQuery};
use crate::tags::Tag;

/// A metric alarm to make or change, after API_PutMetricAlarm. Extended statistics,
/// anomaly detection and periods of 10 and 30 seconds are not simulated.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutMetricAlarm {
    pub alarm_name: String,
    pub alarm_description: Option<String>,
    /// Whether its actions are enabled (default: yes).
    pub actions_enabled: bool,
    /// ARNs of the actions when it becomes OK.
    #[serde(rename = "OKActions")]
    pub ok_actions: Vec<String>,
    /// ARNs of the actions when it goes into ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs of the actions when it lacks data.
    pub insufficient_data_actions: Vec<String>,
    /// The metric's namespace.
    pub namespace: Option<String>,
    /// The metric's name.
    pub metric_name: Option<String>,
    /// The metric's statistic.
    pub statistic: Option<Statistic>,
    /// The metric's dimensions.
    pub dimensions: Vec<Dimension>,
    /// Seconds of a period: 20, or a multiple of 60.
    pub period: Option<u32>,
    /// The unit that the metric's samples must have.
    pub unit: Option<String>,
    /// Instead of one metric, queries; the one that returns data is watched.
    pub metrics: Vec<MetricDataQuery>,
    /// N: how many periods are evaluated.
    pub evaluation_periods: usize,
    /// M: how many of them must breach (default: all).
    pub datapoints_to_alarm: Option<usize>,
    /// The threshold that values are compared with.
    pub threshold: Option<f64>,
    /// The comparison with the threshold.
    pub comparison_operator: Option<Comparison>,
    /// What a missing value is taken for (default: missing).
    pub treat_missing_data: Option<TreatMissingData>,
    /// Tags of a new alarm; those of one that exists stay.
    pub tags: Vec<Tag>,
}

impl Default for PutMetricAlarm {
    fn default() -> Self {
        Self {
            alarm_name: String::new(),
            alarm_description: None,
            actions_enabled: true,
            ok_actions: Vec::new(),
            alarm_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            namespace: None,
            metric_name: None,
            statistic: None,
            dimensions: Vec::new(),
            period: None,
            unit: None,
            metrics: Vec::new(),
            evaluation_periods: 0,
            datapoints_to_alarm: None,
            threshold: None,
            comparison_operator: None,
            treat_missing_data: None,
            tags: Vec::new(),
        }
    }
}

/// A composite alarm to make or change, after API_PutCompositeAlarm.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutCompositeAlarm {
    pub alarm_name: String,
    pub alarm_description: Option<String>,
    /// Whether its actions are enabled (default: yes).
    pub actions_enabled: bool,
    /// ARNs of the actions when it becomes OK.
    #[serde(rename = "OKActions")]
    pub ok_actions: Vec<String>,
    /// ARNs of the actions when it goes into ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs of the actions when it lacks data.
    pub insufficient_data_actions: Vec<String>,
    /// What it is made of, such as `ALARM("a") AND NOT ALARM("b")`.
    pub alarm_rule: String,
    /// Name or ARN of an alarm that, in ALARM, keeps this one from acting.
    pub actions_suppressor: Option<String>,
    /// Seconds that it waits, before it acts, for the suppressor to go into ALARM.
    pub actions_suppressor_wait_period: Option<u64>,
    /// Seconds that it waits, before it acts, after the suppressor has left ALARM.
    pub actions_suppressor_extension_period: Option<u64>,
    /// Tags of a new alarm; those of one that exists stay.
    pub tags: Vec<Tag>,
}

impl Default for PutCompositeAlarm {
    fn default() -> Self {
        Self {
            alarm_name: String::new(),
            alarm_description: None,
            actions_enabled: true,
            ok_actions: Vec::new(),
            alarm_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            alarm_rule: String::new(),
            actions_suppressor: None,
            actions_suppressor_wait_period: None,
            actions_suppressor_extension_period: None,
            tags: Vec::new(),
        }
    }
}
