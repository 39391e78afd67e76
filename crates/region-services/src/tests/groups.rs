//! What scaling asks of Auto Scaling: capacity, bounds, cooldown, warm-up and tags.

use serde_json::{Value, json};

use crate::testing::Account;
use crate::*;

fn group(account: &mut Account) -> Value {
    account.asg("DescribeAutoScalingGroups", json!({}))["AutoScalingGroups"][0].clone()
}

fn set(account: &mut Account, desired: &str, honor: &str) -> Result<Value, ApiError> {
    let input = json!({
        "AutoScalingGroupName": "group",
        "DesiredCapacity": desired,
        "HonorCooldown": honor,
    });
    account.try_asg("SetDesiredCapacity", input)
}

fn tag(key: &str, value: &str) -> Value {
    json!({
        "ResourceId": "group",
        "ResourceType": "auto-scaling-group",
        "Key": key,
        "Value": value,
        "PropagateAtLaunch": "false",
    })
}

#[test]
fn a_capacity_outside_the_bounds_is_refused_in_the_words_of_aws() {
    let mut account = Account::with(CreateGroup { min: 1, max: 3, ..CreateGroup::default() });
    for (desired, side) in [("0", "below min value 1"), ("4", "above max value 3")] {
        let refused = set(&mut account, desired, "false").unwrap_err();
        assert_eq!(refused.code, "ValidationError");
        let expected =
            format!("New SetDesiredCapacity value {desired} is {side} for the AutoScalingGroup.");
        assert_eq!(refused.message, expected);
    }
    for bad in ["-1", "many"] {
        assert_eq!(set(&mut account, bad, "false").unwrap_err().code, "ValidationError");
    }
    assert_eq!(group(&mut account)["DesiredCapacity"], 2);
}

#[test]
fn only_who_honors_the_cooldown_waits_for_it() {
    let mut account = Account::new();
    account.wait(300);
    set(&mut account, "3", "true").unwrap();
    let refused = set(&mut account, "4", "true").unwrap_err();
    assert_eq!(refused.code, "ScalingActivityInProgress");
    assert!(refused.message.ends_with("is in progress and blocking this operation"));
    set(&mut account, "4", "false").unwrap();
    account.wait(60);
    assert!(set(&mut account, "5", "true").is_err(), "launched, and the cooldown runs");
    account.wait(300);
    set(&mut account, "5", "true").unwrap();
}

#[test]
fn desired_capacity_follows_the_bounds_of_its_group() {
    let mut account = Account::new();
    let bounds = |min, max| Control::UpdateGroup(UpdateGroup { min, max, ..Default::default() });
    account.act(bounds(Some(4), None));
    assert_eq!(group(&mut account)["DesiredCapacity"], 4);
    account.wait(100);
    account.act(bounds(Some(0), Some(1)));
    let shown = group(&mut account);
    assert_eq!((&shown["DesiredCapacity"], &shown["MaxSize"]), (&json!(1), &json!(1)));
    account.wait(60);
    assert_eq!(group(&mut account)["Instances"].as_array().unwrap().len(), 1);
    let crossed = UpdateGroup { min: Some(2), ..UpdateGroup::default() };
    let refused =
        account.services.control(account.now(), Control::UpdateGroup(crossed)).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
}

#[test]
fn a_group_shows_its_warm_up_and_its_tags() {
    let managed = [("AmazonECSManaged".to_owned(), String::new())].into();
    let create =
        CreateGroup { default_instance_warmup: Some(120), tags: managed, ..CreateGroup::default() };
    let mut account = Account::with(create);
    let shown = group(&mut account);
    assert_eq!(shown["DefaultInstanceWarmup"], 120);
    assert_eq!(shown["Tags"][0]["Key"], "AmazonECSManaged");
    let mut plain = Account::new();
    let shown = group(&mut plain);
    assert_eq!((shown.get("DefaultInstanceWarmup"), &shown["Tags"]), (None, &json!([])));
}

#[test]
fn tags_are_made_and_replaced_or_all_refused() {
    let mut account = Account::new();
    for value in ["first", "second"] {
        account.asg("CreateOrUpdateTags", json!({ "Tags": [tag("ecs-tide:last-scaling", value)] }));
    }
    let mut expected = tag("ecs-tide:last-scaling", "second");
    expected["PropagateAtLaunch"] = json!(false);
    assert_eq!(group(&mut account)["Tags"], json!([expected]));
    let mut elsewhere = tag("k", "v");
    elsewhere["ResourceId"] = json!("none");
    for (bad, code) in [
        (vec![], "ValidationError"),
        (vec![tag("good", "v"), tag("aws:x", "v")], "ValidationError"),
        (vec![tag("good", "v"), tag("k", &"x".repeat(257))], "ValidationError"),
        (vec![tag("good", "v"), elsewhere], "ValidationError"),
        ((0..50).map(|n| tag(&n.to_string(), "v")).collect(), "LimitExceeded"),
    ] {
        let refused = account.try_asg("CreateOrUpdateTags", json!({ "Tags": bad })).unwrap_err();
        assert_eq!(refused.code, code);
    }
    assert_eq!(group(&mut account)["Tags"], json!([expected]));
}

#[test]
fn tags_are_deleted_by_key_and_only_with_the_value_that_is_given() {
    let mut account = Account::new();
    account.asg("CreateOrUpdateTags", json!({ "Tags": [tag("a", "1"), tag("b", "2")] }));
    let named = |key: &str, value: Option<&str>| json!({ "Tags": [{ "ResourceId": "group", "Key": key, "Value": value }] });
    account.asg("DeleteTags", named("a", Some("other")));
    account.asg("DeleteTags", named("none", None));
    assert_eq!(group(&mut account)["Tags"].as_array().unwrap().len(), 2);
    account.asg("DeleteTags", named("a", None));
    account.asg("DeleteTags", named("b", Some("2")));
    assert_eq!(group(&mut account)["Tags"], json!([]));
    let elsewhere = json!({ "Tags": [{ "ResourceId": "none", "Key": "a" }] });
    for bad in [elsewhere, json!({ "Tags": [] })] {
        assert_eq!(account.try_asg("DeleteTags", bad).unwrap_err().code, "ValidationError");
    }
}

#[test]
fn a_read_may_show_capacity_and_tags_as_they_were() {
    let mut account = Account::new();
    let settings = Settings { read_lag_seconds: 5, ..Settings::default() };
    account.services = Services::new(settings, 1, account.now());
    account.act(Control::CreateGroup(CreateGroup::default()));
    account.wait(60);
    set(&mut account, "3", "false").unwrap();
    account.asg("CreateOrUpdateTags", json!({ "Tags": [tag("k", "v")] }));
    let late = group(&mut account);
    assert_eq!((&late["DesiredCapacity"], &late["Tags"]), (&json!(2), &json!([])));
    account.wait(5);
    let seen = group(&mut account);
    assert_eq!((&seen["DesiredCapacity"], &seen["Tags"][0]["Value"]), (&json!(3), &json!("v")));
}

#[test]
fn more_than_fifty_names_of_groups_need_a_larger_page() {
    let mut account = Account::new();
    let names = |count: usize| (0..count).map(|n| format!("g{n}")).collect::<Vec<_>>();
    let mut asked = |names: Vec<String>, size: Option<&str>| {
        let input = json!({ "AutoScalingGroupNames": names, "MaxRecords": size });
        account.try_asg("DescribeAutoScalingGroups", input)
    };
    assert!(asked(names(50), None).is_ok());
    assert!(asked(names(60), Some("60")).is_ok());
    for size in [None, Some("10")] {
        let refused = asked(names(51), size).unwrap_err();
        assert_eq!(refused.code, "ValidationError");
        let words = "The number of group names that may be passed in is limited to 50";
        assert_eq!(refused.message, words);
    }
}

#[test]
fn groups_are_found_by_their_tags() {
    let mut account = Account::new();
    for (name, stage) in [("blue", "live"), ("green", "next")] {
        let tags = [("stage".to_owned(), stage.to_owned())].into();
        let name = name.to_owned();
        account.act(Control::CreateGroup(CreateGroup { name, tags, ..CreateGroup::default() }));
    }
    let mut found = |filters: Value, names: Value| {
        let input = json!({ "Filters": filters, "AutoScalingGroupNames": names });
        let shown = account.try_asg("DescribeAutoScalingGroups", input)?;
        let groups = shown["AutoScalingGroups"].as_array().unwrap().clone();
        Ok::<_, ApiError>(json!(
            groups.iter().map(|g| g["AutoScalingGroupName"].clone()).collect::<Vec<_>>()
        ))
    };
    let key = json!({ "Name": "tag-key", "Values": ["stage"] });
    let value = json!({ "Name": "tag-value", "Values": ["next"] });
    let pair = json!({ "Name": "tag:stage", "Values": ["live", "gone"] });
    assert_eq!(found(json!([key]), json!([])).unwrap(), json!(["blue", "green"]));
    assert_eq!(found(json!([key, value]), json!([])).unwrap(), json!(["green"]));
    assert_eq!(found(json!([pair]), json!([])).unwrap(), json!(["blue"]));
    assert_eq!(found(json!([pair]), json!(["green"])).unwrap(), json!([]));
    let bad = json!([{ "Name": "name", "Values": ["blue"] }]);
    assert_eq!(found(bad, json!([])).unwrap_err().code, "ValidationError");
}

#[test]
fn a_group_can_be_shown_without_its_instances() {
    let mut account = Account::new();
    for (include, shows) in [(None, true), (Some("true"), true), (Some("false"), false)] {
        let shown =
            account.asg("DescribeAutoScalingGroups", json!({ "IncludeInstances": include }));
        let group = &shown["AutoScalingGroups"][0];
        assert_eq!(group.get("Instances").is_some(), shows, "{include:?}");
        assert_eq!(group["DesiredCapacity"], 2);
    }
}

#[test]
fn instances_of_every_group_come_fifty_to_a_page() {
    let mut account = Account::with(CreateGroup { desired: 52, ..CreateGroup::default() });
    let second = CreateGroup { name: "second".to_owned(), desired: 1, ..CreateGroup::default() };
    account.act(Control::CreateGroup(second));
    account.hook(PutLifecycleHook::default());
    account.terminate(0);
    let (first, last) = (account.id(0), account.id(52));
    let mut page = |input: Value| {
        let shown = account.try_asg("DescribeAutoScalingInstances", input)?;
        let list = shown["AutoScalingInstances"].as_array().unwrap().clone();
        Ok::<_, ApiError>((list, shown.get("NextToken").cloned()))
    };
    let (instances, next) = page(json!({})).unwrap();
    let (rest, none) = page(json!({ "NextToken": next })).unwrap();
    assert_eq!((instances.len(), rest.len(), none), (50, 3, None));
    let ids = json!([last, "i-00000000000000000", first]);
    let (named, _) = page(json!({ "InstanceIds": ids })).unwrap();
    let of = |instance: &Value| {
        ["InstanceId", "AutoScalingGroupName", "LifecycleState", "HealthStatus"]
            .map(|name| instance[name].as_str().unwrap().to_owned())
    };
    let expected = [
        [first.as_str(), "group", "Terminating:Wait", "Healthy"],
        [last.as_str(), "second", "InService", "Healthy"],
    ];
    assert_eq!(named.iter().map(of).collect::<Vec<_>>(), expected, "an unknown id is ignored");
    for (bad, code) in [
        (json!({ "MaxRecords": "51" }), "ValidationError"),
        (json!({ "InstanceIds": vec!["i-0"; 51] }), "ValidationError"),
        (json!({ "NextToken": "?" }), "InvalidNextToken"),
    ] {
        assert_eq!(page(bad).unwrap_err().code, code);
    }
}

#[test]
fn activities_of_all_groups_are_shown_those_under_way_first() {
    let mut account = Account::new();
    let second = CreateGroup { name: "second".to_owned(), desired: 1, ..CreateGroup::default() };
    account.act(Control::CreateGroup(second));
    account.wait(30);
    account.act(Control::SetDesiredCapacity("second".to_owned(), 2));
    account.wait(10);
    account.terminate(0);
    account.wait(10);
    let mut found = |input: Value| {
        let shown = account.try_asg("DescribeScalingActivities", input)?;
        let list = shown["Activities"].as_array().unwrap().clone();
        let of = |a: &Value| format!("{} {}", a["AutoScalingGroupName"], a["StatusCode"]);
        Ok::<_, ApiError>(list.iter().map(of).collect::<Vec<_>>())
    };
    let all = found(json!({})).unwrap();
    assert_eq!(all.len(), 5);
    assert_eq!(all[0], "\"second\" \"InProgress\"", "older, and not yet ended");
    assert_eq!(all[1], "\"group\" \"Successful\"");
    let status = json!([{ "Name": "Status", "Values": ["InProgress", "Failed"] }]);
    assert_eq!(found(json!({ "Filters": status })).unwrap().len(), 1);
    let bound = |name: &str, time: &str| json!([{ "Name": name, "Values": [time] }]);
    for (name, time, count) in [
        ("StartTimeLowerBound", "2026-01-01T00:00:30Z", 2),
        ("StartTimeUpperBound", "2026-01-01T00:00:30Z", 4),
    ] {
        assert_eq!(found(json!({ "Filters": bound(name, time) })).unwrap().len(), count, "{name}");
    }
    let bad = bound("StartTime", "2026-01-01T00:00:30Z");
    assert_eq!(found(json!({ "Filters": bad })).unwrap_err().code, "ValidationError");
    let deleted = json!({ "AutoScalingGroupName": "second", "IncludeDeletedGroups": "true" });
    assert_eq!(found(deleted).unwrap().len(), 2);
    let many = json!({ "ActivityIds": vec!["a"; 51] });
    assert_eq!(found(many).unwrap_err().code, "ValidationError");
}

#[test]
fn what_auto_scaling_does_not_read_is_refused_by_name() {
    let mut account = Account::new();
    let input = json!({ "AutoScalingGroupName": "group", "IncludeDeleted": "true" });
    let refused = account.try_asg("DescribeScalingActivities", input).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
    assert!(refused.message.contains("IncludeDeleted of DescribeScalingActivities"));
}
