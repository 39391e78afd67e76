//! Evaluation and notification of alarms.

use serde_json::{Value, json};

use super::setup::{Setup, TOPIC, cpu_high, watched};
use crate::*;

/// As recorded from AWS (LocalStack's `test_put_metric_alarm`), with other values.
#[test]
fn a_change_is_published_to_the_topic_in_cloudwatchs_format() {
    let mut setup = watched(cpu_high(), 80.0);
    let published = setup.published();
    let [(subject, message)] = published.as_slice() else { panic!("{published:?}") };
    assert_eq!(subject, "ALARM: \"web-cpu-high\" in US East (N. Virginia)");
    assert_eq!(
        *message,
        json!({
            "AlarmName": "web-cpu-high", "AlarmDescription": null, "AWSAccountId": "123456789012",
            "AlarmConfigurationUpdatedTimestamp": "2026-01-01T00:00:00.000+0000",
            "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed: 2 datapoints [80.0 (01/01/26 00:01:00), 80.0 \
                (01/01/26 00:00:00)] were greater than the threshold (70.0).",
            "StateChangeTime": "2026-01-01T00:02:10.000+0000",
            "Region": "US East (N. Virginia)",
            "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high",
            "OldStateValue": "INSUFFICIENT_DATA",
            "OKActions": [], "AlarmActions": [TOPIC], "InsufficientDataActions": [],
            "ActionExecutedAfterMuteWindow": false,
            "Trigger": {
                "MetricName": "CPUUtilization", "Namespace": "AWS/ECS",
                "StatisticType": "Statistic", "Statistic": "AVERAGE", "Unit": null,
                "Dimensions": [
                    {"value": "web", "name": "ServiceName"}, {"value": "default", "name": "ClusterName"}
                ],
                "Period": 60, "EvaluationPeriods": 2,
                "ComparisonOperator": "GreaterThanThreshold", "Threshold": 70.0,
                "TreatMissingData": "", "EvaluateLowSampleCountPercentile": "",
            },
        })
    );
}

#[test]
fn a_change_is_an_event_with_the_values_that_made_it() {
    let mut setup = watched(cpu_high(), 80.0);
    let events = setup.events();
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
    let mut setup = watched(cpu_high(), 80.0);
    assert_eq!(setup.published().len(), 1);
    setup.wait(600);
    assert_eq!(setup.published(), []);
    setup.report_cpu(50.0);
    setup.wait(60);
    assert_eq!(setup.state("web-cpu-high"), "OK");
    assert_eq!(
        setup.shown("web-cpu-high")["StateReason"],
        "Threshold Crossed: 1 datapoint [50.0 (01/01/26 00:12:00)] was not greater than the \
         threshold (70.0)."
    );
}

#[test]
fn an_alarm_whose_actions_are_off_only_changes() {
    let mut setup = watched(PutMetricAlarm { actions_enabled: false, ..cpu_high() }, 80.0);
    assert_eq!(setup.state("web-cpu-high"), "ALARM");
    assert_eq!(setup.published(), []);
    assert_eq!(setup.events().len(), 1);
}

#[test]
fn missing_values_are_what_they_are_taken_for() {
    for (treatment, state_then, reason) in [
        (
            TreatMissingData::Breaching,
            "ALARM",
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints \
             were treated as [Breaching].",
        ),
        (
            TreatMissingData::NotBreaching,
            "OK",
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints \
             were treated as [NonBreaching].",
        ),
        (
            TreatMissingData::Missing,
            "INSUFFICIENT_DATA",
            "Insufficient Data: 2 datapoints were unknown.",
        ),
    ] {
        let mut setup =
            watched(PutMetricAlarm { treat_missing_data: Some(treatment), ..cpu_high() }, 50.0);
        assert_eq!(setup.state("web-cpu-high"), "OK");
        setup.report_nothing();
        // The last value is in the range of four for so long.
        setup.wait(180);
        assert_eq!(setup.state("web-cpu-high"), "OK");
        setup.wait(120);
        let shown = setup.shown("web-cpu-high");
        assert_eq!(shown["StateValue"], state_then);
        if state_then != "OK" {
            assert_eq!(shown["StateReason"], reason);
        }
    }
}

#[test]
fn missing_values_are_reported_beside_those_that_count() {
    let mut setup = watched(
        PutMetricAlarm {
            treat_missing_data: Some(TreatMissingData::Breaching),
            evaluation_periods: 3,
            ..cpu_high()
        },
        1.0,
    );
    setup.report_cpu(80.0);
    setup.wait(60);
    setup.report_nothing();
    setup.wait(240);
    let shown = setup.shown("web-cpu-high");
    assert_eq!(
        shown["StateReason"],
        "Threshold Crossed: 1 datapoint [80.0 (01/01/26 00:02:00)] was greater than the threshold \
         (70.0) and 2 missing datapoints were treated as [Breaching]."
    );
    let data: Value = serde_json::from_str(shown["StateReasonData"].as_str().unwrap()).unwrap();
    assert_eq!(data["recentDatapoints"], json!([80.0]));
    assert_eq!(
        data["evaluatedDatapoints"][0],
        json!({"timestamp": "2026-01-01T00:06:00.000+0000"})
    );
}

#[test]
fn m_out_of_n_and_missing_data_are_shown_where_they_were_given() {
    let order = PutMetricAlarm {
        datapoints_to_alarm: Some(2),
        treat_missing_data: Some(TreatMissingData::NotBreaching),
        ..cpu_high()
    };
    let mut setup = watched(order, 80.0);
    let (_, message) = setup.published().remove(0);
    assert_eq!(
        message["NewStateReason"],
        "Threshold Crossed: 2 out of the last 2 datapoints [80.0 (01/01/26 00:01:00), 80.0 \
         (01/01/26 00:00:00)] were greater than the threshold (70.0) (minimum 2 datapoints for OK \
         -> ALARM transition)."
    );
    let trigger = &message["Trigger"];
    assert_eq!(
        (&trigger["DatapointsToAlarm"], &trigger["TreatMissingData"]),
        (&json!(2), &json!("notBreaching"))
    );
    let shown = setup.shown("web-cpu-high");
    assert_eq!(
        (&shown["DatapointsToAlarm"], &shown["TreatMissingData"]),
        (&json!(2), &json!("notBreaching"))
    );
}

/// As recorded from AWS (LocalStack's `test_describe_minimal_metric_alarm`).
#[test]
fn what_was_not_given_is_not_described() {
    let mut setup = watched(cpu_high(), 80.0);
    let shown = setup.shown("web-cpu-high");
    for field in ["AlarmDescription", "DatapointsToAlarm", "TreatMissingData", "Unit"] {
        assert_eq!(shown.get(field), None, "{field}");
    }
}

/// As recorded from AWS (LocalStack's `test_put_metric_alarm`).
#[test]
fn a_unit_is_in_the_data_of_the_reason_and_chooses_the_samples() {
    let of = |unit: &str| PutMetricAlarm { unit: Some(unit.to_owned()), ..cpu_high() };
    let mut setup = watched(of("Percent"), 80.0);
    let (_, message) = setup.published().remove(0);
    assert_eq!(message["Trigger"]["Unit"], "Percent");
    let shown = setup.shown("web-cpu-high");
    assert_eq!((&shown["Unit"], &shown["StateValue"]), (&json!("Percent"), &json!("ALARM")));
    let data: Value = serde_json::from_str(shown["StateReasonData"].as_str().unwrap()).unwrap();
    assert_eq!(data["unit"], "Percent");
    assert_eq!(watched(of("Seconds"), 80.0).state("web-cpu-high"), "INSUFFICIENT_DATA");
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
    let mut setup = Setup::new();
    let cluster = Dimension { name: "ClusterName".to_owned(), value: "default".to_owned() };
    let reserved = [("CPUReservation", 12.5, 1.0), ("MemoryReservation", 6.25, 1.0)];
    setup.report(&reserved, &[cluster]);
    setup.put(serde_json::from_value(order.clone()).unwrap());
    setup.wait(70);
    let (_, message) = setup.published().remove(0);
    let metrics = &message["Trigger"]["Metrics"];
    assert_eq!(metrics[0]["Expression"], "MAX([cpu, memory])");
    assert_eq!(
        metrics[1]["MetricStat"]["Metric"]["Dimensions"],
        json!([{"name": "ClusterName", "value": "default"}])
    );
    assert_eq!(message["Trigger"]["MetricName"], Value::Null);
    let shown = setup.shown("reserved");
    assert_eq!(shown["Metrics"][0]["Label"], "the larger reservation");
    assert_eq!(shown["Metrics"][1], order["Metrics"][1]);
    let data: Value = serde_json::from_str(shown["StateReasonData"].as_str().unwrap()).unwrap();
    assert_eq!(data["recentDatapoints"], json!([12.5]));
    assert_eq!(data["evaluatedDatapoints"][0].get("sampleCount"), None);
    assert_eq!(data.get("statistic"), None);
}

#[test]
fn a_long_period_slides_by_a_minute() {
    let mut setup =
        watched(PutMetricAlarm { period: Some(300), evaluation_periods: 1, ..cpu_high() }, 50.0);
    setup.wait(180);
    assert_eq!(setup.state("web-cpu-high"), "OK");
    setup.report_cpu(100.0);
    // 50, 50, 100, 100, 100 on average.
    setup.wait(180);
    assert_eq!(setup.state("web-cpu-high"), "ALARM");
}

#[test]
fn a_scaling_policy_is_called_each_minute_in_the_state() {
    let policy = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:p".to_owned();
    let actions = vec![TOPIC.to_owned(), policy.clone()];
    let mut setup = watched(PutMetricAlarm { alarm_actions: actions, ..cpu_high() }, 80.0);
    let called = ScalingAction {
        policy,
        alarm: "web-cpu-high".to_owned(),
        threshold: 70.0,
        recent: vec![80.0, 80.0],
    };
    setup.wait(120);
    assert_eq!(setup.actions(), vec![called; 3]);
    setup.report_cpu(50.0);
    setup.wait(120);
    assert_eq!(setup.actions(), []);
}
