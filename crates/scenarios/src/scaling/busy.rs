//! A busy service, so that alarm-scaling can be invoked by hand.

use region::api::Api;
use region::live::Live;
use region::services::{
    Comparison, Control, Dimension, MetricDatum, PutMetricAlarm, PutMetricData, PutParameter,
    SetLoad, Statistic, Tag,
};
use serde_json::json;

use crate::Error;
use crate::scaling::SERVICE;
use crate::stack::CLUSTER;

/// The alarm in the files of `events/`.
pub const ALARM: &str = "demo-web-cpu-high";

const NAMESPACE: &str = "AWS/ECS";
const METRIC: &str = "CPUUtilization";

/// The metric value in these files, in percent.
const READING: f64 = 84.25;
const THRESHOLD: f64 = 70.0;

/// Minutes of metrics before now: more than the alarm evaluates.
const MINUTES: u32 = 5;

/// The policy of the alarm.
const POLICIES: &str = r#"{"Policies":[{"Alarm":"demo-web-cpu-high","ResourceId":"service/demo/web",
"MinCapacity":2,"MaxCapacity":20,"AdjustmentType":"PercentChangeInCapacity","StepAdjustments":[
{"MetricIntervalLowerBound":0,"MetricIntervalUpperBound":20,"ScalingAdjustment":10},
{"MetricIntervalLowerBound":20,"ScalingAdjustment":50}],"ScaleOutCooldown":120}]}"#;

/// Puts a load on the service, adds the metrics of the minutes before, and creates the alarm in
/// state ALARM, with its policy.
///
/// # Errors
/// The service does not exist.
pub fn keep_busy(live: &Live) -> Result<(), Error> {
    let dimension =
        |name: &str, value: &str| Dimension { name: name.to_owned(), value: value.to_owned() };
    let dimensions = vec![dimension("ClusterName", CLUSTER), dimension("ServiceName", SERVICE)];
    let alarm = PutMetricAlarm {
        alarm_name: ALARM.to_owned(),
        namespace: Some(NAMESPACE.to_owned()),
        metric_name: Some(METRIC.to_owned()),
        statistic: Some(Statistic::Average),
        dimensions: dimensions.clone(),
        period: Some(60),
        evaluation_periods: 2,
        threshold: Some(THRESHOLD),
        comparison_operator: Some(Comparison::GreaterThanThreshold),
        tags: vec![Tag {
            key: "ecs-tide:target".to_owned(),
            value: format!("service/{CLUSTER}/{SERVICE}"),
        }],
        ..PutMetricAlarm::default()
    };
    let document = PutParameter {
        name: format!("/ecs-tide/targets/service/{CLUSTER}/{SERVICE}"),
        value: POLICIES.to_owned(),
    };
    // The next evaluation finds the same state.
    let reason = json!({"recentDatapoints": [READING, READING], "threshold": THRESHOLD});
    let state = json!({
        "AlarmName": ALARM,
        "StateValue": "ALARM",
        "StateReason": "The service is busy.",
        "StateReasonData": reason.to_string(),
    });
    live.with(|region, now| {
        let tasks = region.services().truth().service(CLUSTER, SERVICE).map_or(0, |it| it.desired);
        let tasks = u32::try_from(tasks).unwrap_or(u32::MAX);
        region.control(
            now,
            Control::SetLoad(SetLoad {
                cluster: CLUSTER.to_owned(),
                service: SERVICE.to_owned(),
                cpu: f64::from(tasks) * READING / 100.0,
                ..SetLoad::default()
            }),
        )?;
        let minute = u32::try_from(now.unix_timestamp().div_euclid(60)).unwrap_or_default();
        let datum = |ago: u32| MetricDatum {
            metric_name: METRIC.to_owned(),
            dimensions: dimensions.clone(),
            timestamp: Some(f64::from(minute - ago) * 60.0),
            value: Some(READING),
            ..MetricDatum::default()
        };
        let metric_data = (1..=MINUTES).map(datum).collect();
        let data = PutMetricData { namespace: NAMESPACE.to_owned(), metric_data };
        region.control(now, Control::PutMetricData(data))?;
        region.control(now, Control::PutParameter(document))?;
        region.control(now, Control::PutMetricAlarm(alarm))?;
        region.call(now, Api::CloudWatch, "SetAlarmState", &state)?;
        Ok(())
    })
}
