//! What scaling reads and sets in ECS: counts, deployments, tags, definitions and capacity.

use serde_json::{Value, json};

use crate::testing::{Account, service, slow_stop, start};
use crate::*;

fn web(account: &mut Account) -> Value {
    let input = json!({ "services": ["web"], "include": ["TAGS"] });
    account.ecs("DescribeServices", input)["services"][0].clone()
}

fn update(account: &mut Account, mut input: Value) -> Result<Value, ApiError> {
    input["service"] = json!("web");
    account.try_ecs("UpdateService", input)
}

fn deploy(account: &mut Account) {
    account.act(Control::UpdateService(UpdateService { deploy: true, ..UpdateService::default() }));
}

/// Desired, running and pending of each deployment, the PRIMARY one first.
fn stages(shown: &Value) -> Vec<(i64, i64, i64)> {
    let deployments = shown["deployments"].as_array().unwrap().iter();
    let count = |deployment: &Value, name: &str| deployment[name].as_i64().unwrap();
    deployments
        .map(|d| (count(d, "desiredCount"), count(d, "runningCount"), count(d, "pendingCount")))
        .collect()
}

fn code(answer: Result<Value, ApiError>) -> String {
    answer.unwrap_err().code
}

#[test]
fn a_desired_count_scales_and_begins_no_deployment() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    let before = web(&mut account);
    let answer = update(&mut account, json!({ "desiredCount": 5 })).unwrap();
    assert_eq!(answer["service"]["desiredCount"], 5);
    account.wait(2);
    let during = web(&mut account);
    assert_eq!(stages(&during), [(5, 2, 3)]);
    assert_eq!((&during["runningCount"], &during["pendingCount"]), (&json!(2), &json!(3)));
    account.wait(10);
    let after = web(&mut account);
    assert_eq!(stages(&after), [(5, 5, 0)]);
    for shown in [&during, &after] {
        assert_eq!(shown["deployments"][0]["id"], before["deployments"][0]["id"]);
        assert_eq!(shown["deployments"][0]["rolloutState"], "COMPLETED");
    }
}

#[test]
fn a_deployment_runs_new_tasks_beside_the_old_until_all_are_replaced() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 100, 200)));
    let old = web(&mut account)["deployments"][0]["id"].clone();
    let definition = web(&mut account)["taskDefinition"].clone();
    deploy(&mut account);
    let begun = web(&mut account);
    assert_eq!(stages(&begun), [(4, 0, 0), (4, 4, 0)]);
    assert_eq!(begun["deployments"][0]["status"], "PRIMARY");
    assert_eq!(begun["deployments"][0]["rolloutState"], "IN_PROGRESS");
    assert_eq!(begun["deployments"][1]["status"], "ACTIVE");
    assert_eq!(begun["deployments"][1]["id"], old);
    account.wait(2);
    assert_eq!(stages(&web(&mut account)), [(4, 0, 4), (4, 4, 0)]);
    account.wait(4);
    let both = web(&mut account);
    assert_eq!(both["runningCount"], 8, "new and old are counted alike");
    account.wait(2);
    let done = web(&mut account);
    assert_eq!(stages(&done), [(4, 4, 0)]);
    let primary = &done["deployments"][0];
    assert_eq!(primary["rolloutState"], "COMPLETED");
    assert!(primary["updatedAt"].as_f64() > primary["createdAt"].as_f64());
    assert_eq!(done["taskDefinition"], definition, "a forced deployment changes no definition");
    let message = done["events"][0]["message"].as_str().unwrap();
    assert_eq!(message, "(service web) has reached a steady state.");
}

#[test]
fn a_deployment_keeps_between_minimum_and_maximum() {
    for (least, most) in [(50, 100), (100, 150), (75, 125)] {
        let mut account = Account::new();
        account.act(Control::CreateService(service(4, least, most)));
        deploy(&mut account);
        let mut seconds = 0;
        while web(&mut account)["deployments"][0]["rolloutState"] != "COMPLETED" {
            let shown = web(&mut account);
            let (running, pending) = (&shown["runningCount"], &shown["pendingCount"]);
            let (running, pending) = (running.as_u64().unwrap(), pending.as_u64().unwrap());
            assert!(running * 100 >= 4 * least as u64, "{running} run at {seconds} s");
            assert!((running + pending) * 100 <= 4 * most as u64, "at {seconds} s");
            account.wait(1);
            seconds += 1;
            assert!(seconds < 300, "{least} to {most} never ends");
        }
        assert!(seconds > 5);
    }
}

#[test]
fn without_room_for_new_tasks_a_deployment_goes_on_until_there_is() {
    let mut account = Account::new();
    let workload = Workload { cpu: 3000, ..slow_stop() };
    account.act(Control::CreateService(CreateService { workload, ..service(2, 100, 200) }));
    deploy(&mut account);
    account.wait(600);
    assert_eq!(stages(&web(&mut account)), [(2, 0, 0), (2, 2, 0)]);
    account.scale_to(4);
    account.wait(900);
    let shown = web(&mut account);
    assert_eq!(stages(&shown), [(2, 2, 0)]);
    assert_eq!(shown["deployments"][0]["rolloutState"], "COMPLETED");
}

#[test]
fn what_is_scaled_out_during_a_deployment_is_new() {
    let mut account = Account::new();
    let workload = Workload { start_seconds: 30, ..slow_stop() };
    account.act(Control::CreateService(CreateService { workload, ..service(2, 100, 200) }));
    deploy(&mut account);
    account.wait(5);
    update(&mut account, json!({ "desiredCount": 4 })).unwrap();
    account.wait(5);
    assert_eq!(stages(&web(&mut account)), [(4, 0, 4), (2, 2, 0)]);
    account.wait(60);
    assert_eq!(stages(&web(&mut account)), [(4, 4, 0)]);
}

#[test]
fn a_new_service_is_in_progress_until_its_tasks_run() {
    let mut account = Account::new();
    account.act(Control::CreateService(CreateService { ready: false, ..service(2, 100, 200) }));
    assert_eq!(web(&mut account)["deployments"][0]["rolloutState"], "IN_PROGRESS");
    account.wait(10);
    assert_eq!(web(&mut account)["deployments"][0]["rolloutState"], "COMPLETED");
}

#[test]
fn another_definition_begins_a_deployment_of_its_tasks() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    let workload = Some(Workload { cpu: 1024, ..slow_stop() });
    account.act(Control::UpdateService(UpdateService { workload, ..UpdateService::default() }));
    account.wait(30);
    let shown = web(&mut account);
    assert!(shown["taskDefinition"].as_str().unwrap().ends_with("/web:2"));
    let room = (0..2).map(|nth| account.container(nth).cpu_left).sum::<u32>();
    account.wait(60);
    assert_eq!(room + 2 * 256, (0..2).map(|nth| account.container(nth).cpu_left).sum::<u32>());
    update(&mut account, json!({ "taskDefinition": "web:1" })).unwrap();
    account.wait(90);
    let back = web(&mut account);
    assert!(back["taskDefinition"].as_str().unwrap().ends_with("/web:1"));
    assert_eq!((stages(&back), account.container(0).cpu_left), (vec![(2, 2, 0)], 4096 - 256));
    update(&mut account, json!({ "taskDefinition": "web:1" })).unwrap();
    assert_eq!(stages(&web(&mut account)).len(), 1, "the same definition deploys nothing");
}

#[test]
fn what_update_service_cannot_do_is_refused() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    let daemon = CreateService { name: "logs".to_owned(), daemon: true, ..service(0, 0, 100) };
    account.act(Control::CreateService(daemon));
    for (input, expected) in [
        (json!({ "service": "none", "desiredCount": 1 }), "ServiceNotFoundException"),
        (json!({ "service": "web", "cluster": "none" }), "ClusterNotFoundException"),
        (json!({ "service": "web", "desiredCount": -1 }), "InvalidParameterException"),
        (json!({ "service": "web", "taskDefinition": "web:2" }), "ClientException"),
        (json!({ "service": "logs", "desiredCount": 1 }), "InvalidParameterException"),
        (json!({ "service": "logs", "forceNewDeployment": true }), "InvalidParameterException"),
    ] {
        assert_eq!(code(account.try_ecs("UpdateService", input.clone())), expected, "{input}");
    }
    let logs = account.ecs("DescribeServices", json!({ "services": ["logs"] }));
    assert_eq!(logs["services"][0]["schedulingStrategy"], "DAEMON");
    assert_eq!(stages(&logs["services"][0]), [(2, 2, 0)]);
}

#[test]
fn tags_are_set_replaced_and_shown_to_those_who_ask() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    let arn = web(&mut account)["serviceArn"].clone();
    for value in ["first", "out +2 @ 12:00"] {
        let tags = json!([{ "key": "ecs-tide:last-scaling", "value": value }]);
        account.ecs("TagResource", json!({ "resourceArn": arn, "tags": tags }));
    }
    let expected = json!([{ "key": "ecs-tide:last-scaling", "value": "out +2 @ 12:00" }]);
    assert_eq!(web(&mut account)["tags"], expected);
    let unasked = account.ecs("DescribeServices", json!({ "services": ["web"] }));
    assert_eq!(unasked["services"][0].get("tags"), None);
    for (tag, value) in [("", "v"), ("aws:x", "v"), ("k", "{}"), ("k", &*"x".repeat(257))] {
        let tags = json!([{ "key": tag, "value": value }]);
        let answer = account.try_ecs("TagResource", json!({ "resourceArn": arn, "tags": tags }));
        assert_eq!(code(answer), "InvalidParameterException", "{tag}={value}");
    }
    let tags: Vec<_> = (0..50).map(|n| json!({ "key": n.to_string(), "value": "" })).collect();
    let answer = account.try_ecs("TagResource", json!({ "resourceArn": arn, "tags": tags }));
    assert_eq!(code(answer), "InvalidParameterException", "the fifty-first");
    let gone = format!("{}-gone", arn.as_str().unwrap());
    let tags = json!([{ "key": "k", "value": "v" }]);
    let answer = account.try_ecs("TagResource", json!({ "resourceArn": gone, "tags": tags }));
    assert_eq!(code(answer), "ResourceNotFoundException");
}

#[test]
fn a_read_may_show_counts_and_tags_as_they_were() {
    let mut account = Account::new();
    let settings = Settings { read_lag_seconds: 5, ..Settings::default() };
    account.services = Services::new(settings, 1, account.now());
    account.act(Control::CreateGroup(CreateGroup::default()));
    account.act(Control::CreateService(service(2, 100, 200)));
    account.wait(60);
    let arn = web(&mut account)["serviceArn"].clone();
    let tags = json!([{ "key": "k", "value": "v" }]);
    account.ecs("TagResource", json!({ "resourceArn": arn, "tags": tags }));
    let answer = update(&mut account, json!({ "desiredCount": 3 })).unwrap();
    assert_eq!(answer["service"]["desiredCount"], 3, "the answer to a change is not late");
    let late = web(&mut account);
    assert_eq!((&late["desiredCount"], &late["tags"]), (&json!(2), &json!([])));
    account.wait(5);
    let seen = web(&mut account);
    assert_eq!((&seen["desiredCount"], &seen["tags"]), (&json!(3), &tags));
}

#[test]
fn a_definition_says_what_its_tasks_need() {
    let mut account = Account::new();
    let with_limit = Workload { memory_limit: Some(1024), ..slow_stop() };
    let by_task = Workload { sized_by_task: true, ..slow_stop() };
    for (name, workload) in [("plain", slow_stop()), ("soft", with_limit), ("task", by_task)] {
        let name = name.to_owned();
        account.act(Control::CreateService(CreateService { name, workload, ..service(1, 0, 100) }));
    }
    let mut describe = |name: &str| {
        let input = json!({ "taskDefinition": name });
        let shown = account.try_ecs("DescribeTaskDefinition", input);
        shown.map(|shown| shown["taskDefinition"].clone())
    };
    let sizes = |shown: &Value| {
        let container = &shown["containerDefinitions"][0];
        json!([
            shown["cpu"],
            shown["memory"],
            container["cpu"],
            container["memory"],
            container["memoryReservation"]
        ])
    };
    for (name, expected) in [
        ("plain", json!([null, null, 256, 512, null])),
        ("soft:1", json!([null, null, 256, 1024, 512])),
        (
            "arn:aws:ecs:us-east-1:123456789012:task-definition/task:1",
            json!(["256", "512", 0, null, null]),
        ),
    ] {
        let shown = describe(name).unwrap();
        assert_eq!((sizes(&shown), &shown["revision"]), (expected, &json!(1)), "{name}");
    }
    for name in ["none", "plain:2", "plain:0", "plain:x"] {
        assert_eq!(code(describe(name)), "ClientException", "{name}");
    }
}

#[test]
fn a_container_instance_shows_its_room_its_zone_and_its_counts() {
    let mut account = Account::with(CreateGroup { desired: 1, ..CreateGroup::default() });
    account.act(Control::CreateService(service(2, 100, 200)));
    update(&mut account, json!({ "desiredCount": 3 })).unwrap();
    account.wait(2);
    let input = json!({ "containerInstances": [account.container(0).arn] });
    let shown = account.ecs("DescribeContainerInstances", input)["containerInstances"][0].clone();
    let resources = |name: &str| {
        let list = shown[name].as_array().unwrap().iter();
        list.map(|r| (r["name"].clone(), r["integerValue"].clone())).collect::<Vec<_>>()
    };
    let pair =
        |cpu: i64, memory: i64| vec![(json!("CPU"), json!(cpu)), (json!("MEMORY"), json!(memory))];
    assert_eq!(resources("registeredResources"), pair(4096, 16_384));
    assert_eq!(resources("remainingResources"), pair(4096 - 3 * 256, 16_384 - 3 * 512));
    assert_eq!((&shown["runningTasksCount"], &shown["pendingTasksCount"]), (&json!(2), &json!(1)));
    // As one that has been warm for long.
    assert_eq!(shown["registeredAt"], (start().unix_timestamp() - 3_600) as f64);
    let zone = json!({ "name": "ecs.availability-zone", "value": "us-east-1a" });
    assert!(shown["attributes"].as_array().unwrap().contains(&zone));
}
