//! Alarms: made, described, and put in a state by hand.

use serde_json::{Value, json};

use super::alarms::{TOPIC, cpu_high, shown, state, watched};
use crate::testing::Scene;
use crate::*;

#[test]
fn alarms_are_described_by_kind_state_prefix_and_page() {
    let mut scene = watched(cpu_high(), 1.6);
    for name in ["web-a", "web-b", "job-a"] {
        let alarm_actions = Vec::new();
        scene.act(Control::PutMetricAlarm(PutMetricAlarm {
            alarm_name: name.to_owned(),
            alarm_actions,
            ..cpu_high()
        }));
    }
    let alarm_rule = "ALARM(\"web-a\")".to_owned();
    scene.act(Control::PutCompositeAlarm(PutCompositeAlarm {
        alarm_name: "both".to_owned(),
        alarm_rule,
        ..PutCompositeAlarm::default()
    }));
    let names = |answer: &Value, list: &str| -> Vec<String> {
        let alarms = answer[list].as_array().unwrap();
        alarms.iter().map(|alarm| alarm["AlarmName"].as_str().unwrap().to_owned()).collect()
    };
    let all = scene.watch("DescribeAlarms", json!({}));
    assert_eq!(names(&all, "MetricAlarms"), ["job-a", "web-a", "web-b", "web-cpu-high"]);
    assert_eq!(names(&all, "CompositeAlarms"), [""; 0]);
    for (input, expected) in [
        (json!({"AlarmNamePrefix": "web-"}), vec!["web-a", "web-b", "web-cpu-high"]),
        (json!({"StateValue": "ALARM"}), vec!["web-cpu-high"]),
        (json!({"ActionPrefix": "arn:aws:sns"}), vec!["web-cpu-high"]),
        (json!({"AlarmNames": ["web-b", "both", "gone"]}), vec!["web-b"]),
    ] {
        assert_eq!(names(&scene.watch("DescribeAlarms", input), "MetricAlarms"), expected);
    }
    let mut input = json!({"MaxRecords": 3, "AlarmTypes": ["CompositeAlarm", "MetricAlarm"]});
    let first = scene.watch("DescribeAlarms", input.clone());
    assert_eq!(
        (names(&first, "CompositeAlarms"), names(&first, "MetricAlarms").len()),
        (vec!["both".to_owned()], 2)
    );
    input["NextToken"] = first["NextToken"].clone();
    let second = scene.watch("DescribeAlarms", input.clone());
    assert_eq!(names(&second, "MetricAlarms"), ["web-b", "web-cpu-high"]);
    assert_eq!(second.get("NextToken"), None);
    input["NextToken"] = json!("never given");
    assert_eq!(scene.try_watch("DescribeAlarms", input).unwrap_err().code, "InvalidNextToken");
}

#[test]
fn a_state_that_is_set_lasts_until_the_next_evaluation() {
    let mut scene = watched(cpu_high(), 1.0);
    let input =
        json!({"AlarmName": "web-cpu-high", "StateValue": "ALARM", "StateReason": "rehearsal"});
    scene.watch("SetAlarmState", input);
    assert_eq!(scene.published()[0].1["NewStateReason"], "rehearsal");
    assert_eq!(shown(&mut scene, "web-cpu-high").get("StateReasonData"), None);
    scene.wait(60);
    assert_eq!(state(&scene, "web-cpu-high"), "OK");
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
        assert_eq!(scene.try_watch("SetAlarmState", input).unwrap_err().code, code);
    }
}

#[test]
fn an_unsound_alarm_is_refused() {
    let refused = |order: PutMetricAlarm| {
        let mut scene = Scene::new();
        let error =
            scene.services.control(scene.now(), Control::PutMetricAlarm(order)).unwrap_err();
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
    let mut scene = watched(cpu_high(), 1.6);
    scene.act(Control::PutMetricAlarm(PutMetricAlarm { threshold: Some(90.0), ..cpu_high() }));
    assert_eq!(state(&scene, "web-cpu-high"), "ALARM");
    scene.wait(60);
    assert_eq!(state(&scene, "web-cpu-high"), "OK");
}
