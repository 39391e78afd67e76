//! A service that is busy, for whoever invokes alarm-scaling by hand.

use region::api::ApiError;
use region::live::Live;
use region::region::Api;
use region::world::{
    Comparison, Control, Dimension, MetricDatum, PutMetricAlarm, PutMetricData, SetLoad, Statistic,
};
use serde_json::json;

use crate::scaled::SERVICE;
use crate::stack::CLUSTER;

/// The alarm that `events/` tells of.
pub(crate) const ALARM: &str = "demo-web-cpu-high";

const NAMESPACE: &str = "AWS/ECS";
const METRIC: &str = "CPUUtilization";

/// Its reading in percent, likewise.
const READING: f64 = 84.25;
const THRESHOLD: f64 = 70.0;

/// For how many minutes it has been so: more than the alarm evaluates.
const MINUTES: u32 = 5;

/// Put a load on the service for the time to come, the metrics of it for the minutes before,
/// and its alarm, in ALARM.
///
/// # Errors
/// The region's, where there is no such service.
pub(crate) fn keep_busy(live: &Live) -> Result<(), ApiError> {
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
        ..PutMetricAlarm::default()
    };
    // Until the next evaluation, which finds the same.
    let reason = json!({"recentDatapoints": [READING, READING], "threshold": THRESHOLD});
    let state = json!({
        "AlarmName": ALARM,
        "StateValue": "ALARM",
        "StateReason": "The service is busy.",
        "StateReasonData": reason.to_string(),
    });
    live.with(|region, now| {
        let tasks = region.world().truth().service(CLUSTER, SERVICE).map_or(0, |it| it.desired);
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
        region.control(now, Control::PutMetricAlarm(alarm))?;
        region.call(now, Api::CloudWatch, "SetAlarmState", &state)?;
        Ok(())
    })
}
