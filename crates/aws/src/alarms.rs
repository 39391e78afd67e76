//! Reads alarms from CloudWatch.

use aws_names::{AlarmArn, AlarmName};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::SdkError;
use aws_sdk_cloudwatch::operation::list_tags_for_resource::ListTagsForResourceError;
use aws_sdk_cloudwatch::types::{
    self, AlarmType, Metric, MetricDataQuery, MetricStat, StateValue as Value, Tag,
};
use aws_smithy_types::DateTime;
use aws_types::SdkConfig;
use scaling::Time;
use scaling::alarm::{Kind, StateValue, newest_complete};
use scaling::step::Operator;

use crate::share::Share;
use crate::times::time_of;
use crate::values::Watched;
use crate::{Call, Error, PAGE, owned};

/// Reads of tags: the burst, and the rate per second. AWS allows an account 10 a second, and up to
/// five processes read.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>
const TAG_READS: (u32, u32) = (4, 2);

/// The CloudWatch client. It is not part of [`Aws`](crate::Aws), for auto-drain does not need it.
#[derive(Debug, Clone)]
pub struct CloudWatch {
    client: Client,
    tag_reads: Share,
}

/// The present state of an alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    pub arn: AlarmArn,
    pub state: StateValue,
    /// When it entered that state.
    pub since: Time,
    /// Whether its actions are disabled, or suppressed.
    pub muted: bool,
    pub kind: Kind,
    /// The threshold, if it has one.
    pub threshold: Option<f64>,
    /// How the metric is compared with the threshold.
    pub operator: Option<Operator>,
    /// The value on which it entered that state, if the state's data shows which was complete.
    pub entered_on: Option<f64>,
    /// The GetMetricData queries for its present value; `None` for a composite alarm and for an
    /// anomaly detector's band.
    pub watched: Option<Watched>,
}

impl CloudWatch {
    /// A client for `config`, which [`defaults`](crate::defaults) loads.
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config), tag_reads: Share::new(TAG_READS.0, TAG_READS.1) }
    }

    /// The SDK's own client.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The metric and composite alarms `names`. An alarm that does not exist is absent.
    pub fn alarms<'a>(&'a self, names: &'a [AlarmName]) -> Call<'a, Vec<Alarm>> {
        Box::pin(async move {
            let mut alarms = Vec::new();
            for names in names.chunks(PAGE) {
                // Without alarm types the call returns metric alarms only.
                let described = self
                    .client
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

    /// The value of one tag of an alarm; `None` if it has no such tag, or does not exist.
    pub fn alarm_tag<'a>(&'a self, alarm: &'a AlarmArn, key: &'a str) -> Call<'a, Option<String>> {
        Box::pin(async move {
            self.tag_reads.take().await;
            let listed = self.client.list_tags_for_resource().resource_arn(alarm.as_str());
            match listed.send().await {
                Ok(listed) => {
                    let tag = listed.tags().iter().find(|tag| tag.key() == Some(key));
                    Ok(tag.and_then(Tag::value).map(str::to_owned))
                }
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(Error::of("ListTagsForResource")(error)),
            }
        })
    }
}

fn is_missing<R>(error: &SdkError<ListTagsForResourceError, R>) -> bool {
    error.as_service_error().is_some_and(ListTagsForResourceError::is_resource_not_found_exception)
}

fn state(value: Option<&Value>) -> Option<StateValue> {
    StateValue::read(value?.as_str())
}

fn metric_alarm(alarm: &types::MetricAlarm) -> Option<Alarm> {
    let kind = kind(alarm);
    let is_band = kind == Kind::AnomalyBand;
    let since = since(alarm.state_transitioned_timestamp(), alarm.state_updated_timestamp())?;
    Some(Alarm {
        arn: AlarmArn::from_aws(alarm.alarm_arn()?),
        state: state(alarm.state_value())?,
        since,
        muted: alarm.actions_enabled() == Some(false),
        kind,
        threshold: alarm.threshold().filter(|_| !is_band),
        operator: alarm.comparison_operator().and_then(|name| Operator::read(name.as_str())),
        entered_on: alarm.state_reason_data().and_then(|data| newest_complete(data, since)),
        watched: (!is_band).then(|| watched(alarm)).flatten(),
    })
}

fn kind(alarm: &types::MetricAlarm) -> Kind {
    if alarm.evaluation_criteria().is_some() {
        return Kind::PromQl;
    }
    match Kind::of_expressions(alarm.metrics().iter().filter_map(MetricDataQuery::expression)) {
        Kind::Metric if alarm.threshold_metric_id().is_some() => Kind::AnomalyBand,
        kind => kind,
    }
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
        arn: AlarmArn::from_aws(alarm.alarm_arn()?),
        state: state(alarm.state_value())?,
        since: since(alarm.state_transitioned_timestamp(), alarm.state_updated_timestamp())?,
        muted: alarm.actions_enabled() == Some(false) || alarm.actions_suppressed_by().is_some(),
        kind: Kind::Composite,
        threshold: None,
        operator: None,
        entered_on: None,
        watched: None,
    })
}

/// When a state was entered. Only CloudWatch emulators omit `transitioned`.
fn since(transitioned: Option<&DateTime>, updated: Option<&DateTime>) -> Option<Time> {
    time_of(transitioned.or(updated)?)
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{AlarmPromQlCriteria, EvaluationCriteria, MetricAlarm};

    use super::*;

    fn expression(text: &str) -> MetricDataQuery {
        MetricDataQuery::builder().id("e1").expression(text).build()
    }

    #[test]
    fn the_kind_follows_from_what_the_alarm_watches() {
        let promql = AlarmPromQlCriteria::builder().query("up").build();
        let promql = EvaluationCriteria::PromQlCriteria(promql);
        let stat = MetricStat::builder().stat("Sum").build();
        let stat = MetricDataQuery::builder().id("m1").metric_stat(stat).build();
        let band = expression("ANOMALY_DETECTION_BAND(m1, 2)");
        let insights = expression("SELECT AVG(x) FROM \"AWS/ECS\" GROUP BY y");
        let alarm = MetricAlarm::builder;
        let of_stat = || alarm().metrics(stat.clone());
        for (alarm, expected) in [
            (alarm().metric_name("CPUUtilization"), Kind::Metric),
            (of_stat(), Kind::Metric),
            (of_stat().metrics(expression("m1 / 2")), Kind::Metric),
            (of_stat().threshold_metric_id("ad1"), Kind::AnomalyBand),
            (of_stat().metrics(band), Kind::AnomalyBand),
            (alarm().metrics(insights), Kind::MetricsInsights),
            (alarm().evaluation_criteria(promql), Kind::PromQl),
        ] {
            let alarm = alarm.build();
            assert_eq!(kind(&alarm), expected, "{alarm:?}");
        }
    }
}
