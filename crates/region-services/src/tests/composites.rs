//! Composite alarms and their suppressors.

use serde_json::{Value, json};

use crate::testing::Scene;
use crate::*;

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alarms";

/// Alarms `cpu-low`, `memory-low` and `deploying` that keep the state they are put in, all OK.
fn scene() -> Scene {
    let mut scene = Scene::new();
    for name in ["cpu-low", "memory-low", "deploying"] {
        scene.act(Control::PutMetricAlarm(PutMetricAlarm {
            alarm_name: name.to_owned(),
            alarm_actions: Vec::new(),
            treat_missing_data: TreatMissingData::Ignore,
            ..super::alarms::cpu_high()
        }));
        set(&mut scene, name, "OK");
    }
    scene.services.take_effects();
    scene
}

fn set(scene: &mut Scene, name: &str, state: &str) {
    let input = json!({"AlarmName": name, "StateValue": state, "StateReason": "set"});
    scene.watch("SetAlarmState", input);
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

fn shown(scene: &mut Scene) -> Value {
    let answer = scene.watch("DescribeAlarms", json!({"AlarmTypes": ["CompositeAlarm"]}));
    answer["CompositeAlarms"][0].clone()
}

fn both_low(scene: &mut Scene) {
    set(scene, "cpu-low", "ALARM");
    set(scene, "memory-low", "ALARM");
}

#[test]
fn it_follows_its_children_at_once_and_names_the_one_that_made_it() {
    let mut scene = scene();
    scene.act(Control::PutCompositeAlarm(idle(None)));
    assert_eq!(
        shown(&mut scene)["StateReason"],
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:idle was created and its alarm rule \
         evaluates to OK"
    );
    scene.wait(72);
    set(&mut scene, "cpu-low", "ALARM");
    assert_eq!(shown(&mut scene)["StateValue"], "OK");
    set(&mut scene, "memory-low", "ALARM");
    let published = scene.published();
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
    let data = shown(&mut scene)["StateReasonData"].clone();
    let data: Value = serde_json::from_str(data.as_str().unwrap()).unwrap();
    let state = json!({"value": "ALARM", "timestamp": timestamp});
    assert_eq!(data, json!({"triggeringAlarms": [{"arn": child, "state": state}]}));
    set(&mut scene, "cpu-low", "INSUFFICIENT_DATA");
    assert_eq!(shown(&mut scene)["StateValue"], "OK");
}

#[test]
fn one_may_be_made_of_another() {
    let mut scene = scene();
    scene.act(Control::PutCompositeAlarm(idle(None)));
    scene.act(Control::PutCompositeAlarm(PutCompositeAlarm {
        alarm_name: "quiet".to_owned(),
        alarm_rule: "ALARM(idle) AND NOT ALARM(deploying)".to_owned(),
        ..idle(None)
    }));
    scene.services.take_effects();
    both_low(&mut scene);
    let subjects: Vec<_> = scene.published().into_iter().map(|(subject, _)| subject).collect();
    assert_eq!(subjects.len(), 2);
    assert!(subjects[1].starts_with("ALARM: \"quiet\""));
    let circle = PutCompositeAlarm { alarm_rule: "ALARM(quiet)".to_owned(), ..idle(None) };
    let refused = scene.services.control(scene.now(), Control::PutCompositeAlarm(circle));
    assert_eq!(refused.unwrap_err().message, "quiet is made of idle");
    let orphan = PutCompositeAlarm { alarm_rule: "ALARM(gone)".to_owned(), ..idle(None) };
    let refused = scene.services.control(scene.now(), Control::PutCompositeAlarm(orphan));
    assert_eq!(refused.unwrap_err().message, "there is no alarm gone, make it first");
}

#[test]
fn in_the_wait_for_its_suppressor_it_does_not_act_and_then_it_does() {
    let mut scene = scene();
    scene.act(Control::PutCompositeAlarm(idle(Some(("deploying", 60, 180)))));
    scene.wait(5);
    scene.services.take_effects();
    both_low(&mut scene);
    assert_eq!(shown(&mut scene)["ActionsSuppressedBy"], "WaitPeriod");
    let events = scene.events("CloudWatch Alarm State Change");
    let change = events.iter().find(|detail| detail["alarmName"] == "idle").unwrap();
    assert_eq!(change["state"]["actionsSuppressedReason"], "Actions suppressed by WaitPeriod");
    assert_eq!(change["configuration"]["actionsSuppressorExtensionPeriod"], 180);
    scene.wait(59);
    assert_eq!(scene.published(), []);
    scene.wait(1);
    let published = scene.published();
    assert_eq!(published[0].1["NewStateValue"], "ALARM");
    let shown = shown(&mut scene);
    assert_eq!(shown.get("ActionsSuppressedBy"), None);
    assert!(shown["StateUpdatedTimestamp"].as_f64() > shown["StateTransitionedTimestamp"].as_f64());
}

#[test]
fn while_its_suppressor_is_in_alarm_and_a_while_longer_it_does_not_act() {
    let mut scene = scene();
    scene.act(Control::PutCompositeAlarm(idle(Some(("deploying", 60, 180)))));
    scene.wait(5);
    both_low(&mut scene);
    scene.wait(30);
    set(&mut scene, "deploying", "ALARM");
    assert_eq!(shown(&mut scene)["ActionsSuppressedReason"], "Actions suppressed by deploying");
    scene.wait(600);
    set(&mut scene, "deploying", "OK");
    assert_eq!(shown(&mut scene)["ActionsSuppressedBy"], "ExtensionPeriod");
    scene.services.take_effects();
    scene.wait(179);
    assert_eq!(scene.services.take_effects(), []);
    scene.wait(1);
    let events = scene.events("CloudWatch Alarm State Change");
    assert_eq!(events[0]["previousState"]["actionsSuppressedBy"], "ExtensionPeriod");
    assert_eq!(events[0]["previousState"]["value"], "ALARM");
    assert_eq!(events[0]["state"].get("actionsSuppressedBy"), None);
}

#[test]
fn a_suppressor_goes_with_its_periods() {
    let mut scene = scene();
    let order =
        PutCompositeAlarm { actions_suppressor: Some("deploying".to_owned()), ..idle(None) };
    let refused =
        scene.services.control(scene.now(), Control::PutCompositeAlarm(order)).unwrap_err();
    assert_eq!(
        refused.message,
        "ActionsSuppressor, its WaitPeriod and its ExtensionPeriod go together"
    );
}
