//! Lifecycle hooks that clients make, change and delete.

use serde_json::{Value, json};

use crate::testing::Account;
use crate::*;

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:lifecycle";
const ROLE: &str = "arn:aws:iam::123456789012:role/hook";

fn input(fields: Value) -> Value {
    let mut input = json!({ "AutoScalingGroupName": "group", "LifecycleHookName": "drain" });
    let all = input.as_object_mut().unwrap();
    all.extend(fields.as_object().unwrap().clone());
    input
}

fn terminating(fields: Value) -> Value {
    let mut input = input(fields);
    input["LifecycleTransition"] = json!("autoscaling:EC2_INSTANCE_TERMINATING");
    input
}

fn shown(account: &mut Account) -> Value {
    account.asg("DescribeLifecycleHooks", json!({ "AutoScalingGroupName": "group" }))
}

#[test]
fn a_new_hook_has_the_defaults_of_aws() {
    let mut account = Account::new();
    account.asg("PutLifecycleHook", terminating(json!({})));
    let expected = json!({
        "LifecycleHookName": "drain",
        "AutoScalingGroupName": "group",
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "HeartbeatTimeout": 3600,
        "GlobalTimeout": 172_800,
        "DefaultResult": "ABANDON",
    });
    assert_eq!(shown(&mut account)["LifecycleHooks"], json!([expected]));
    assert!(account.published().is_empty());
    account.terminate(0);
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingWait);
}

#[test]
fn a_put_changes_what_it_names_and_notifies_the_target_again() {
    let mut account = Account::new();
    account.asg(
        "PutLifecycleHook",
        terminating(json!({
            "HeartbeatTimeout": "300",
            "DefaultResult": "CONTINUE",
            "NotificationTargetARN": TOPIC,
            "RoleARN": ROLE,
            "NotificationMetadata": "{}",
        })),
    );
    account.asg("PutLifecycleHook", input(json!({ "HeartbeatTimeout": "600" })));
    let tests = account.published();
    assert_eq!(tests.len(), 2);
    assert!(tests.iter().all(|(_, test)| test["Event"] == "autoscaling:TEST_NOTIFICATION"));
    let hook = shown(&mut account)["LifecycleHooks"][0].clone();
    assert_eq!((&hook["HeartbeatTimeout"], &hook["GlobalTimeout"]), (&json!(600), &json!(60_000)));
    assert_eq!((&hook["DefaultResult"], &hook["RoleARN"]), (&json!("CONTINUE"), &json!(ROLE)));
    assert_eq!(hook["NotificationTargetARN"], TOPIC);
    assert_eq!(hook["NotificationMetadata"], "{}");
    account.asg("PutLifecycleHook", input(json!({ "NotificationTargetARN": "" })));
    let hook = shown(&mut account)["LifecycleHooks"][0].clone();
    assert_eq!((hook.get("NotificationTargetARN"), hook.get("RoleARN")), (None, None));
}

#[test]
fn a_hook_of_the_wrong_form_is_refused() {
    let mut account = Account::new();
    let long = "x".repeat(1024);
    for bad in [
        input(json!({})),
        input(json!({ "LifecycleTransition": "autoscaling:EC2_INSTANCE_STOPPING" })),
        terminating(json!({ "HeartbeatTimeout": "29" })),
        terminating(json!({ "HeartbeatTimeout": "7201" })),
        terminating(json!({ "HeartbeatTimeout": "long" })),
        terminating(json!({ "DefaultResult": "RETRY" })),
        terminating(json!({ "NotificationTargetARN": TOPIC })),
        terminating(json!({ "RoleARN": ROLE })),
        terminating(json!({ "NotificationTargetARN": format!("{TOPIC}.fifo"), "RoleARN": ROLE })),
        terminating(json!({ "NotificationMetadata": long })),
        terminating(json!({ "LifecycleHookName": "a b" })),
        terminating(json!({ "AutoScalingGroupName": "none" })),
    ] {
        let refused = account.try_asg("PutLifecycleHook", bad.clone()).unwrap_err();
        assert_eq!(refused.code, "ValidationError", "{bad}");
    }
    assert_eq!(shown(&mut account)["LifecycleHooks"], json!([]));
}

#[test]
fn a_target_that_cannot_be_notified_is_refused_in_these_words() {
    let mut account = Account::new();
    let target = "arn:aws:sns:us-east-1:123456789012:hooks.fifo";
    let put = terminating(json!({ "NotificationTargetARN": target, "RoleARN": ROLE }));
    let refused = account.try_asg("PutLifecycleHook", put).unwrap_err();
    let words = format!(
        "Unable to publish test message to notification target {target} using IAM role {ROLE}. \
         Please check your target and role configuration and try to put lifecycle hook again."
    );
    assert_eq!(refused.message, words);
}

#[test]
fn a_group_has_fifty_hooks_at_most() {
    let mut account = Account::new();
    let mut put = |name: String| {
        account.try_asg("PutLifecycleHook", terminating(json!({ "LifecycleHookName": name })))
    };
    for number in 0..50 {
        put(format!("hook-{number}")).unwrap();
    }
    assert_eq!(put("one-more".to_owned()).unwrap_err().code, "LimitExceeded");
    put("hook-7".to_owned()).unwrap();
}

#[test]
fn a_deleted_hook_continues_terminations_and_abandons_launches() {
    let mut account = Account::new();
    account.asg("PutLifecycleHook", terminating(json!({})));
    account.hook(PutLifecycleHook {
        name: "prepare".to_owned(),
        transition: HookTransition::Launching,
        ..PutLifecycleHook::default()
    });
    account.terminate(0);
    account.scale_to(2);
    for (hook, instance, result) in
        [("drain", 0, HookResult::Continue), ("prepare", 2, HookResult::Abandon)]
    {
        account.asg("DeleteLifecycleHook", input(json!({ "LifecycleHookName": hook })));
        let end = account.instance(instance).actions[0].ended.map(|(_, end)| end);
        assert_eq!(end, Some(ActionEnd::Completed(result)), "{hook}");
    }
}

#[test]
fn a_hook_that_is_not_there_cannot_be_deleted() {
    let mut account = Account::new();
    let refused = account.try_asg("DeleteLifecycleHook", input(json!({}))).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
    assert!(refused.message.starts_with("No Lifecycle Hook found"), "{}", refused.message);
}
