//! Lifecycle hooks: what they hold, for how long, and their notifications.

use serde_json::json;

use crate::testing::Scene;
use crate::*;

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:lifecycle";

fn hook() -> PutLifecycleHook {
    PutLifecycleHook { heartbeat_seconds: 300, ..PutLifecycleHook::default() }
}

fn with_hook(hook: PutLifecycleHook) -> Scene {
    let mut scene = Scene::new();
    scene.hook(hook);
    scene.terminate(0);
    scene
}

fn end_of(scene: &Scene, action: usize) -> Option<ActionEnd> {
    scene.instance(0).actions[action].ended.map(|(_, end)| end)
}

#[test]
fn a_hook_holds_the_instance_until_it_is_completed() {
    let mut scene = with_hook(hook());
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingWait);
    scene.wait(200);
    scene.complete(0, "drain", "CONTINUE").unwrap();
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingProceed);
    assert_eq!(scene.instance(0).terminated_at, Some(scene.now()));
    scene.wait(10);
    assert_eq!(scene.instance(0).state, LifecycleState::Terminated);
    assert_eq!(end_of(&scene, 0), Some(ActionEnd::Completed(HookResult::Continue)));
}

#[test]
fn a_late_completion_is_refused_in_these_words() {
    let mut scene = with_hook(hook());
    scene.complete(0, "drain", "CONTINUE").unwrap();
    let late = scene.complete(0, "drain", "CONTINUE").unwrap_err();
    assert_eq!((late.status, late.code.as_str()), (400, "ValidationError"));
    let id = scene.id(0);
    assert_eq!(late.message, format!("No active Lifecycle Action found with instance ID {id}"));
    assert_eq!(scene.beat(0).unwrap_err().message, late.message);
}

#[test]
fn an_unknown_group_or_hook_is_another_error_of_the_same_code() {
    let mut scene = with_hook(hook());
    let unknown = scene.complete(0, "other", "CONTINUE").unwrap_err();
    assert_eq!(unknown.code, "ValidationError");
    assert!(!unknown.message.contains("No active Lifecycle Action"));
}

#[test]
fn a_token_names_its_action_without_the_instance() {
    let mut scene = with_hook(hook());
    let mut input = json!({
        "AutoScalingGroupName": "group",
        "LifecycleHookName": "drain",
        "LifecycleActionToken": "00000000-0000-4000-8000-000000000000",
        "LifecycleActionResult": "CONTINUE",
    });
    let wrong = scene.try_asg("CompleteLifecycleAction", input.clone()).unwrap_err();
    assert!(wrong.message.starts_with("No active Lifecycle Action found with token"));
    input["LifecycleActionToken"] = json!(scene.instance(0).actions[0].token);
    scene.asg("CompleteLifecycleAction", input);
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingProceed);
}

#[test]
fn a_heartbeat_restarts_the_timer_and_does_not_add_to_it() {
    let mut scene = with_hook(hook());
    scene.wait(10);
    scene.beat(0).unwrap();
    scene.wait(299);
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingWait);
    scene.wait(1);
    assert_eq!(end_of(&scene, 0), Some(ActionEnd::HeartbeatTimeout));
}

#[test]
fn however_often_it_beats_a_30_second_hook_ends_after_50_minutes() {
    let mut scene = with_hook(PutLifecycleHook { heartbeat_seconds: 30, ..hook() });
    for _ in 0..149 {
        scene.wait(20);
        scene.beat(0).unwrap();
    }
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingWait);
    scene.wait(20);
    assert_eq!(end_of(&scene, 0), Some(ActionEnd::GlobalTimeout));
}

#[test]
fn no_hook_holds_longer_than_48_hours() {
    let mut scene = with_hook(PutLifecycleHook { heartbeat_seconds: 7200, ..hook() });
    let shown = scene.asg("DescribeLifecycleHooks", json!({ "AutoScalingGroupName": "group" }));
    assert_eq!(shown["LifecycleHooks"][0]["GlobalTimeout"], 172_800);
    assert_eq!(shown["LifecycleHooks"][0]["DefaultResult"], "ABANDON");
}

#[test]
fn the_instance_waits_for_every_hook() {
    let mut scene = Scene::new();
    scene.hook(hook());
    scene.hook(PutLifecycleHook { name: "backup".to_owned(), ..hook() });
    scene.terminate(0);
    scene.complete(0, "drain", "CONTINUE").unwrap();
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingWait);
    scene.complete(0, "backup", "CONTINUE").unwrap();
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingProceed);
}

#[test]
fn abandoning_one_hook_skips_the_others() {
    let mut scene = Scene::new();
    scene.hook(hook());
    scene.hook(PutLifecycleHook { name: "backup".to_owned(), ..hook() });
    scene.terminate(0);
    scene.complete(0, "drain", "ABANDON").unwrap();
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingProceed);
    let ends: Vec<_> = (0..2).map(|action| end_of(&scene, action)).collect();
    assert!(ends.contains(&Some(ActionEnd::Skipped)));
}

#[test]
fn deleting_a_hook_lets_go_of_what_it_holds() {
    let mut scene = with_hook(hook());
    scene.act(Control::DeleteLifecycleHook("group".to_owned(), "drain".to_owned()));
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingProceed);
}

#[test]
fn with_retention_an_abandoned_instance_is_kept_and_replaced() {
    let mut scene = Scene::with(CreateGroup { retain_on_abandon: true, ..CreateGroup::default() });
    scene.hook(hook());
    let instance = scene.id(0);
    scene.act(Control::TerminateInstance(TerminateInstance { instance, decrement: false }));
    scene.wait(300);
    assert_eq!(scene.instance(0).state, LifecycleState::TerminatingRetained);
    assert_eq!(scene.instance(0).terminated_at, None);
    scene.wait(60);
    assert_eq!(scene.instance(2).state, LifecycleState::InService);
    scene.act(Control::KillInstance(scene.id(0)));
    scene.wait(60);
    assert_eq!(scene.instance(0).state, LifecycleState::Terminated);
}

#[test]
fn the_target_is_notified_in_auto_scalings_format() {
    let mut scene = Scene::new();
    let told = PutLifecycleHook { topic_arn: Some(TOPIC.to_owned()), ..hook() };
    scene.hook(told.clone());
    let test = scene.published();
    assert_eq!(test[0].0, "Auto Scaling: test notification for group \"group\"");
    assert_eq!(test[0].1["Event"], "autoscaling:TEST_NOTIFICATION");
    scene.terminate(0);
    let (subject, message) = scene.published().remove(0);
    let id = scene.id(0);
    let expected =
        format!("Auto Scaling:  Lifecycle action 'TERMINATING' for instance {id} in progress.");
    assert_eq!(subject, expected);
    assert_eq!(message["LifecycleActionToken"], *scene.instance(0).actions[0].token);
    assert_eq!(
        (&message["Origin"], &message["Destination"]),
        (&json!("AutoScalingGroup"), &json!("EC2"))
    );
    assert_eq!(message["Time"], "2026-01-01T00:00:00.000Z");
    assert_eq!(message.get("NotificationMetadata"), None);
    scene.hook(PutLifecycleHook { metadata: Some("{}".to_owned()), ..told });
    scene.terminate(1);
    assert_eq!(scene.published()[1].1["NotificationMetadata"], "{}");
}

#[test]
fn the_bus_gets_an_event_even_without_a_target() {
    let mut scene = with_hook(hook());
    let events = scene.events("EC2 Instance-terminate Lifecycle Action");
    assert_eq!(events[0]["EC2InstanceId"], *scene.id(0));
    assert_eq!(events[0]["LifecycleTransition"], "autoscaling:EC2_INSTANCE_TERMINATING");
}

#[test]
fn the_scaling_activity_follows() {
    let mut scene = with_hook(hook());
    let group = json!({ "AutoScalingGroupName": "group" });
    let newest = scene.asg("DescribeScalingActivities", group.clone())["Activities"][0].clone();
    assert_eq!(newest["Description"], format!("Terminating EC2 instance: {}", scene.id(0)));
    assert_eq!(newest["StatusCode"], "MidTerminatingLifecycleAction");
    assert_eq!(newest.get("EndTime"), None);
    scene.complete(0, "drain", "CONTINUE").unwrap();
    scene.wait(10);
    let newest = scene.asg("DescribeScalingActivities", group)["Activities"][0].clone();
    assert_eq!(newest["StatusCode"], "Successful");
    assert_eq!(newest["EndTime"], "2026-01-01T00:00:10.000Z");
}
