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
    assert_eq!(all["LogAlarms"], json!([]));
    let logs = setup.call("DescribeAlarms", json!({"AlarmTypes": ["LogAlarm"]}));
    assert_eq!(logs, json!({"MetricAlarms": [], "CompositeAlarms": [], "LogAlarms": []}));
}

#[test]
fn bad_filters_of_alarms_are_refused() {
    let mut setup = Setup::new();
    for (input, code, message) in [
        (
            json!({"StateValue": "FIRE"}),
            "ValidationError",
            "1 validation error detected: Value 'FIRE' at 'stateValue' failed to satisfy \
             constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
        ),
        (
            json!({"MaxRecords": 101}),
            "ValidationError",
            "1 validation error detected: Value '101' at 'maxRecords' failed to satisfy \
             constraint: Member must have value less than or equal to 100",
        ),
        (
            json!({"AlarmNames": ["a"], "AlarmNamePrefix": "b"}),
            "InvalidParameterCombination",
            "AlarmNamePrefix and AlarmNames.member are mutually exclusive",
        ),
        (
            json!({"ChildrenOfAlarmName": "both"}),
            "ValidationError",
            "the simulated region cannot filter by ChildrenOfAlarmName",
        ),
        (
            json!({"AlarmName": "web"}),
            "ValidationError",
            "the simulated region does not read AlarmName of DescribeAlarms, leave it out",
        ),
    ] {
        let error = setup.try_call("DescribeAlarms", input).unwrap_err();
        assert_eq!((error.code.as_str(), error.message.as_str()), (code, message));
    }
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
}

/// As recorded from AWS (LocalStack's `test_set_alarm_invalid_input`): an alarm that is not there
/// is a 404 without a message, and a state that is none is refused first.
#[test]
fn a_state_that_cannot_be_set_is_refused() {
    let mut setup = watched(cpu_high(), 50.0);
    let mut refused = |input: Value| setup.try_call("SetAlarmState", input).unwrap_err();
    let gone = refused(json!({"AlarmName": "gone", "StateValue": "OK", "StateReason": "r"}));
    assert_eq!(
        (gone.status, gone.code.as_str(), gone.message.as_str()),
        (404, "ResourceNotFound", "")
    );
    let state = "Value 'CALM' at 'stateValue' failed to satisfy constraint: Member must satisfy \
                 enum value set: [INSUFFICIENT_DATA, ALARM, OK]";
    let bad = refused(json!({"AlarmName": "gone", "StateValue": "CALM", "StateReason": "r"}));
    assert_eq!((bad.status, bad.code.as_str()), (400, "ValidationError"));
    assert_eq!(bad.message, format!("1 validation error detected: {state}"));
    let several = refused(json!({"AlarmName": "web-cpu-high", "StateValue": "CALM"}));
    let reason =
        "Value null at 'stateReason' failed to satisfy constraint: Member must not be null";
    assert_eq!(several.message, format!("2 validation errors detected: {reason}; {state}"));
    let data = refused(json!({"AlarmName": "web-cpu-high", "StateValue": "OK", "StateReason": "",
        "StateReasonData": "{"}));
    assert_eq!(data.code, "InvalidFormat");
}

#[test]
fn periods_span_a_day_or_from_an_hour_on_a_week() {
    let mut setup = Setup::new();
    for (period, periods, refusal) in [
        (60, 1_440, None),
        (
            60,
            1_441,
            Some(
                "day (EvaluationPeriods * Period must be <= 86400) for alarms using period < 3600",
            ),
        ),
        (3_600, 168, None),
        (
            3_600,
            169,
            Some(
                "week (EvaluationPeriods * Period must be <= 604800) for alarms using period >= \
                 3600",
            ),
        ),
    ] {
        let order =
            PutMetricAlarm { period: Some(period), evaluation_periods: periods, ..cpu_high() };
        let message = setup.try_put(order).err().map(|error| error.message);
        let refusal =
            refusal.map(|text| format!("Metrics cannot be checked across more than a {text}"));
        assert_eq!(message, refusal);
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
        (
            PutMetricAlarm { period: Some(10), ..base() },
            "the period 10 is neither 20 nor a multiple of 60",
        ),
        (PutMetricAlarm { metric_name: None, ..base() }, "MetricName is needed"),
        (PutMetricAlarm { threshold: None, ..base() }, "Threshold is needed"),
        (
            PutMetricAlarm { datapoints_to_alarm: Some(3), ..base() },
            "DatapointsToAlarm 3 is not 1 to EvaluationPeriods",
        ),
        (
            PutMetricAlarm { evaluation_periods: 0, ..base() },
            "The parameter EvaluationPeriods must be greater than or equal to 1.",
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
