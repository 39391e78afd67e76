//! Pitfalls of real messages, one test each.

use serde_json::{Value, json};
use time::macros::datetime;

use super::{alarm, arn, case, notification, with_message};
use crate::alarm::{Notification, Skip};

fn fault(event: &Value) -> String {
    notification(event).unwrap_err().to_string()
}

fn why(event: &Value) -> Skip {
    match notification(event) {
        Ok(Notification::Skip(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// The event with `value` at `pointer`, where something is.
fn with(name: &str, pointer: &str, value: Value) -> Value {
    let mut event = case(name);
    *event.pointer_mut(pointer).unwrap() = value;
    event
}

#[test]
fn the_region_is_the_arns_and_never_the_display_name() {
    let event = with_message(case("metric-sns"), |message| {
        assert_eq!(message["Region"], "US East (N. Virginia)");
        message["Region"] = json!("EU (Frankfurt)");
    });
    let (arn, _) = alarm(&event);
    assert_eq!((arn.arn().region, arn.arn().account), ("us-east-1", "123456789012"));
}

#[test]
fn odd_and_null_fields_of_a_trigger_change_nothing_that_is_read() {
    let expected = alarm(&case("metric-sns"));
    assert_eq!(alarm(&case("odd-fields-sns")), expected);
    for field in [
        "Unit",
        "Period",
        "Statistic",
        "Dimensions",
        "StatisticType",
        "TreatMissingData",
        "EvaluationPeriods",
        "EvaluateLowSampleCountPercentile",
    ] {
        for odd in [json!(null), json!(""), json!(86400), json!({}), json!(["- x: missing"])] {
            let event = with_message(case("metric-sns"), |message| message["Trigger"][field] = odd);
            assert_eq!(alarm(&event), expected, "{field}");
        }
    }
}

/// DescribeAlarms has them.
#[test]
fn threshold_operator_and_state_before_are_not_read() {
    let expected = alarm(&case("metric-sns"));
    for odd in [json!(null), json!(""), json!("high"), json!([]), json!(true)] {
        let event = with_message(case("metric-sns"), |message| {
            message["Trigger"]["Threshold"] = odd.clone();
            message["Trigger"]["ComparisonOperator"] = odd.clone();
            message["OldStateValue"] = odd;
        });
        assert_eq!(alarm(&event), expected);
    }
}

#[test]
fn a_trigger_that_is_null_or_absent_holds_no_alarm_back() {
    let null = with_message(case("metric-sns"), |message| message["Trigger"] = json!(null));
    let none = with_message(case("metric-sns"), |message| {
        message.as_object_mut().unwrap().remove("Trigger");
    });
    for event in [null, none] {
        assert_eq!(alarm(&event).0, arn("demo-web-cpu-high"));
    }
}

/// After SetAlarmState, and at an alarm's making.
#[test]
fn reason_data_that_is_none_holds_no_alarm_back() {
    let expected = alarm(&case("metric-action"));
    for data in [json!(null), json!(""), json!("rehearsal"), json!(7), json!([]), json!({})] {
        let event = with("metric-action", "/alarmData/state/reasonData", data);
        assert_eq!(alarm(&event), expected);
    }
}

#[test]
fn a_log_alarm_is_known_by_its_queries_in_an_object_or_a_string() {
    assert_eq!(why(&case("log-alarm-sns")), Skip::LogAlarm);
    for key in ["queryResultsToEvaluate", "queryResultsToAlarm"] {
        let text = json!({key: 3, "threshold": 1.0}).to_string();
        let event = with("metric-action", "/alarmData/state/reasonData", json!(text));
        assert_eq!(why(&event), Skip::LogAlarm);
    }
}

/// When a suppression ends, the state before is the suppressed one, which is ALARM.
#[test]
fn only_the_present_state_suppresses() {
    let event = case("composite-released-action");
    assert_eq!(event["alarmData"]["previousState"]["actionsSuppressedBy"], "Alarm");
    assert_eq!(alarm(&event).0, arn("demo-idle"));
    for by in ["WaitPeriod", "ExtensionPeriod", "Alarm"] {
        let mut event = case("composite-released-action");
        event["alarmData"]["state"]["actionsSuppressedBy"] = json!(by);
        assert_eq!(why(&event), Skip::Suppressed, "{by}");
        let event = with_message(case("composite-sns"), |message| {
            message["ActionsSuppressedBy"] = json!(by);
        });
        assert_eq!(why(&event), Skip::Suppressed, "{by}");
    }
    for none in [json!(null), json!("")] {
        let mut event = case("composite-released-action");
        event["alarmData"]["state"]["actionsSuppressedBy"] = none;
        assert_eq!(alarm(&event).0, arn("demo-idle"));
    }
}

#[test]
fn a_mute_detail_that_is_null_mutes_nothing() {
    let event = with("muted-eventbridge", "/detail/muteDetail", json!(null));
    assert_eq!(alarm(&event), alarm(&case("metric-eventbridge")));
}

#[test]
fn a_composite_alarm_needs_neither_suppressor_nor_children() {
    for children in [json!(null), json!(["arn"]), json!([]), json!([{"Arn": "a", "State": {}}])] {
        let event = with_message(case("composite-sns"), |message| {
            message["TriggeringChildren"] = children;
        });
        assert_eq!(alarm(&event).0, arn("demo-idle"));
    }
}

#[test]
fn a_time_is_read_with_a_colon_in_its_offset_or_as_iso() {
    for time in ["2026-09-28T17:41:12.104Z", "2026-09-28T19:41:12.104+02:00"] {
        let event =
            with_message(case("metric-sns"), |message| message["StateChangeTime"] = json!(time));
        assert_eq!(alarm(&event).1, datetime!(2026-09-28 17:41:12.104 UTC));
    }
}

/// As in AWS's own example of a Lambda action.
#[test]
fn a_name_beside_the_arn_is_not_read() {
    let event = with("metric-action", "/alarmData/alarmName", json!("another"));
    assert_eq!(alarm(&event).0.name().as_str(), "demo-web-cpu-high");
}

#[test]
fn an_alarm_of_another_account_than_the_message_is_named() {
    let foreign = json!("arn:aws:cloudwatch:us-east-1:999999999999:alarm:demo-web-cpu-high");
    assert_eq!(
        fault(&with("metric-action", "/alarmArn", foreign.clone())),
        "alarm action: field `accountId` is not the account in the alarm's ARN"
    );
    assert_eq!(
        fault(&with("metric-eventbridge", "/resources/0", foreign.clone())),
        "alarm event: field `account` is not the account in the alarm's ARN"
    );
    assert_eq!(why(&with("contributor-eventbridge", "/resources/0", foreign)), Skip::Contributor);
}

#[test]
fn an_event_of_another_source_is_unknown_whatever_it_says() {
    let event = with("metric-eventbridge", "/source", json!("demo.shop"));
    assert_eq!(why(&event), Skip::Unknown);
}

#[test]
fn a_bad_required_field_is_named() {
    let message = |field: &str, value: Value| {
        fault(&with_message(case("metric-sns"), |message| message[field] = value))
    };
    let no_arn = "not an alarm's ARN, write arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME";
    assert_eq!(message("AlarmArn", json!(null)), "alarm message: field `AlarmArn` is not a string");
    assert_eq!(
        message("AlarmArn", json!("x")),
        format!("alarm message: field `AlarmArn` is {no_arn}")
    );
    assert_eq!(
        message("NewStateValue", json!("alarm")),
        "alarm message: field `NewStateValue` is none of ALARM, OK and INSUFFICIENT_DATA"
    );
    assert_eq!(
        message("StateChangeTime", json!("28/09/26 17:41:12")),
        "alarm message: field `StateChangeTime` is not a time, send 2026-11-22T09:00:00.000+0000"
    );
    for (event, error) in [
        (
            with("metric-action", "/alarmData", json!({})),
            "alarm action: field `alarmData.state.value` is absent",
        ),
        (
            with("metric-action", "/alarmData/state/timestamp", json!(1790617272)),
            "alarm action: field `alarmData.state.timestamp` is not a string",
        ),
        (
            with("metric-eventbridge", "/resources", json!([])),
            "alarm event: field `resources[0]` is absent",
        ),
        (
            with("metric-eventbridge", "/detail/state", json!(null)),
            "alarm event: field `detail.state.value` is absent",
        ),
        (json!({"alarm": 7}), "reconcile: field `alarm` is not a string"),
        (
            json!({"requeue": {"cluster": "demo", "bucket": 1}}),
            "requeue: missing field `delay_class`",
        ),
    ] {
        assert_eq!(fault(&event), error);
    }
    assert_eq!(fault(&json!({"alarm": "a"})), format!("reconcile: field `alarm` is {no_arn}"));
}

#[test]
fn each_skip_has_a_name_of_its_own() {
    let skips = [
        Skip::Ok,
        Skip::InsufficientData,
        Skip::Muted,
        Skip::Suppressed,
        Skip::ConfigurationChange,
        Skip::Contributor,
        Skip::MetricsInsights,
        Skip::PromQl,
        Skip::LogAlarm,
        Skip::Sample,
        Skip::Unknown,
    ];
    let names: std::collections::BTreeSet<_> = skips.iter().map(|skip| skip.name()).collect();
    assert_eq!(names.len(), skips.len());
}

#[test]
fn a_message_nested_without_end_is_named() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let mut event = case("inbox-metric");
    event["Records"][0]["body"] = json!(deep);
    assert!(fault(&event).starts_with("body is not JSON (recursion limit exceeded"));
    let event = with("metric-action", "/alarmData/state/reasonData", json!(deep));
    assert_eq!(alarm(&event).0, arn("demo-web-cpu-high"));
}
