//! Alarms: made and changed.

use std::collections::BTreeMap;

use region_core::Time;
use region_core::api::ApiError;
use region_core::wording::uuid;

use crate::account::Account;
use crate::alarm::{Actions, Alarm, CompositeAlarm, Kind, MetricAlarm, Watched};
use crate::cloudwatch::CloudWatch;
use crate::error::validation;
use crate::evaluation::Criteria;
use crate::names::alarm_name;
use crate::order::{PutCompositeAlarm, PutMetricAlarm};
use crate::query::{Metric, MetricStat, Queries, check_period};
use crate::rule::Rule;
use crate::state::{State, StateValue};
use crate::suppression::Suppressor;
use crate::tags::tags;
use crate::units;

/// The most actions for one state (API_PutMetricAlarm).
const MOST_ACTIONS: usize = 5;

/// N periods may not be longer than a day, in seconds, if one is shorter than an hour; else a week
/// (API_PutMetricAlarm).
const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;
const HOUR: i64 = 3_600;

impl CloudWatch {
    /// Make or change a metric alarm. A new one lacks data until its first evaluation;
    /// a changed one keeps its state until then.
    ///
    /// # Errors
    /// `ValidationError`, with what is wrong.
    pub fn put_metric_alarm(
        &mut self,
        account: &mut dyn Account,
        order: PutMetricAlarm,
    ) -> Result<(), ApiError> {
        let watched = watched(account, &order).map_err(validation)?;
        let period = match &watched {
            Watched::Metric { stat, .. } => i64::from(stat.period),
            Watched::Queries { queries, .. } => queries.period().map_err(validation)?,
        };
        let criteria = criteria(&order, period).map_err(validation)?;
        let metric = MetricAlarm { watched, criteria, period };
        let actions = Actions {
            ok: order.ok_actions,
            alarm: order.alarm_actions,
            insufficient_data: order.insufficient_data_actions,
        };
        check(&order.alarm_name, &actions, &[":sns:", ":autoscaling:"]).map_err(validation)?;
        let alarm = Alarm {
            tags: tags(&order.tags).map_err(validation)?,
            description: order.alarm_description,
            actions_enabled: order.actions_enabled,
            ..new_alarm(account.now(), order.alarm_name, actions, Kind::Metric(metric))
        };
        self.put_alarm(account, alarm);
        Ok(())
    }

    /// Make or change a composite alarm, and evaluate it at once.
    ///
    /// # Errors
    /// `ValidationError`, with what is wrong: it may be made only of alarms that exist, and
    /// not of itself.
    pub fn put_composite_alarm(
        &mut self,
        account: &mut dyn Account,
        order: PutCompositeAlarm,
    ) -> Result<(), ApiError> {
        let rule = Rule::read(&order.alarm_rule).map_err(validation)?;
        let suppressor = suppressor(&order).map_err(validation)?;
        let needed = suppressor.iter().map(|suppressor| alarm_name(&suppressor.text));
        for child in rule.children().into_iter().chain(needed) {
            if !self.alarms.contains_key(child) {
                return Err(validation(format!("there is no alarm {child}, make it first")));
            }
            if self.is_made_of(child, &order.alarm_name) {
                return Err(validation(format!("{child} is made of {}", order.alarm_name)));
            }
        }
        let actions = Actions {
            ok: order.ok_actions,
            alarm: order.alarm_actions,
            insufficient_data: order.insufficient_data_actions,
        };
        check(&order.alarm_name, &actions, &[":sns:"]).map_err(validation)?;
        let composite = CompositeAlarm { text: order.alarm_rule, rule, suppressor };
        let name = order.alarm_name.clone();
        let alarm = Alarm {
            tags: tags(&order.tags).map_err(validation)?,
            description: order.alarm_description,
            actions_enabled: order.actions_enabled,
            ..new_alarm(account.now(), order.alarm_name, actions, Kind::Composite(composite))
        };
        self.put_alarm(account, alarm);
        if self.evaluate_composite(account, &name, None) {
            self.follow(account, name);
        }
        Ok(())
    }

    fn put_alarm(&mut self, account: &mut dyn Account, mut alarm: Alarm) {
        if let Some(before) = self.alarms.get(&alarm.name) {
            alarm.state = before.state.clone();
            alarm.transitioned_at = before.transitioned_at;
            alarm.left_alarm_at = before.left_alarm_at;
            alarm.tags = before.tags.clone();
        }
        let short = matches!(&alarm.kind, Kind::Metric(metric) if metric.is_short());
        self.alarms.insert(alarm.name.clone(), alarm);
        self.begin_minutes(account);
        if short {
            self.begin_short_periods(account);
        }
    }

    /// Whether alarm `name` is `of`, or made of it.
    fn is_made_of(&self, name: &str, of: &str) -> bool {
        let children = match self.alarms.get(name).map(|alarm| &alarm.kind) {
            Some(Kind::Composite(composite)) => composite.rule.children(),
            _ => Vec::new(),
        };
        name == of || children.into_iter().any(|child| self.is_made_of(child, of))
    }
}

fn new_alarm(now: Time, name: String, actions: Actions, kind: Kind) -> Alarm {
    let state = State {
        value: StateValue::InsufficientData,
        reason: "Unchecked: Initial alarm creation".to_owned(),
        reason_data: None,
        updated_at: now,
    };
    Alarm {
        name,
        description: None,
        actions_enabled: true,
        actions,
        configured_at: now,
        state,
        transitioned_at: now,
        left_alarm_at: None,
        called_at: None,
        tags: BTreeMap::new(),
        kind,
    }
}

fn watched(account: &mut dyn Account, order: &PutMetricAlarm) -> Result<Watched, String> {
    if !order.metrics.is_empty() {
        if order.metric_name.is_some() {
            return Err("give either MetricName or Metrics".to_owned());
        }
        let mut returned = order.metrics.iter().filter(|query| query.return_data);
        let (Some(one), None) = (returned.next(), returned.next()) else {
            return Err("exactly one of Metrics must have ReturnData".to_owned());
        };
        let queries = Queries::read(&order.metrics)?;
        let (shown, returned) = (order.metrics.clone(), one.id.clone());
        return Ok(Watched::Queries { shown, queries, returned });
    }
    if order.unit.as_ref().is_some_and(|unit| units::unit(unit).is_none()) {
        return Err(units::unknown("Unit"));
    }
    let needed = |field: &Option<String>, name| field.clone().ok_or(format!("{name} is needed"));
    let period = order.period.ok_or("Period is needed")?;
    check_period(period)?;
    let stat = MetricStat {
        metric: Metric {
            namespace: needed(&order.namespace, "Namespace")?,
            metric_name: needed(&order.metric_name, "MetricName")?,
            dimensions: order.dimensions.clone(),
        },
        period,
        stat: order
            .statistic
            .filter(|statistic| !statistic.is_percentile())
            .ok_or("Statistic is needed, and is no percentile")?,
        unit: order.unit.clone(),
    };
    Ok(Watched::Metric { id: uuid(account.rng()), stat })
}

fn criteria(order: &PutMetricAlarm, period: i64) -> Result<Criteria, String> {
    let (periods, to_alarm) = (order.evaluation_periods, order.datapoints_to_alarm);
    check_span(periods, period)?;
    if let Some(least) = to_alarm.filter(|least| !(1..=periods).contains(least)) {
        return Err(format!("DatapointsToAlarm {least} is not 1 to EvaluationPeriods"));
    }
    Ok(Criteria {
        periods,
        to_alarm,
        threshold: order.threshold.ok_or("Threshold is needed")?,
        comparison: order.comparison_operator.ok_or("ComparisonOperator is needed")?,
        missing: order.treat_missing_data,
    })
}

fn check_span(periods: usize, period: i64) -> Result<(), String> {
    if periods == 0 {
        return Err(
            "The parameter EvaluationPeriods must be greater than or equal to 1.".to_owned()
        );
    }
    let (longest, name, sign) = match period < HOUR {
        true => (DAY, "day", "<"),
        false => (WEEK, "week", ">="),
    };
    let span = i64::try_from(periods).ok().and_then(|periods| periods.checked_mul(period));
    match span.is_some_and(|span| span <= longest) {
        true => Ok(()),
        false => Err(format!(
            "Metrics cannot be checked across more than a {name} (EvaluationPeriods * Period must \
             be <= {longest}) for alarms using period {sign} {HOUR}"
        )),
    }
}

fn suppressor(order: &PutCompositeAlarm) -> Result<Option<Suppressor>, String> {
    let periods = (order.actions_suppressor_wait_period, order.actions_suppressor_extension_period);
    match (&order.actions_suppressor, periods) {
        (None, (None, None)) => Ok(None),
        (Some(text), (Some(wait), Some(extension))) => Ok(Some(Suppressor {
            text: text.clone(),
            wait,
            extension,
            suppressed: None,
            acted: StateValue::InsufficientData,
        })),
        _ => {
            Err("ActionsSuppressor, its WaitPeriod and its ExtensionPeriod go together".to_owned())
        }
    }
}

fn check(name: &str, actions: &Actions, services: &[&str]) -> Result<(), String> {
    if name.is_empty() {
        return Err("AlarmName is needed".to_owned());
    }
    for arns in [&actions.ok, &actions.alarm, &actions.insufficient_data] {
        if arns.len() > MOST_ACTIONS {
            return Err(format!("{name} has more than {MOST_ACTIONS} actions for one state"));
        }
        let unknown = arns.iter().find(|arn| !services.iter().any(|service| arn.contains(service)));
        if let Some(arn) = unknown {
            return Err(format!("{name} cannot have the action {arn} in the simulated region"));
        }
    }
    Ok(())
}
