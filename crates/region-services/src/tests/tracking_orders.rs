//! Target tracking policies: what they are refused for, and the alarms that AWS makes for them.

use serde_json::{Value, json};

use super::scaling::{ScaledAccount, change, web};
use super::tracking::track;
use crate::*;

fn shown(scaled: &mut ScaledAccount, alarm: &str) -> Value {
    let answer = scaled.0.watch("DescribeAlarms", json!({"AlarmNames": [alarm]}));
    answer["MetricAlarms"][0].clone()
}

fn refused(scaled: &mut ScaledAccount, policy: PutTargetTrackingPolicy) -> String {
    let control = Control::PutTargetTrackingPolicy(policy);
    scaled.0.services.control(scaled.0.now(), control).unwrap_err().message
}

#[test]
fn a_policy_has_an_alarm_above_the_target_and_one_ten_percent_below() {
    let mut scaled = ScaledAccount::new(4);
    let alarms = scaled.track(track("cpu", PredefinedMetric::ServiceCpu, 70.0));
    assert!(alarms.high.starts_with("TargetTracking-service/default/web-AlarmHigh-"));
    assert!(alarms.low.starts_with("TargetTracking-service/default/web-AlarmLow-"));
    let (high, low) = (shown(&mut scaled, &alarms.high), shown(&mut scaled, &alarms.low));
    for (alarm, comparison, threshold, periods) in
        [(&high, "GreaterThanThreshold", 70.0, 3), (&low, "LessThanThreshold", 63.0, 15)]
    {
        assert_eq!(alarm["ComparisonOperator"], comparison);
        assert_eq!(alarm["Threshold"], threshold);
        assert_eq!(alarm["EvaluationPeriods"], periods);
        assert_eq!(alarm["Period"], 60);
        assert_eq!(alarm["MetricName"], "CPUUtilization");
        assert_eq!(alarm["Statistic"], "Average");
        let arn = alarm["AlarmActions"][0].as_str().unwrap();
        assert!(arn.ends_with(":resource/ecs/service/default/web:policyName/cpu"), "{arn}");
        let words = format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}.");
        assert_eq!(alarm["AlarmDescription"], words);
    }
}

#[test]
fn requests_per_target_are_those_of_the_labels_target_group() {
    let mut scaled = ScaledAccount::new(4);
    let label = "app/lb/1/targetgroup/web/2".to_owned();
    let policy = track("requests", PredefinedMetric::AlbRequestCountPerTarget(label), 1_000.0);
    let alarms = scaled.track(policy);
    let high = shown(&mut scaled, &alarms.high);
    assert_eq!(high["MetricName"], "RequestCountPerTarget");
    assert_eq!(high["Statistic"], "Sum");
    assert_eq!(
        high["Dimensions"],
        json!([{"Name": "LoadBalancer", "Value": "app/lb/1"},
            {"Name": "TargetGroup", "Value": "targetgroup/web/2"}])
    );
}

#[test]
fn a_policy_can_track_an_expression() {
    let mut scaled = ScaledAccount::new(4);
    let queries = json!([
        {"Id": "m", "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Sum",
            "Metric": {"Namespace": "Queue", "MetricName": "Messages"}}},
        {"Id": "e", "Expression": "m / 4"},
    ]);
    let queries: Vec<MetricDataQuery> = serde_json::from_value(queries).unwrap();
    let metric = TrackedMetric::Queries(queries.clone());
    let alarms = scaled.track(PutTargetTrackingPolicy::new("queue", web(), metric, 10.0));
    assert_eq!(shown(&mut scaled, &alarms.low)["Metrics"][1]["Expression"], "m / 4");
    let mut slower = queries;
    slower[0].metric_stat.as_mut().unwrap().period = 300;
    let metric = TrackedMetric::Queries(slower);
    let policy = PutTargetTrackingPolicy::new("slower", web(), metric, 10.0);
    assert_eq!(refused(&mut scaled, policy), "period 300 of query m of metric is not 60");
}

#[test]
fn metrics_of_high_resolution_need_a_service_that_has_them() {
    let metric = || track("fast", PredefinedMetric::ServiceCpuHighResolution, 70.0);
    let mut scaled = ScaledAccount::new(4);
    assert_eq!(
        refused(&mut scaled, metric()),
        "metric ECSServiceAverageCPUUtilizationHighResolution needs high resolution in the service"
    );
    let update = UpdateService { high_resolution: Some(true), ..UpdateService::default() };
    scaled.0.act(Control::UpdateService(update));
    let alarms = scaled.track(metric());
    let (high, low) = (shown(&mut scaled, &alarms.high), shown(&mut scaled, &alarms.low));
    assert_eq!((&high["Period"], &high["EvaluationPeriods"]), (&json!(20), &json!(3)));
    assert_eq!((&low["Period"], &low["EvaluationPeriods"]), (&json!(20), &json!(45)));
}

#[test]
fn an_unsound_policy_is_refused_by_its_field() {
    let mut scaled = ScaledAccount::new(4);
    scaled.track(track("cpu", PredefinedMetric::ServiceCpu, 70.0));
    scaled.policy(change("steps", web(), 1));
    let cpu = |name: &str, value| track(name, PredefinedMetric::ServiceCpu, value);
    let memory = |name: &str| track(name, PredefinedMetric::ServiceMemory, 70.0);
    let label = |label: &str| {
        track("alb", PredefinedMetric::AlbRequestCountPerTarget(label.to_owned()), 1.0)
    };
    let percentile = TrackedMetric::Customized(CustomizedMetric {
        metric: Metric {
            namespace: "Web".to_owned(),
            metric_name: "Latency".to_owned(),
            dimensions: Vec::new(),
        },
        statistic: Statistic::P95,
        unit: None,
    });
    let group = ScalingTarget::Group("group".to_owned());
    for (policy, error) in [
        (memory(""), "name is needed"),
        (cpu("cpu", 0.0), "target-value 0 is not above 0"),
        (cpu("cpu", f64::NAN), "target-value NaN is not above 0"),
        (cpu("other", 60.0), "metric is that of policy cpu"),
        (memory("steps"), "name steps is that of a policy of another kind"),
        (
            track("group", PredefinedMetric::GroupCpu, 50.0),
            "metric ASGAverageCPUUtilization does not suit the target",
        ),
        (
            PutTargetTrackingPolicy { target: group, ..memory("memory") },
            "metric ECSServiceAverageMemoryUtilization does not suit the target",
        ),
        (
            label("targetgroup/web/2"),
            "the label \"targetgroup/web/2\" of metric ALBRequestCountPerTarget is not \
             app/NAME/ID/targetgroup/NAME/ID",
        ),
        (
            PutTargetTrackingPolicy::new("p95", web(), percentile, 1.0),
            "statistic of metric is a percentile",
        ),
    ] {
        assert_eq!(refused(&mut scaled, policy), error);
    }
    let other = ScalingTarget::Service { cluster: "default".to_owned(), service: "api".to_owned() };
    let policy = PutTargetTrackingPolicy { target: other, ..memory("memory") };
    assert_eq!(
        refused(&mut scaled, policy),
        "No scalable target registered for service/default/api"
    );
}

#[test]
fn a_policy_that_is_changed_keeps_its_arn_and_its_alarms() {
    let mut scaled = ScaledAccount::new(4);
    let mut put = |value| {
        let policy = track("cpu", PredefinedMetric::ServiceCpu, value);
        scaled.0.act(Control::PutTargetTrackingPolicy(policy))
    };
    let before = put(70.0);
    assert_eq!(put(50.0), before);
    let high = shown(&mut scaled, before["alarms"][0].as_str().unwrap());
    assert_eq!(high["Threshold"], 50.0);
}

#[test]
fn a_policy_is_read_from_json() {
    let read: Control = serde_json::from_value(json!({"put-target-tracking-policy": {
        "name": "cpu",
        "target": {"service": {"cluster": "default", "service": "web"}},
        "metric": {"predefined": "ECSServiceAverageCPUUtilization"},
        "target-value": 70.0,
    }}))
    .unwrap();
    let policy = track("cpu", PredefinedMetric::ServiceCpu, 70.0);
    assert_eq!(read, Control::PutTargetTrackingPolicy(policy));
}
