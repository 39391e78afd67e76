//! What is kept about alarms.

use serde::Deserialize;

use super::evaluation::Criteria;
use super::math::{Grid, Series};
use super::metrics::{MINUTE, Metrics};
use super::query::{MetricDataQuery, MetricStat, Queries};
use super::rule::Rule;
use super::suppression::Suppressor;
use region_core::Time;
use region_core::names::{ACCOUNT, REGION};

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StateValue {
    /// Within the threshold; of a composite alarm, the rule is not met.
    Ok,
    /// Beyond the threshold; of a composite alarm, the rule is met.
    Alarm,
    /// New, or without data.
    InsufficientData,
}

impl StateValue {
    /// CloudWatch's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// A state, why, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) value: StateValue,
    pub(super) reason: String,
    /// JSON as text.
    pub(super) reason_data: Option<String>,
    pub(super) updated_at: Time,
}

/// What happens in each state, by ARN.
#[derive(Debug, Clone, Default)]
pub(super) struct Actions {
    pub(super) ok: Vec<String>,
    pub(super) alarm: Vec<String>,
    pub(super) insufficient_data: Vec<String>,
}

impl Actions {
    pub(super) fn of(&self, state: StateValue) -> &[String] {
        match state {
            StateValue::Ok => &self.ok,
            StateValue::Alarm => &self.alarm,
            StateValue::InsufficientData => &self.insufficient_data,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Alarm {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) actions_enabled: bool,
    pub(super) actions: Actions,
    pub(super) configured_at: Time,
    pub(super) state: State,
    pub(super) transitioned_at: Time,
    /// When it was last in ALARM and is no more.
    pub(super) left_alarm_at: Option<Time>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Metric(MetricAlarm),
    Composite(CompositeAlarm),
}

impl Alarm {
    pub(super) fn arn(&self) -> String {
        alarm_arn(&self.name)
    }
}

/// The ARN of an alarm.
pub(super) fn alarm_arn(name: &str) -> String {
    format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}")
}

/// The name of an alarm that is given by name or ARN.
pub(super) fn alarm_name(name_or_arn: &str) -> &str {
    match name_or_arn.starts_with("arn:") {
        true => name_or_arn.splitn(7, ':').last().unwrap_or(name_or_arn),
        false => name_or_arn,
    }
}

#[derive(Debug, Clone)]
pub(super) struct CompositeAlarm {
    /// As it was given.
    pub(super) text: String,
    pub(super) rule: Rule,
    pub(super) suppressor: Option<Suppressor>,
}

#[derive(Debug, Clone)]
pub(super) struct MetricAlarm {
    pub(super) watched: Watched,
    pub(super) unit: Option<String>,
    pub(super) criteria: Criteria,
    /// Seconds.
    pub(super) period: i64,
}

#[derive(Debug, Clone)]
pub(super) enum Watched {
    /// One metric; the id is by which state changes name it.
    Metric { id: String, stat: MetricStat },
    /// One of several queries.
    Queries { shown: Vec<MetricDataQuery>, queries: Queries, returned: String },
}

/// A value of the evaluation range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// The start of its period, in seconds.
    pub(super) time: i64,
    pub(super) value: Option<f64>,
    /// Of one metric only.
    pub(super) sample_count: Option<f64>,
}

impl MetricAlarm {
    /// The values of the evaluation range as they are known at `now`, newest first: a
    /// window that slides by a minute ("Alarm evaluation").
    pub(super) fn points(&self, metrics: &Metrics, now: Time) -> Vec<Point> {
        let minute = now.unix_timestamp().div_euclid(MINUTE) * MINUTE;
        let mut times: Vec<i64> =
            std::iter::successors(Some(minute), |time| Some(time - self.period))
                .skip(1)
                .take(self.criteria.range())
                .collect();
        times.reverse();
        let grid = Grid { times, period: self.period };
        let (values, counts): (Series, Series) = match &self.watched {
            Watched::Metric { stat, .. } => {
                let all = metrics.summaries(&stat.metric, &grid);
                all.filter_map(|(time, all)| {
                    Some(((time, all.statistic(stat.stat)?), (time, all.count)))
                })
                .unzip()
            }
            Watched::Queries { queries, returned, .. } => {
                (queries.series(returned, metrics, &grid).unwrap_or_default(), Series::new())
            }
        };
        let points = grid.times.iter().rev().map(|time| Point {
            time: *time,
            value: values.get(time).copied(),
            sample_count: counts.get(time).copied(),
        });
        points.collect()
    }
}
