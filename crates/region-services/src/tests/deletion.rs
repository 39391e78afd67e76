//! Groups that are deleted.

use serde_json::{Value, json};

use crate::testing::Account;
use crate::*;

fn groups(account: &mut Account) -> Vec<Value> {
    let shown = account.asg("DescribeAutoScalingGroups", json!({}));
    shown["AutoScalingGroups"].as_array().unwrap().clone()
}

#[test]
fn a_deleted_group_is_shown_until_its_last_instance_is_gone() {
    let mut account = Account::new();
    assert_eq!(groups(&mut account)[0].get("Status"), None);
    account.act(Control::DeleteGroup("group".to_owned()));
    let shown = groups(&mut account).remove(0);
    assert_eq!((&shown["Status"], &shown["MaxSize"]), (&json!("Delete in progress"), &json!(0)));
    account.wait(10);
    assert!(groups(&mut account).is_empty());
    let gone = json!({ "AutoScalingGroupName": "group" });
    let refused = account.try_asg("DescribeLifecycleHooks", gone).unwrap_err();
    assert!(refused.message.starts_with("AutoScalingGroup name not found"));
    assert_eq!(account.instance(0).group, "group");
}

#[test]
fn no_hook_holds_the_instances_of_a_deleted_group() {
    let mut account = Account::new();
    account.hook(PutLifecycleHook::default());
    account.terminate(0);
    account.act(Control::DeleteGroup("group".to_owned()));
    for nth in 0..2 {
        assert_eq!(account.instance(nth).state, LifecycleState::TerminatingProceed);
    }
    assert_eq!(account.instance(0).actions[0].ended.unwrap().1, ActionEnd::Skipped);
}

#[test]
fn a_group_that_is_being_deleted_takes_no_hook_and_keeps_its_name() {
    let mut account = Account::new();
    account.act(Control::DeleteGroup("group".to_owned()));
    let hook = Control::PutLifecycleHook(PutLifecycleHook::default());
    let create = || Control::CreateGroup(CreateGroup { desired: 1, ..CreateGroup::default() });
    let refused = account.services.control(account.now(), hook).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
    let taken = account.services.control(account.now(), create()).unwrap_err();
    assert_eq!(taken.code, "AlreadyExists");
    account.wait(10);
    account.act(create());
    assert_eq!(groups(&mut account).len(), 1);
}

#[test]
fn activities_of_deleted_groups_are_shown_to_those_who_ask() {
    let mut account = Account::new();
    account.act(Control::DeleteGroup("group".to_owned()));
    account.wait(10);
    let mut count = |input: Value| {
        let shown = account.try_asg("DescribeScalingActivities", input)?;
        Ok::<_, ApiError>(shown["Activities"].as_array().unwrap().len())
    };
    assert_eq!(count(json!({})), Ok(0));
    assert_eq!(count(json!({ "IncludeDeletedGroups": "true" })), Ok(4));
    let named = json!({ "AutoScalingGroupName": "group", "IncludeDeletedGroups": "true" });
    assert_eq!(count(named), Ok(4));
    assert!(count(json!({ "AutoScalingGroupName": "group" })).is_err());
}
