//! Composite alarms and their suppressors.

use serde_json::{Value, json};

use super::setup::{Setup, TOPIC, cpu_high};
use crate::*;

/// Alarms `cpu-low`, `memory-low` and `deploying` that keep the state they are put in, all OK.
fn alarms() -> Setup {
    let mut setup = Setup::new();
    for name in ["cpu-low", "memory-low", "deploying"] {
        setup.put(PutMetricAlarm {
            alarm_name: name.to_owned(),
            alarm_actions: Vec::new(),
            treat_missing_data: Some(TreatMissingData::Ignore),
            ..cpu_high()
        });
        setup.set(name, "OK");
    }
    setup.events();
    setup.published();
    setup
}

fn idle(suppressor: Option<(&str, u64, u64)>) -> PutCompositeAlarm {
    PutCompositeAlarm {
        alarm_name: "idle".to_owned(),
        alarm_actions: vec![TOPIC.to_owned()],
        alarm_rule: "ALARM(\"cpu-low\") AND ALARM(\"memory-low\")".to_owned(),
        actions_suppressor: suppressor.map(|(name, _, _)| name.to_owned()),
        actions_suppressor_wait_period: suppressor.map(|(_, wait, _)| wait),
        actions_suppressor_extension_period: suppressor.map(|(_, _, extension)| extension),
        ..PutCompositeAlarm::default()
    }
}

fn both_low(setup: &mut Setup) {
    setup.set("cpu-low", "ALARM");
    setup.set("memory-low", "ALARM");
}

#[test]
fn it_follows_its_children_at_once_and_names_the_one_that_made_it() {
    let mut setup = alarms();
    setup.compose(idle(None));
    assert_eq!(
        setup.shown("idle")["StateReason"],
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:idle was created and its alarm rule \
         evaluates to OK"
    );
    setup.wait(72);
    setup.set("cpu-low", "ALARM");
    assert_eq!(setup.shown("idle")["StateValue"], "OK");
    setup.set("memory-low", "ALARM");
    let published = setup.published();
    let [(subject, message)] = published.as_slice() else { panic!("{published:?}") };
    assert_eq!(subject, "ALARM: \"idle\" in US East (N. Virginia)");
    let child = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:memory-low";
    assert_eq!(
        message["NewStateReason"],
        format!("{child} transitioned to ALARM at Thursday 01 January, 2026 00:01:12 UTC")
    );
    assert_eq!(message["AlarmRule"], "ALARM(\"cpu-low\") AND ALARM(\"memory-low\")");
    let timestamp = "2026-01-01T00:01:12.000+0000";
    assert_eq!(
        message["TriggeringChildren"],
        json!([{"Arn": child, "State": {"Value": "ALARM", "Timestamp": timestamp}}])
    );
    assert_eq!(message.get("Trigger"), None);
    let data = setup.shown("idle")["StateReasonData"].clone();
    let data: Value = serde_json::from_str(data.as_str().unwrap()).unwrap();
    let state = json!({"value": "ALARM", "timestamp": timestamp});
    assert_eq!(data, json!({"triggeringAlarms": [{"arn": child, "state": state}]}));
    setup.set("cpu-low", "INSUFFICIENT_DATA");
    assert_eq!(setup.shown("idle")["StateValue"], "OK");
}

/// As recorded from AWS (LocalStack's `test_composite_alarm_creation`).
#[test]
fn a_new_one_names_all_its_children() {
    let mut setup = alarms();
    setup.set("memory-low", "ALARM");
    setup.compose(idle(None));
    let data = setup.shown("idle")["StateReasonData"].clone();
    let data: Value = serde_json::from_str(data.as_str().unwrap()).unwrap();
    let child = |name: &str, value: &str| {
        let timestamp = "2026-01-01T00:00:00.000+0000";
        json!({"arn": format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"),
            "state": {"value": value, "timestamp": timestamp}})
    };
    let children = [child("cpu-low", "OK"), child("memory-low", "ALARM")];
    assert_eq!(data, json!({"triggeringAlarms": children}));
}

#[test]
fn one_may_be_made_of_another() {
    let mut setup = alarms();
    setup.compose(idle(None));
    setup.compose(PutCompositeAlarm {
        alarm_name: "quiet".to_owned(),
        alarm_rule: "ALARM(idle) AND NOT ALARM(deploying)".to_owned(),
        ..idle(None)
    });
    setup.events();
    setup.published();
    both_low(&mut setup);
    let subjects: Vec<_> = setup.published().into_iter().map(|(subject, _)| subject).collect();
    assert_eq!(subjects.len(), 2);
    assert!(subjects[1].starts_with("ALARM: \"quiet\""));
    let circle = PutCompositeAlarm { alarm_rule: "ALARM(quiet)".to_owned(), ..idle(None) };
    let refused = setup.try_compose(circle);
    assert_eq!(refused.unwrap_err().message, "quiet is made of idle");
    let orphan = PutCompositeAlarm { alarm_rule: "ALARM(gone)".to_owned(), ..idle(None) };
    let refused = setup.try_compose(orphan);
    assert_eq!(refused.unwrap_err().message, "there is no alarm gone, make it first");
}

#[test]
fn in_the_wait_for_its_suppressor_it_does_not_act_and_then_it_does() {
    let mut setup = alarms();
    setup.compose(idle(Some(("deploying", 60, 180))));
    setup.wait(5);
    setup.events();
    setup.published();
    both_low(&mut setup);
    assert_eq!(setup.shown("idle")["ActionsSuppressedBy"], "WaitPeriod");
    let events = setup.events();
    let change = events.iter().find(|detail| detail["alarmName"] == "idle").unwrap();
    assert_eq!(change["state"]["actionsSuppressedReason"], "Actions suppressed by WaitPeriod");
    assert_eq!(change["configuration"]["actionsSuppressorExtensionPeriod"], 180);
    setup.wait(59);
    assert_eq!(setup.published(), []);
    setup.wait(1);
    let published = setup.published();
    assert_eq!(published[0].1["NewStateValue"], "ALARM");
    let shown = setup.shown("idle");
    assert_eq!(shown.get("ActionsSuppressedBy"), None);
    assert!(shown["StateUpdatedTimestamp"].as_f64() > shown["StateTransitionedTimestamp"].as_f64());
}

#[test]
fn while_its_suppressor_is_in_alarm_and_a_while_longer_it_does_not_act() {
    let mut setup = alarms();
    setup.compose(idle(Some(("deploying", 60, 180))));
    setup.wait(5);
    both_low(&mut setup);
    setup.wait(30);
    setup.set("deploying", "ALARM");
    assert_eq!(setup.shown("idle")["ActionsSuppressedReason"], "Actions suppressed by deploying");
    setup.wait(600);
    setup.set("deploying", "OK");
    assert_eq!(setup.shown("idle")["ActionsSuppressedBy"], "ExtensionPeriod");
    setup.events();
    setup.published();
    setup.wait(179);
    assert_eq!((setup.events(), setup.published()), (Vec::new(), Vec::new()));
    setup.wait(1);
    let events = setup.events();
    assert_eq!(events[0]["previousState"]["actionsSuppressedBy"], "ExtensionPeriod");
    assert_eq!(events[0]["previousState"]["value"], "ALARM");
    assert_eq!(events[0]["state"].get("actionsSuppressedBy"), None);
}

#[test]
fn a_suppressor_goes_with_its_periods() {
    let mut setup = alarms();
    let order =
        PutCompositeAlarm { actions_suppressor: Some("deploying".to_owned()), ..idle(None) };
    let refused = setup.try_compose(order).unwrap_err();
    assert_eq!(
        refused.message,
        "ActionsSuppressor, its WaitPeriod and its ExtensionPeriod go together"
    );
}
