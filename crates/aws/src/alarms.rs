//! Reads alarms from CloudWatch.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{
    self, AlarmType, Metric, MetricDataQuery, MetricStat, StateValue as Value,
};
use aws_smithy_types::DateTime;
use futures_util::future::BoxFuture;
use scaling::Time;
use scaling::alarm::{self, Evaluation, Skip, StateValue};
use scaling::step::Operator;
use serde_json::json;

use crate::times::time_of;
use crate::values::Watched;
use crate::{Error, PAGE, owned};

/// The CloudWatch client. It is not part of [`Aws`](crate::Aws), for auto-drain does not need it.
#[derive(Debug, Clone)]
pub struct CloudWatch(Client);

/// The present state of an alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    pub arn: String,
    pub state: StateValue,
    /// When it entered that state.
    pub since: Time,
    /// Whether its actions are disabled, or suppressed.
    pub muted: bool,
    /// Why alarms of its kind are not supported; `None` if they are.
    pub unsupported: Option<Skip>,
    /// The threshold, if it has one.
    pub threshold: Option<f64>,
    /// How the metric is compared with the threshold.
    pub operator: Option<Operator>,
    /// What the state was evaluated on, when it was entered.
    pub evaluation: Option<Evaluation>,
    /// The GetMetricData queries for its present value; `None` for a composite alarm and for an
    /// anomaly detector's band.
    pub watched: Option<Watched>,
}

impl CloudWatch {
    /// A client for `config`, which [`defaults`](crate::defaults) loads.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// The SDK's own client.
    pub(crate) fn client(&self) -> &Client {
        &self.0
    }

    /// The metric and composite alarms `names`. An alarm that does not exist is absent.
    ///
    /// # Errors
    /// If a call fails.
    pub fn alarms<'a>(&'a self, names: &'a [String]) -> BoxFuture<'a, Result<Vec<Alarm>, Error>> {
        Box::pin(async move {
            let mut alarms = Vec::new();
            for names in names.chunks(PAGE) {
                // Without alarm types the call returns metric alarms only.
                let described = self
                    .0
                    .describe_alarms()
                    .set_alarm_names(owned(names))
                    .alarm_types(AlarmType::MetricAlarm)
                    .alarm_types(AlarmType::CompositeAlarm)
                    .max_records(i32::try_from(PAGE).unwrap_or(i32::MAX))
                    .send()
                    .await
                    .map_err(Error::of("DescribeAlarms"))?;
                alarms.extend(described.metric_alarms().iter().filter_map(metric_alarm));
                alarms.extend(described.composite_alarms().iter().filter_map(composite_alarm));
            }
            Ok(alarms)
        })
    }
}

fn state(value: Option<&Value>) -> Option<StateValue> {
    StateValue::read(value?.as_str())
}

fn metric_alarm(alarm: &types::MetricAlarm) -> Option<Alarm> {
    let expressions = alarm.metrics().iter().map(|query| {
        json!({
            "Expression": query.expression(),
            "MetricStat": query.metric_stat().map(|_| json!({})),
        })
    });
    let kind = alarm::kind(&json!({
        "MetricName": alarm.metric_name(),
        "Metrics": expressions.collect::<Vec<_>>(),
        "ThresholdMetricId": alarm.threshold_metric_id(),
        "EvaluationCriteria": alarm.evaluation_criteria().map(|_| json!({})),
    }));
    let is_band = kind == Ok(Some(alarm::Kind::AnomalyBand));
    Some(Alarm {
        arn: alarm.alarm_arn()?.to_owned(),
        state: state(alarm.state_value())?,
        since: since(alarm.state_transitioned_timestamp(), alarm.state_updated_timestamp())?,
        muted: alarm.actions_enabled() == Some(false),
        unsupported: kind.err(),
        threshold: alarm.threshold().filter(|_| !is_band),
        operator: alarm.comparison_operator().and_then(|name| Operator::read(name.as_str())),
        evaluation: alarm.state_reason_data().and_then(Evaluation::read),
        watched: (!is_band).then(|| watched(alarm)).flatten(),
    })
}

fn watched(alarm: &types::MetricAlarm) -> Option<Watched> {
    if !alarm.metrics().is_empty() {
        let queries = alarm.metrics().to_vec();
        let period = |query: &MetricDataQuery| {
            query.period().or_else(|| query.metric_stat().and_then(MetricStat::period))
        };
        let period = queries.iter().filter_map(period).max()?;
        return Some(Watched::new(queries, period.into()));
    }
    let metric = Metric::builder()
        .set_namespace(alarm.namespace().map(str::to_owned))
        .metric_name(alarm.metric_name()?)
        .set_dimensions(alarm.dimensions.clone())
        .build();
    let stat = alarm.statistic().map(types::Statistic::as_str).or(alarm.extended_statistic())?;
    let stat = MetricStat::builder()
        .metric(metric)
        .period(alarm.period()?)
        .stat(stat)
        .set_unit(alarm.unit().cloned())
        .build();
    let query = MetricDataQuery::builder().id("m").metric_stat(stat).build();
    Some(Watched::new(vec![query], alarm.period()?.into()))
}

fn composite_alarm(alarm: &types::CompositeAlarm) -> Option<Alarm> {
    Some(Alarm {
        arn: alarm.alarm_arn()?.to_owned(),
        state: state(alarm.state_value())?,
        since: since(alarm.state_transitioned_timestamp(), alarm.state_updated_timestamp())?,
        muted: alarm.actions_enabled() == Some(false) || alarm.actions_suppressed_by().is_some(),
        unsupported: None,
        threshold: None,
        operator: None,
        evaluation: None,
        watched: None,
    })
}

/// When a state was entered. Only CloudWatch emulators omit `transitioned`.
fn since(transitioned: Option<&DateTime>, updated: Option<&DateTime>) -> Option<Time> {
    time_of(transitioned.or(updated)?)
}
