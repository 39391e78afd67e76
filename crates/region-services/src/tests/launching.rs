//! Hooks that hold new instances.

use serde_json::json;

use crate::testing::Account;
use crate::*;

/// A group whose third instance is held by a launching hook.
fn held() -> Account {
    let mut account = Account::new();
    account.hook(PutLifecycleHook {
        name: "prepare".to_owned(),
        transition: HookTransition::Launching,
        topic_arn: Some("arn:aws:sns:us-east-1:123456789012:lifecycle".to_owned()),
        heartbeat_seconds: 300,
        ..PutLifecycleHook::default()
    });
    account.services.take_effects();
    account.scale_to(3);
    account
}

#[test]
fn a_launching_hook_is_announced_as_such() {
    let mut account = held();
    let id = account.id(2);
    let (subject, message) = account.published().remove(0);
    let expected =
        format!("Auto Scaling:  Lifecycle action 'LAUNCHING' for instance {id} in progress.");
    assert_eq!(subject, expected);
    assert_eq!(message["LifecycleTransition"], "autoscaling:EC2_INSTANCE_LAUNCHING");
    assert_eq!(
        (&message["Origin"], &message["Destination"]),
        (&json!("EC2"), &json!("AutoScalingGroup"))
    );
    let shown = account.asg("DescribeLifecycleHooks", json!({ "AutoScalingGroupName": "group" }));
    let hook = &shown["LifecycleHooks"][0];
    assert_eq!(hook["LifecycleTransition"], "autoscaling:EC2_INSTANCE_LAUNCHING");
    account.scale_to(4);
    let event = account.events("EC2 Instance-launch Lifecycle Action").remove(0);
    assert_eq!(event["EC2InstanceId"], *account.id(3));
}

#[test]
fn an_instance_boots_while_a_launching_hook_holds_it() {
    let mut account = held();
    assert_eq!(account.instance(2).state, LifecycleState::PendingWait);
    account.wait(100);
    assert_eq!(account.instance(2).state, LifecycleState::PendingWait);
    assert_eq!(account.container(2).status, ContainerStatus::Active);
    account.complete(2, "prepare", "CONTINUE").unwrap();
    assert_eq!(account.instance(2).state, LifecycleState::InService);
}

#[test]
fn released_before_it_has_booted_an_instance_proceeds() {
    let mut account = held();
    account.wait(10);
    account.complete(2, "prepare", "CONTINUE").unwrap();
    assert_eq!(account.instance(2).state, LifecycleState::PendingProceed);
    account.wait(50);
    assert_eq!(account.instance(2).state, LifecycleState::InService);
}

#[test]
fn an_abandoned_launch_ends_the_instance_and_launches_another() {
    let mut account = held();
    account.complete(2, "prepare", "ABANDON").unwrap();
    assert_eq!(account.instance(2).state, LifecycleState::TerminatingProceed);
    assert_eq!(account.instance(3).state, LifecycleState::PendingWait);
    let activities = account.asg("DescribeScalingActivities", json!({}));
    let cancelled = activities["Activities"].as_array().unwrap().iter();
    let cancelled: Vec<_> = cancelled.filter(|a| a["StatusCode"] == "Cancelled").collect();
    assert_eq!(cancelled.len(), 1);
    assert!(cancelled[0]["Description"].as_str().unwrap().ends_with(&account.id(2)));
}

#[test]
fn a_launching_hook_holds_no_instance_that_ends() {
    let mut account = held();
    account.terminate(0);
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingProceed);
    account.hook(PutLifecycleHook::default());
    account.terminate(1);
    assert_eq!(account.instance(1).state, LifecycleState::TerminatingWait);
    let hooks: Vec<_> = account.instance(1).actions.iter().map(|a| a.hook.clone()).collect();
    assert_eq!(hooks, ["drain"]);
}

#[test]
fn an_instance_that_is_scaled_in_while_held_is_no_longer_held() {
    let mut account = held();
    account.terminate(2);
    assert_eq!(account.instance(2).state, LifecycleState::TerminatingProceed);
    let late = account.complete(2, "prepare", "CONTINUE").unwrap_err();
    assert!(late.message.starts_with("No active Lifecycle Action found"), "{late}");
}

#[test]
fn a_launching_hook_holds_what_comes_from_the_warm_pool() {
    let group = CreateGroup { reuse_on_scale_in: true, ..CreateGroup::default() };
    let mut account = Account::with(group);
    account.scale_to(1);
    account.wait(10);
    account.hook(PutLifecycleHook {
        transition: HookTransition::Launching,
        ..PutLifecycleHook::default()
    });
    account.services.take_effects();
    account.scale_to(2);
    assert_eq!(account.instance(0).state, LifecycleState::PendingWait);
    let event = account.events("EC2 Instance-launch Lifecycle Action").remove(0);
    assert_eq!(
        (&event["Origin"], &event["Destination"]),
        (&json!("WarmPool"), &json!("AutoScalingGroup"))
    );
    account.complete(0, "drain", "CONTINUE").unwrap();
    account.wait(60);
    assert_eq!(account.instance(0).state, LifecycleState::InService);
    let order = Control::LaunchIntoWarmPool(LaunchIntoWarmPool::default());
    assert!(account.services.control(account.now(), order).is_err(), "not modeled");
}
