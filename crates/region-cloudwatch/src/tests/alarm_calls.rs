//! Alarms: made, described, and put in a state by hand.

use serde_json::{Value, json};

use super::setup::{Setup, TOPIC, cpu_high, watched};
use crate::*;

#[test]
fn alarms_are_described_by_kind_state_prefix_and_page() {
    let mut setup = watched(cpu_high(), 80.0);
    for name in ["web-a", "web-b", "job-a"] {
        let alarm_actions = Vec::new();
        setup.put(PutMetricAlarm { alarm_name: name.to_owned(), alarm_actions, ..cpu_high() });
    }
    let alarm_rule = "ALARM(\"web-a\")".to_owned();
    setup.compose(PutCompositeAlarm {
        alarm_name: "both".to_owned(),
        alarm_rule,
        ..PutCompositeAlarm::default()
    });
    let names = |answer: &Value, list: &str| -> Vec<String> {
        let alarms = answer[list].as_array().unwrap();
        alarms.iter().map(|alarm| alarm["AlarmName"].as_str().unwrap().to_owned()).collect()
    };
    let all = setup.call("DescribeAlarms", json!({}));
    assert_eq!(names(&all, "MetricAlarms"), ["job-a", "web-a", "web-b", "web-cpu-high"]);
    assert_eq!(names(&all, "CompositeAlarms"), [""; 0]);
    for (input, expected) in [
        (json!({"AlarmNamePrefix": "web-"}), vec!["web-a", "web-b", "web-cpu-high"]),
        (json!({"StateValue": "ALARM"}), vec!["web-cpu-high"]),
        (json!({"ActionPrefix": "arn:aws:sns"}), vec!["web-cpu-high"]),
        (json!({"AlarmNames": ["web-b", "both", "gone"]}), vec!["web-b"]),
    ] {
        assert_eq!(names(&setup.call("DescribeAlarms", input), "MetricAlarms"), expected);
    }
    let mut input = json!({"MaxRecords": 3, "AlarmTypes": ["CompositeAlarm", "MetricAlarm"]});
    let first = setup.call("DescribeAlarms", input.clone());
    assert_eq!(
        (names(&first, "CompositeAlarms"), names(&first, "MetricAlarms").len()),
        (vec!["both".to_owned()], 2)
    );
    input["NextToken"] = first["NextToken"].clone();
    let second = setup.call("DescribeAlarms", input.clone());
    assert_eq!(names(&second, "MetricAlarms"), ["web-b", "web-cpu-high"]);
    assert_eq!(second.get("NextToken"), None);
    input["NextToken"] = json!("never given");
    assert_eq!(setup.try_call("DescribeAlarms", input).unwrap_err().code, "InvalidNextToken");
}

#[test]
fn a_state_that_is_set_lasts_until_the_next_evaluation() {
    let mut setup = watched(cpu_high(), 50.0);
    let input =
        json!({"AlarmName": "web-cpu-high", "StateValue": "ALARM", "StateReason": "rehearsal"});
    setup.call("SetAlarmState", input);
    assert_eq!(setup.published()[0].1["NewStateReason"], "rehearsal");
    assert_eq!(setup.shown("web-cpu-high").get("StateReasonData"), None);
    setup.wait(60);
    assert_eq!(setup.state("web-cpu-high"), "OK");
    for (input, code) in [
        (json!({"AlarmName": "gone", "StateValue": "OK", "StateReason": "r"}), "ResourceNotFound"),
        (
            json!({"AlarmName": "web-cpu-high", "StateValue": "BAD", "StateReason": "r"}),
            "ValidationError",
        ),
        (
            json!({"AlarmName": "web-cpu-high", "StateValue": "OK", "StateReason": "r", "StateReasonData": "{"}),
            "InvalidFormat",
        ),
    ] {
        assert_eq!(setup.try_call("SetAlarmState", input).unwrap_err().code, code);
    }
}

#[test]
fn an_unsound_alarm_is_refused() {
    let refused = |order: PutMetricAlarm| {
        let mut setup = Setup::new();
        let error = setup.try_put(order).unwrap_err();
        error.message
    };
    let base = cpu_high;
    for (order, message) in [
        (PutMetricAlarm { alarm_name: String::new(), ..base() }, "AlarmName is needed"),
        (PutMetricAlarm { period: Some(10), ..base() }, "the period 10 is no multiple of 60"),
        (PutMetricAlarm { metric_name: None, ..base() }, "MetricName is needed"),
        (PutMetricAlarm { threshold: None, ..base() }, "Threshold is needed"),
        (
            PutMetricAlarm { datapoints_to_alarm: Some(3), ..base() },
            "DatapointsToAlarm 3 is not 1 to EvaluationPeriods",
        ),
        (
            PutMetricAlarm { evaluation_periods: 0, ..base() },
            "EvaluationPeriods 0 is not 1 or more, within a week",
        ),
        (
            PutMetricAlarm { alarm_actions: vec![TOPIC.to_owned(); 6], ..base() },
            "web-cpu-high has more than 5 actions for one state",
        ),
        (
            PutMetricAlarm { ok_actions: vec!["arn:aws:lambda:x".to_owned()], ..base() },
            "web-cpu-high cannot have the action arn:aws:lambda:x in the simulated region",
        ),
    ] {
        assert_eq!(refused(order), message);
    }
}

#[test]
fn an_alarm_that_is_changed_keeps_its_state_until_it_is_evaluated() {
    let mut setup = watched(cpu_high(), 80.0);
    setup.put(PutMetricAlarm { threshold: Some(90.0), ..cpu_high() });
    assert_eq!(setup.state("web-cpu-high"), "ALARM");
    setup.wait(60);
    assert_eq!(setup.state("web-cpu-high"), "OK");
}
