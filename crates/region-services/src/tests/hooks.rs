//! Lifecycle hooks: what they hold, for how long, and their notifications.

use serde_json::json;

use crate::testing::Account;
use crate::*;

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:lifecycle";

fn hook() -> PutLifecycleHook {
    PutLifecycleHook { heartbeat_seconds: 300, ..PutLifecycleHook::default() }
}

fn with_hook(hook: PutLifecycleHook) -> Account {
    let mut account = Account::new();
    account.hook(hook);
    account.terminate(0);
    account
}

fn end_of(account: &Account, action: usize) -> Option<ActionEnd> {
    account.instance(0).actions[action].ended.map(|(_, end)| end)
}

#[test]
fn a_hook_holds_the_instance_until_it_is_completed() {
    let mut account = with_hook(hook());
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingWait);
    account.wait(200);
    account.complete(0, "drain", "CONTINUE").unwrap();
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingProceed);
    account.wait(10);
    assert_eq!(account.instance(0).terminated_at, Some(account.now()));
    assert_eq!(account.instance(0).state, LifecycleState::Terminated);
    assert_eq!(end_of(&account, 0), Some(ActionEnd::Completed(HookResult::Continue)));
}

#[test]
fn a_late_completion_is_refused_in_these_words() {
    let mut account = with_hook(hook());
    account.complete(0, "drain", "CONTINUE").unwrap();
    let late = account.complete(0, "drain", "CONTINUE").unwrap_err();
    assert_eq!((late.status, late.code.as_str()), (400, "ValidationError"));
    let id = account.id(0);
    assert_eq!(late.message, format!("No active Lifecycle Action found with instance ID {id}"));
    assert_eq!(account.beat(0).unwrap_err().message, late.message);
}

#[test]
fn an_unknown_group_or_hook_is_another_error_of_the_same_code() {
    let mut account = with_hook(hook());
    let unknown = account.complete(0, "other", "CONTINUE").unwrap_err();
    assert_eq!(unknown.code, "ValidationError");
    assert!(!unknown.message.contains("No active Lifecycle Action"));
}

#[test]
fn a_token_names_its_action_without_the_instance() {
    let mut account = with_hook(hook());
    let mut input = json!({
        "AutoScalingGroupName": "group",
        "LifecycleHookName": "drain",
        "LifecycleActionToken": "00000000-0000-4000-8000-000000000000",
        "LifecycleActionResult": "CONTINUE",
    });
    let wrong = account.try_asg("CompleteLifecycleAction", input.clone()).unwrap_err();
    assert!(wrong.message.starts_with("No active Lifecycle Action found with token"));
    input["LifecycleActionToken"] = json!(account.instance(0).actions[0].token);
    account.asg("CompleteLifecycleAction", input);
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingProceed);
}

#[test]
fn a_heartbeat_restarts_the_timer_and_does_not_add_to_it() {
    let mut account = with_hook(hook());
    account.wait(10);
    account.beat(0).unwrap();
    account.wait(299);
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingWait);
    account.wait(1);
    assert_eq!(end_of(&account, 0), Some(ActionEnd::HeartbeatTimeout));
}

#[test]
fn however_often_it_beats_a_30_second_hook_ends_after_50_minutes() {
    let mut account = with_hook(PutLifecycleHook { heartbeat_seconds: 30, ..hook() });
    for _ in 0..149 {
        account.wait(20);
        account.beat(0).unwrap();
    }
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingWait);
    account.wait(20);
    assert_eq!(end_of(&account, 0), Some(ActionEnd::GlobalTimeout));
}

#[test]
fn no_hook_holds_longer_than_48_hours() {
    let mut account = with_hook(PutLifecycleHook { heartbeat_seconds: 7200, ..hook() });
    let shown = account.asg("DescribeLifecycleHooks", json!({ "AutoScalingGroupName": "group" }));
    assert_eq!(shown["LifecycleHooks"][0]["GlobalTimeout"], 172_800);
    assert_eq!(shown["LifecycleHooks"][0]["DefaultResult"], "ABANDON");
}

#[test]
fn the_instance_waits_for_every_hook() {
    let mut account = Account::new();
    account.hook(hook());
    account.hook(PutLifecycleHook { name: "backup".to_owned(), ..hook() });
    account.terminate(0);
    account.complete(0, "drain", "CONTINUE").unwrap();
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingWait);
    account.complete(0, "backup", "CONTINUE").unwrap();
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingProceed);
}

#[test]
fn abandoning_one_hook_skips_the_others() {
    let mut account = Account::new();
    account.hook(hook());
    account.hook(PutLifecycleHook { name: "backup".to_owned(), ..hook() });
    account.terminate(0);
    account.complete(0, "drain", "ABANDON").unwrap();
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingProceed);
    let ends: Vec<_> = (0..2).map(|action| end_of(&account, action)).collect();
    assert!(ends.contains(&Some(ActionEnd::Skipped)));
}

#[test]
fn deleting_a_hook_lets_go_of_what_it_holds() {
    let mut account = with_hook(hook());
    account.act(Control::DeleteLifecycleHook("group".to_owned(), "drain".to_owned()));
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingProceed);
}

#[test]
fn with_retention_an_abandoned_instance_is_kept_and_replaced() {
    let mut account =
        Account::with(CreateGroup { retain_on_abandon: true, ..CreateGroup::default() });
    account.hook(hook());
    let instance = account.id(0);
    account.act(Control::TerminateInstance(TerminateInstance { instance, decrement: false }));
    account.wait(300);
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingRetained);
    assert_eq!(account.instance(0).terminated_at, None);
    account.wait(60);
    assert_eq!(account.instance(2).state, LifecycleState::InService);
    account.act(Control::KillInstance(account.id(0)));
    account.wait(60);
    assert_eq!(account.instance(0).state, LifecycleState::Terminated);
}

#[test]
fn the_target_is_notified_in_auto_scalings_format() {
    let mut account = Account::new();
    let with_topic = PutLifecycleHook { topic_arn: Some(TOPIC.to_owned()), ..hook() };
    account.hook(with_topic.clone());
    let test = account.published();
    assert_eq!(test[0].0, "Auto Scaling: test notification for group \"group\"");
    assert_eq!(test[0].1["Event"], "autoscaling:TEST_NOTIFICATION");
    account.terminate(0);
    let (subject, message) = account.published().remove(0);
    let id = account.id(0);
    let expected =
        format!("Auto Scaling:  Lifecycle action 'TERMINATING' for instance {id} in progress.");
    assert_eq!(subject, expected);
    assert_eq!(message["LifecycleActionToken"], *account.instance(0).actions[0].token);
    assert_eq!(
        (&message["Origin"], &message["Destination"]),
        (&json!("AutoScalingGroup"), &json!("EC2"))
    );
    assert_eq!(message["Time"], "2026-01-01T00:00:00.000Z");
    assert_eq!(message.get("NotificationMetadata"), None);
    account.hook(PutLifecycleHook { metadata: Some("{}".to_owned()), ..with_topic });
    account.terminate(1);
    assert_eq!(account.published()[1].1["NotificationMetadata"], "{}");
}

#[test]
fn the_bus_gets_an_event_even_without_a_target() {
    let mut account = with_hook(hook());
    let events = account.events("EC2 Instance-terminate Lifecycle Action");
    assert_eq!(events[0]["EC2InstanceId"], *account.id(0));
    assert_eq!(events[0]["LifecycleTransition"], "autoscaling:EC2_INSTANCE_TERMINATING");
}

#[test]
fn the_scaling_activity_follows() {
    let mut account = with_hook(hook());
    let group = json!({ "AutoScalingGroupName": "group" });
    let newest = account.asg("DescribeScalingActivities", group.clone())["Activities"][0].clone();
    assert_eq!(newest["Description"], format!("Terminating EC2 instance: {}", account.id(0)));
    assert_eq!(newest["StatusCode"], "MidTerminatingLifecycleAction");
    assert_eq!(newest.get("EndTime"), None);
    account.complete(0, "drain", "CONTINUE").unwrap();
    account.wait(10);
    let newest = account.asg("DescribeScalingActivities", group)["Activities"][0].clone();
    assert_eq!(newest["StatusCode"], "Successful");
    assert_eq!(newest["EndTime"], "2026-01-01T00:00:10.000Z");
}
