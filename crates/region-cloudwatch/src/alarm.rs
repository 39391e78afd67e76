//! What is kept about alarms.

use std::collections::BTreeMap;

use region_core::Time;

use crate::evaluation::Criteria;
use crate::math::{Grid, Series};
use crate::metrics::{MINUTE, Metrics, start_of};
use crate::names::alarm_arn;
use crate::query::{MetricDataQuery, MetricStat, Queries};
use crate::rule::Rule;
use crate::state::{State, StateValue};
use crate::suppression::Suppressor;

/// What happens in each state, by ARN.
#[derive(Debug, Clone, Default)]
pub(crate) struct Actions {
    pub(crate) ok: Vec<String>,
    pub(crate) alarm: Vec<String>,
    pub(crate) insufficient_data: Vec<String>,
}

impl Actions {
    pub(crate) fn of(&self, state: StateValue) -> &[String] {
        match state {
            StateValue::Ok => &self.ok,
            StateValue::Alarm => &self.alarm,
            StateValue::InsufficientData => &self.insufficient_data,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Alarm {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) actions_enabled: bool,
    pub(crate) actions: Actions,
    pub(crate) configured_at: Time,
    pub(crate) state: State,
    pub(crate) transitioned_at: Time,
    /// When it last left ALARM.
    pub(crate) left_alarm_at: Option<Time>,
    /// When an evaluation last called its scaling policies.
    pub(crate) called_at: Option<Time>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Metric(MetricAlarm),
    Composite(CompositeAlarm),
}

impl Alarm {
    pub(crate) fn arn(&self) -> String {
        alarm_arn(&self.name)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct CompositeAlarm {
    /// As it was given.
    pub(crate) text: String,
    pub(crate) rule: Rule,
    pub(crate) suppressor: Option<Suppressor>,
}

#[derive(Debug, Clone)]
pub(crate) struct MetricAlarm {
    pub(crate) watched: Watched,
    pub(crate) criteria: Criteria,
    /// Seconds.
    pub(crate) period: i64,
}

#[derive(Debug, Clone)]
pub(crate) enum Watched {
    /// One metric; the id is by which state changes name it.
    Metric { id: String, stat: MetricStat },
    /// One of several queries.
    Queries { shown: Vec<MetricDataQuery>, queries: Queries, returned: String },
}

/// A value of the evaluation range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// The start of its period, in seconds.
    pub(crate) time: i64,
    pub(crate) value: Option<f64>,
    /// Of one metric only.
    pub(crate) sample_count: Option<f64>,
}

impl MetricAlarm {
    /// Whether its period is below a minute, so that it is evaluated more often.
    pub(crate) fn is_short(&self) -> bool {
        self.period < MINUTE
    }

    /// The values of the evaluation range as they are known at `now`, newest first: a
    /// window that slides by a minute, or by a period that is shorter ("Alarm evaluation").
    pub(crate) fn points(&self, metrics: &Metrics, now: Time) -> Vec<Point> {
        let end = start_of(now, self.period.min(MINUTE));
        let mut times: Vec<i64> = std::iter::successors(Some(end), |time| Some(time - self.period))
            .skip(1)
            .take(self.criteria.range())
            .collect();
        times.reverse();
        let grid = Grid { times, period: self.period };
        let (values, counts): (Series, Series) = match &self.watched {
            Watched::Metric { stat, .. } => {
                let all = stat.summaries(metrics, &grid).into_iter();
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
