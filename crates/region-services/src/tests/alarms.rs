//! Evaluation and notification of alarms.

use serde_json::{Value, json};

use crate::testing::{Scene, service};
use crate::*;

pub(super) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alarms";

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension { name: name.to_owned(), value: value.to_owned() }
}

/// Both of two minutes above 70 percent.
pub(super) fn cpu_high() -> PutMetricAlarm {
    PutMetricAlarm {
        alarm_name: "web-cpu-high".to_owned(),
        alarm_actions: vec![TOPIC.to_owned()],
        namespace: Some("AWS/ECS".to_owned()),
        metric_name: Some("CPUUtilization".to_owned()),
        statistic: Some(Statistic::Average),
        dimensions: vec![dimension("ServiceName", "web"), dimension("ClusterName", "default")],
        period: Some(60),
        evaluation_periods: 2,
        threshold: Some(70.0),
        comparison_operator: Some(Comparison::GreaterThanThreshold),
        ..PutMetricAlarm::default()
    }
}

pub(super) fn load(cpu: f64) -> Control {
    Control::SetLoad(SetLoad { cpu, ..SetLoad::default() })
}

/// Two tasks under that load, watched by that alarm, ten seconds into the third minute.
pub(super) fn watched(alarm: PutMetricAlarm, cpu: f64) -> Scene {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(2, 100, 200)));
    scene.act(Control::PutMetricAlarm(alarm));
    scene.act(load(cpu));
    scene.wait(130);
    scene
}

pub(super) fn shown(scene: &mut Scene, name: &str) -> Value {
    let types = ["MetricAlarm", "CompositeAlarm"];
    let answer = scene.watch("DescribeAlarms", json!({"AlarmNames": [name], "AlarmTypes": types}));
    let lists =
        ["MetricAlarms", "CompositeAlarms"].map(|list| answer[list].as_array().unwrap().clone());
    lists.concat().remove(0)
}

pub(super) fn state(scene: &Scene, name: &str) -> &'static str {
    scene.services.alarm_state(name).unwrap().as_str()
}

#[test]
fn a_change_is_published_to_the_topic_in_cloudwatchs_format() {
    let mut scene = watched(cpu_high(), 1.6);
    let published = scene.published();
    let [(subject, message)] = published.as_slice() else { panic!("{published:?}") };
    assert_eq!(subject, "ALARM: \"web-cpu-high\" in US East (N. Virginia)");
    assert_eq!(
        *message,
        json!({
            "AlarmName": "web-cpu-high", "AlarmDescription": null, "AWSAccountId": "123456789012",
            "AlarmConfigurationUpdatedTimestamp": "2026-01-01T00:00:00.000+0000",
            "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed: 2 out of the last 2 datapoints \
                [80.0 (01/01/26 00:01:00), 80.0 (01/01/26 00:00:00)] were greater than the threshold \
                (70.0) (minimum 2 datapoints for OK -> ALARM transition).",
            "StateChangeTime": "2026-01-01T00:02:10.000+0000",
            "Region": "US East (N. Virginia)",
            "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high",
            "OldStateValue": "INSUFFICIENT_DATA",
            "OKActions": [], "AlarmActions": [TOPIC], "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "CPUUtilization", "Namespace": "AWS/ECS",
                "StatisticType": "Statistic", "Statistic": "AVERAGE", "Unit": null,
                "Dimensions": [
                    {"value": "web", "name": "ServiceName"}, {"value": "default", "name": "ClusterName"}
                ],
                "Period": 60, "EvaluationPeriods": 2, "DatapointsToAlarm": 2,
                "ComparisonOperator": "GreaterThanThreshold", "Threshold": 70.0,
                "TreatMissingData": "missing", "EvaluateLowSampleCountPercentile": "",
            },
        })
    );
}

#[test]
fn a_change_is_an_event_with_the_values_that_made_it() {
    let mut scene = watched(cpu_high(), 1.6);
    let events = scene.events("CloudWatch Alarm State Change");
    let [detail] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(detail["alarmName"], "web-cpu-high");
    assert_eq!(detail["state"]["timestamp"], "2026-01-01T00:02:10.000+0000");
    assert_eq!(
        detail["previousState"],
        json!({
            "value": "INSUFFICIENT_DATA", "reason": "Unchecked: Initial alarm creation",
            "timestamp": "2026-01-01T00:00:00.000+0000",
        })
    );
    let metric = &detail["configuration"]["metrics"][0];
    assert_eq!(
        metric["metricStat"],
        json!({
            "metric": {"namespace": "AWS/ECS", "name": "CPUUtilization",
                "dimensions": {"ClusterName": "default", "ServiceName": "web"}},
            "period": 60, "stat": "Average",
        })
    );
    let data: Value =
        serde_json::from_str(detail["state"]["reasonData"].as_str().unwrap()).unwrap();
    let point = |minute: &str| {
        json!({
            "timestamp": format!("2026-01-01T00:{minute}:00.000+0000"), "sampleCount": 2.0, "value": 80.0
        })
    };
    assert_eq!(
        data,
        json!({
            "version": "1.0", "queryDate": "2026-01-01T00:02:10.000+0000",
            "startDate": "2026-01-01T00:00:00.000+0000", "statistic": "Average", "period": 60,
            "recentDatapoints": [80.0, 80.0], "threshold": 70.0,
            "evaluatedDatapoints": [point("01"), point("00")],
        })
    );
}

#[test]
fn only_a_change_is_published() {
    let mut scene = watched(cpu_high(), 1.6);
    assert_eq!(scene.published().len(), 1);
    scene.wait(600);
    assert_eq!(scene.published(), []);
    scene.act(load(1.0));
    scene.wait(60);
    assert_eq!(state(&scene, "web-cpu-high"), "OK");
    assert_eq!(
        shown(&mut scene, "web-cpu-high")["StateReason"],
        "Threshold Crossed: 1 out of the last 2 datapoints [50.0 (01/01/26 00:12:00)] was not \
         greater than the threshold (70.0) (minimum 1 datapoint for ALARM -> OK transition)."
    );
}

#[test]
fn an_alarm_whose_actions_are_off_only_changes() {
    let mut scene = watched(PutMetricAlarm { actions_enabled: false, ..cpu_high() }, 1.6);
    assert_eq!(state(&scene, "web-cpu-high"), "ALARM");
    let effects = scene.services.take_effects();
    assert!(effects.iter().all(|effect| matches!(effect, region_core::api::Effect::Event(_))));
    assert!(effects.iter().any(|effect| matches!(
        effect, region_core::api::Effect::Event(event) if event["source"] == "aws.cloudwatch"
    )));
}

#[test]
fn missing_values_are_what_they_are_taken_for() {
    for (treatment, state_then, reason) in [
        (
            TreatMissingData::Breaching,
            "ALARM",
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints \
             were treated as [Breaching] (minimum 2 datapoints for OK -> ALARM transition).",
        ),
        (
            TreatMissingData::NotBreaching,
            "OK",
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints \
             were treated as [NonBreaching] (minimum 1 datapoint for ALARM -> OK transition).",
        ),
        (
            TreatMissingData::Missing,
            "INSUFFICIENT_DATA",
            "Insufficient Data: 2 datapoints were unknown.",
        ),
    ] {
        let mut scene =
            watched(PutMetricAlarm { treat_missing_data: treatment, ..cpu_high() }, 1.0);
        assert_eq!(state(&scene, "web-cpu-high"), "OK");
        scene.act(Control::UpdateService(UpdateService {
            desired: Some(0),
            ..UpdateService::default()
        }));
        // The last value is in the range of four for so long.
        scene.wait(180);
        assert_eq!(state(&scene, "web-cpu-high"), "OK");
        scene.wait(120);
        let shown = shown(&mut scene, "web-cpu-high");
        assert_eq!(shown["StateValue"], state_then);
        if state_then != "OK" {
            assert_eq!(shown["StateReason"], reason);
        }
    }
}

#[test]
fn missing_values_are_reported_beside_those_that_count() {
    let mut scene = watched(
        PutMetricAlarm {
            treat_missing_data: TreatMissingData::Breaching,
            evaluation_periods: 3,
            ..cpu_high()
        },
        1.0,
    );
    scene.act(load(1.6));
    scene.wait(60);
    scene.act(Control::UpdateService(UpdateService {
        desired: Some(0),
        ..UpdateService::default()
    }));
    scene.wait(240);
    let shown = shown(&mut scene, "web-cpu-high");
    assert_eq!(
        shown["StateReason"],
        "Threshold Crossed: 1 out of the last 3 datapoints [80.0 (01/01/26 00:02:00)] was greater \
         than the threshold (70.0) and 2 missing datapoints were treated as [Breaching] (minimum 3 \
         datapoints for OK -> ALARM transition)."
    );
    let data: Value = serde_json::from_str(shown["StateReasonData"].as_str().unwrap()).unwrap();
    assert_eq!(data["recentDatapoints"], json!([80.0]));
    assert_eq!(
        data["evaluatedDatapoints"][0],
        json!({"timestamp": "2026-01-01T00:06:00.000+0000"})
    );
}

#[test]
fn metric_math_is_watched_by_the_query_that_returns_data() {
    let stat = |id: &str, name: &str| {
        json!({"Id": id, "ReturnData": false, "MetricStat": {
        "Period": 60, "Stat": "Average", "Metric": {"Namespace": "AWS/ECS", "MetricName": name,
            "Dimensions": [{"Name": "ClusterName", "Value": "default"}]}}})
    };
    let order = json!({
        "AlarmName": "reserved", "EvaluationPeriods": 1, "Threshold": 10,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", "AlarmActions": [TOPIC],
        "Metrics": [
            {"Id": "larger", "Expression": "MAX([cpu, memory])", "Label": "the larger reservation"},
            stat("cpu", "CPUReservation"), stat("memory", "MemoryReservation"),
        ],
    });
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(4, 100, 200)));
    scene.act(Control::PutMetricAlarm(serde_json::from_value(order.clone()).unwrap()));
    scene.wait(70);
    let effects = scene.services.take_effects();
    let message = effects.iter().find_map(|effect| match effect {
        region_core::api::Effect::Publish { message, .. } => Some(message),
        region_core::api::Effect::Event(_) => None,
    });
    let message: Value = serde_json::from_str(message.unwrap()).unwrap();
    let metrics = &message["Trigger"]["Metrics"];
    assert_eq!(metrics[0]["Expression"], "MAX([cpu, memory])");
    assert_eq!(
        metrics[1]["MetricStat"]["Metric"]["Dimensions"],
        json!([{"name": "ClusterName", "value": "default"}])
    );
    assert_eq!(message["Trigger"]["MetricName"], Value::Null);
    let shown = shown(&mut scene, "reserved");
    assert_eq!(shown["Metrics"][0]["Label"], "the larger reservation");
    assert_eq!(shown["Metrics"][1], order["Metrics"][1]);
    let data: Value = serde_json::from_str(shown["StateReasonData"].as_str().unwrap()).unwrap();
    assert_eq!(data["recentDatapoints"], json!([12.5]));
    assert_eq!(data["evaluatedDatapoints"][0].get("sampleCount"), None);
    assert_eq!(data.get("statistic"), None);
}

#[test]
fn a_long_period_slides_by_a_minute() {
    let mut scene =
        watched(PutMetricAlarm { period: Some(300), evaluation_periods: 1, ..cpu_high() }, 1.0);
    scene.wait(180);
    assert_eq!(state(&scene, "web-cpu-high"), "OK");
    scene.act(load(2.0));
    // 50, 50, 100, 100, 100 on average.
    scene.wait(180);
    assert_eq!(state(&scene, "web-cpu-high"), "ALARM");
}
