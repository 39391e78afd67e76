//! Metrics and alarms of 20 seconds.

use serde_json::json;

use super::setup::{Setup, cpu_high, web};
use crate::*;

const POLICY: &str = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:p";

/// Three of three periods of 20 seconds above 70 percent.
fn high() -> PutMetricAlarm {
    PutMetricAlarm {
        alarm_actions: vec![POLICY.to_owned()],
        period: Some(20),
        evaluation_periods: 3,
        ..cpu_high()
    }
}

/// Whether the alarm is in ALARM after each ten seconds.
fn alarms(setup: &mut Setup, tens: usize) -> Vec<bool> {
    let mut alarms = Vec::new();
    for _ in 0..tens {
        setup.wait(10);
        alarms.push(setup.state("web-cpu-high") == "ALARM");
    }
    alarms
}

#[test]
fn a_short_alarm_is_evaluated_every_ten_seconds() {
    let mut setup = Setup::new();
    setup.put(high());
    setup.report_cpu_often(50.0);
    setup.wait(120);
    setup.report_cpu_often(90.0);
    // The third period above the threshold ends at 60 and can be read at 65 seconds.
    assert_eq!(alarms(&mut setup, 7), [false, false, false, false, false, false, true]);
}

#[test]
fn a_short_alarm_calls_its_policies_again_each_period() {
    let mut setup = Setup::new();
    setup.put(high());
    setup.report_cpu_often(50.0);
    setup.wait(120);
    setup.report_cpu_often(90.0);
    setup.wait(69);
    assert_eq!(setup.actions(), []);
    setup.wait(61);
    let called = ScalingAction {
        policy: POLICY.to_owned(),
        alarm: "web-cpu-high".to_owned(),
        threshold: 70.0,
        recent: vec![90.0; 3],
    };
    // At 70, 90, 110 and 130 seconds.
    assert_eq!(setup.actions(), vec![called; 4]);
}

#[test]
fn a_minute_of_a_metric_of_20_seconds_has_all_its_samples() {
    let mut setup = Setup::new();
    for percent in [30.0, 60.0, 90.0] {
        setup.report_cpu_often(percent);
        setup.wait(20);
    }
    setup.report_nothing();
    setup.wait(10);
    let end = setup.now().unix_timestamp();
    let mut values = |period: u32, stat: &str| {
        let metric =
            json!({"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions": web()});
        let query =
            json!({"Id": "q", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}});
        let answer = setup.call(
            "GetMetricData",
            json!({"MetricDataQueries": [query], "ScanBy": "TimestampAscending",
                "StartTime": end - 70, "EndTime": end}),
        );
        answer["MetricDataResults"][0]["Values"].clone()
    };
    assert_eq!(values(20, "Average"), json!([30.0, 60.0, 90.0]));
    assert_eq!(values(60, "Average"), json!([60.0]));
    assert_eq!(values(60, "SampleCount"), json!([6.0]));
}
