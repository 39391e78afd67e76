//! What scaling asks of Auto Scaling: capacity, bounds, cooldown, warm-up and tags.

use serde_json::{Value, json};

use crate::testing::Scene;
use crate::*;

fn group(scene: &mut Scene) -> Value {
    scene.asg("DescribeAutoScalingGroups", json!({}))["AutoScalingGroups"][0].clone()
}

fn set(scene: &mut Scene, desired: &str, honor: &str) -> Result<Value, ApiError> {
    let input = json!({
        "AutoScalingGroupName": "group",
        "DesiredCapacity": desired,
        "HonorCooldown": honor,
    });
    scene.try_asg("SetDesiredCapacity", input)
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
    let mut scene = Scene::with(CreateGroup { min: 1, max: 3, ..CreateGroup::default() });
    for (desired, side) in [("0", "below min value 1"), ("4", "above max value 3")] {
        let refused = set(&mut scene, desired, "false").unwrap_err();
        assert_eq!(refused.code, "ValidationError");
        let expected =
            format!("New SetDesiredCapacity value {desired} is {side} for the AutoScalingGroup.");
        assert_eq!(refused.message, expected);
    }
    for bad in ["-1", "many"] {
        assert_eq!(set(&mut scene, bad, "false").unwrap_err().code, "ValidationError");
    }
    assert_eq!(group(&mut scene)["DesiredCapacity"], 2);
}

#[test]
fn only_who_honors_the_cooldown_waits_for_it() {
    let mut scene = Scene::new();
    scene.wait(300);
    set(&mut scene, "3", "true").unwrap();
    let refused = set(&mut scene, "4", "true").unwrap_err();
    assert_eq!(refused.code, "ScalingActivityInProgress");
    assert!(refused.message.ends_with("is in progress and blocking this operation"));
    set(&mut scene, "4", "false").unwrap();
    scene.wait(60);
    assert!(set(&mut scene, "5", "true").is_err(), "launched, and the cooldown runs");
    scene.wait(300);
    set(&mut scene, "5", "true").unwrap();
}

#[test]
fn desired_capacity_follows_the_bounds_of_its_group() {
    let mut scene = Scene::new();
    let bounds = |min, max| Control::UpdateGroup(UpdateGroup { min, max, ..Default::default() });
    scene.act(bounds(Some(4), None));
    assert_eq!(group(&mut scene)["DesiredCapacity"], 4);
    scene.wait(100);
    scene.act(bounds(Some(0), Some(1)));
    let shown = group(&mut scene);
    assert_eq!((&shown["DesiredCapacity"], &shown["MaxSize"]), (&json!(1), &json!(1)));
    scene.wait(60);
    assert_eq!(group(&mut scene)["Instances"].as_array().unwrap().len(), 1);
    let crossed = UpdateGroup { min: Some(2), ..UpdateGroup::default() };
    let refused = scene.services.control(scene.now(), Control::UpdateGroup(crossed)).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
}

#[test]
fn a_group_shows_its_warm_up_and_its_tags() {
    let managed = [("AmazonECSManaged".to_owned(), String::new())].into();
    let create =
        CreateGroup { default_instance_warmup: Some(120), tags: managed, ..CreateGroup::default() };
    let mut scene = Scene::with(create);
    let shown = group(&mut scene);
    assert_eq!(shown["DefaultInstanceWarmup"], 120);
    assert_eq!(shown["Tags"][0]["Key"], "AmazonECSManaged");
    let mut plain = Scene::new();
    let shown = group(&mut plain);
    assert_eq!((shown.get("DefaultInstanceWarmup"), &shown["Tags"]), (None, &json!([])));
}

#[test]
fn tags_are_made_and_replaced_or_all_refused() {
    let mut scene = Scene::new();
    for value in ["first", "second"] {
        scene.asg("CreateOrUpdateTags", json!({ "Tags": [tag("ecs-tide:last-scaling", value)] }));
    }
    let mut expected = tag("ecs-tide:last-scaling", "second");
    expected["PropagateAtLaunch"] = json!(false);
    assert_eq!(group(&mut scene)["Tags"], json!([expected]));
    let mut elsewhere = tag("k", "v");
    elsewhere["ResourceId"] = json!("none");
    for (bad, code) in [
        (vec![], "ValidationError"),
        (vec![tag("good", "v"), tag("aws:x", "v")], "ValidationError"),
        (vec![tag("good", "v"), tag("k", &"x".repeat(257))], "ValidationError"),
        (vec![tag("good", "v"), elsewhere], "ValidationError"),
        ((0..50).map(|n| tag(&n.to_string(), "v")).collect(), "LimitExceeded"),
    ] {
        let refused = scene.try_asg("CreateOrUpdateTags", json!({ "Tags": bad })).unwrap_err();
        assert_eq!(refused.code, code);
    }
    assert_eq!(group(&mut scene)["Tags"], json!([expected]));
}

#[test]
fn a_read_may_show_capacity_and_tags_as_they_were() {
    let mut scene = Scene::new();
    let settings = Settings { read_lag_seconds: 5, ..Settings::default() };
    scene.services = Services::new(settings, 1, scene.now());
    scene.act(Control::CreateGroup(CreateGroup::default()));
    scene.wait(60);
    set(&mut scene, "3", "false").unwrap();
    scene.asg("CreateOrUpdateTags", json!({ "Tags": [tag("k", "v")] }));
    let late = group(&mut scene);
    assert_eq!((&late["DesiredCapacity"], &late["Tags"]), (&json!(2), &json!([])));
    scene.wait(5);
    let seen = group(&mut scene);
    assert_eq!((&seen["DesiredCapacity"], &seen["Tags"][0]["Value"]), (&json!(3), &json!("v")));
}

#[test]
fn more_than_fifty_names_of_groups_need_a_larger_page() {
    let mut scene = Scene::new();
    let names = |count: usize| (0..count).map(|n| format!("g{n}")).collect::<Vec<_>>();
    let mut asked = |names: Vec<String>, size: Option<&str>| {
        let input = json!({ "AutoScalingGroupNames": names, "MaxRecords": size });
        scene.try_asg("DescribeAutoScalingGroups", input)
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
