//! The two APIs: names, limits, pages and refusals.

use serde_json::{Value, json};

use crate::testing::{Account, UNKNOWN, missing, service};
use crate::*;

fn code(answer: Result<Value, ApiError>) -> String {
    answer.unwrap_err().code
}

#[test]
fn one_filter_finds_many_instances() {
    let mut account = Account::with(CreateGroup { desired: 5, ..CreateGroup::default() });
    let filter = format!("ec2InstanceId in ['{}', '{}']", account.id(1), account.id(3));
    let found = account.ecs("ListContainerInstances", json!({ "filter": filter }));
    let expected = json!([account.container(1).arn, account.container(3).arn]);
    assert_eq!(found["containerInstanceArns"], expected);
    let bad = account.try_ecs("ListContainerInstances", json!({ "filter": "ec2InstanceId =" }));
    assert_eq!(code(bad), "InvalidParameterException");
}

#[test]
fn lists_come_in_pages() {
    let mut account = Account::with(CreateGroup { desired: 5, ..CreateGroup::default() });
    let (mut found, mut input) = (Vec::new(), json!({ "maxResults": 2 }));
    loop {
        let page = account.ecs("ListContainerInstances", input.clone());
        found.extend(page["containerInstanceArns"].as_array().unwrap().clone());
        let Some(token) = page.get("nextToken") else { break };
        input["nextToken"] = token.clone();
    }
    let all = account.ecs("ListContainerInstances", json!({}));
    assert_eq!(json!(found), all["containerInstanceArns"]);
    for bad in [json!({ "maxResults": 101 }), json!({ "nextToken": "?" })] {
        assert_eq!(code(account.try_ecs("ListTasks", bad)), "InvalidParameterException");
    }
}

#[test]
fn a_cluster_is_named_by_name_or_arn_and_must_exist() {
    let mut account = Account::new();
    let arn = account.ecs("ListClusters", json!({}))["clusterArns"][0].clone();
    account.ecs("ListTasks", json!({ "cluster": arn }));
    let error = account.try_ecs("ListTasks", json!({ "cluster": "none" })).unwrap_err();
    assert_eq!(error.code, "ClusterNotFoundException");
    assert_eq!(error.message, "Cluster not found.");
}

#[test]
fn describing_nothing_or_too_much_is_refused_and_the_missing_are_failures() {
    let mut account = Account::new();
    for (operation, name, empty, too_many) in [
        (
            "DescribeContainerInstances",
            "containerInstances",
            "Container instance cannot be empty.",
            "instanceIds can have at most 100 items.",
        ),
        ("DescribeTasks", "tasks", "Tasks cannot be empty.", "taskIds can have at most 100 items."),
        (
            "DescribeServices",
            "services",
            "Services cannot be empty.",
            "serviceIds can have at most 10 items.",
        ),
    ] {
        for (ids, words) in [(vec![], empty), (vec![UNKNOWN; 101], too_many)] {
            let refused = account.try_ecs(operation, json!({ name: ids })).unwrap_err();
            assert_eq!(refused.code, "InvalidParameterException");
            assert_eq!(refused.message, words);
        }
    }
    let input = json!({ "containerInstances": [account.container(0).arn, UNKNOWN] });
    let shown = account.ecs("DescribeContainerInstances", input);
    assert_eq!(shown["containerInstances"][0]["ec2InstanceId"], *account.id(0));
    assert_eq!(shown["containerInstances"][0]["registeredAt"], 1_767_222_000.0);
    let arn = missing("container-instance", UNKNOWN);
    assert_eq!(shown["failures"], json!([{ "arn": arn, "reason": "MISSING" }]));
}

#[test]
fn at_most_ten_instances_change_state_and_failures_are_partial() {
    let mut account = Account::new();
    let many = json!({ "containerInstances": vec![UNKNOWN; 11], "status": "DRAINING" });
    let refused = account.try_ecs("UpdateContainerInstancesState", many).unwrap_err();
    assert_eq!(refused.message, "instanceIds can have at most 10 items.");
    account.act(Control::KillInstance(account.id(1)));
    let ids = json!([account.container(0).arn, account.container(1).arn, UNKNOWN]);
    let input = json!({ "containerInstances": ids, "status": "DRAINING" });
    let answer = account.ecs("UpdateContainerInstancesState", input);
    assert_eq!(answer["containerInstances"][0]["status"], "DRAINING");
    let reasons: Vec<_> =
        answer["failures"].as_array().unwrap().iter().map(|f| f["reason"].clone()).collect();
    assert_eq!(reasons, ["INACTIVE", "MISSING"]);
}

fn attribute(account: &Account, name: &str, value: &str) -> Value {
    let target = account.container(0).arn;
    let attribute = json!({
        "name": name,
        "value": value,
        "targetType": "container-instance",
        "targetId": target,
    });
    json!({ "attributes": [attribute] })
}

#[test]
fn attributes_are_put_seen_filtered_by_and_deleted() {
    let mut account = Account::new();
    let put = attribute(&account, "drain.began", "2026-01-01T00:00:00Z by a/b");
    account.ecs("PutAttributes", put);
    let filter = json!({ "filter": "attribute:drain.began exists" });
    let found = account.ecs("ListContainerInstances", filter.clone());
    assert_eq!(found["containerInstanceArns"], json!([account.container(0).arn]));
    assert_eq!(account.container(0).attributes.len(), 1);
    let target = account.container(0).arn.to_owned();
    let delete = json!({ "attributes": [{ "name": "drain.began", "targetId": target }] });
    account.ecs("DeleteAttributes", delete);
    assert_eq!(account.ecs("ListContainerInstances", filter)["containerInstanceArns"], json!([]));
}

#[test]
fn an_eleventh_attribute_a_bad_value_and_an_unknown_target_are_refused() {
    let mut account = Account::new();
    for bad in ["a=b", "a+b", "{}", "", &"x".repeat(129)] {
        let put = attribute(&account, "drain.began", bad);
        assert_eq!(code(account.try_ecs("PutAttributes", put)), "InvalidParameterException");
    }
    account.act(Control::FillAttributes(FillAttributes { instance: account.id(0), count: 10 }));
    let eleventh = attribute(&account, "drain.began", "now");
    assert_eq!(code(account.try_ecs("PutAttributes", eleventh)), "AttributeLimitExceededException");
    let again = attribute(&account, "someone.else-1", "now");
    account.ecs("PutAttributes", again);
    let nowhere = json!({ "attributes": [{ "name": "a", "targetId": UNKNOWN }] });
    assert_eq!(code(account.try_ecs("PutAttributes", nowhere)), "TargetNotFoundException");
}

#[test]
fn a_stopped_task_of_a_service_is_replaced() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(1, 100, 200)));
    let task = account.ecs("ListTasks", json!({ "serviceName": "web" }))["taskArns"][0].clone();
    let stopped = account.ecs("StopTask", json!({ "task": task, "reason": "drained" }));
    assert_eq!(stopped["task"]["desiredStatus"], "STOPPED");
    assert_eq!(stopped["task"]["stoppedReason"], "drained");
    account.wait(10);
    let other = account.ecs("ListTasks", json!({ "serviceName": "web" }))["taskArns"][0].clone();
    assert_ne!(task, other);
    assert_eq!(
        code(account.try_ecs("StopTask", json!({ "task": UNKNOWN }))),
        "InvalidParameterException"
    );
}

#[test]
fn a_service_shows_what_the_functions_ask_for() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(3, 50, 150)));
    let shown = account.ecs("DescribeServices", json!({ "services": ["web", "none"] }));
    let web = &shown["services"][0];
    assert_eq!(web["deploymentConfiguration"]["minimumHealthyPercent"], 50);
    assert_eq!(web["deployments"].as_array().unwrap().len(), 1);
    assert_eq!((&web["runningCount"], &web["schedulingStrategy"]), (&json!(3), &json!("REPLICA")));
    assert_eq!(shown["failures"][0]["reason"], "MISSING");
}

#[test]
fn an_unknown_operation_is_named() {
    let mut account = Account::new();
    assert!(account.try_ecs("RunTask", json!({})).unwrap_err().message.contains("RunTask"));
    assert!(account.try_asg("AttachInstances", json!({})).unwrap_err().message.contains("Attach"));
}

#[test]
fn throttling_allows_a_burst_then_a_steady_rate() {
    let settings = Settings { throttling: true, ..Settings::default() };
    let mut account = Account::new();
    account.services = Services::new(settings, 1, account.now());
    let input = json!({});
    for _ in 0..100 {
        account.ecs("ListTasks", input.clone());
    }
    let refused = account.try_ecs("ListContainerInstances", input.clone()).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.message.as_str()),
        ("ThrottlingException", "Rate exceeded")
    );
    account.wait(1);
    let admitted = (0..30).filter(|_| account.try_ecs("ListTasks", input.clone()).is_ok()).count();
    assert_eq!(admitted, 20);
}

#[test]
fn changes_of_services_tags_and_definitions_are_throttled_apart() {
    let settings = Settings { throttling: true, ..Settings::default() };
    let mut account = Account::new();
    account.services = Services::new(settings, 1, account.now());
    for (operation, burst, rate) in
        [("UpdateService", 50, 5), ("TagResource", 20, 10), ("DescribeTaskDefinition", 50, 20)]
    {
        let mut let_through = || {
            let throttled = |account: &mut Account| {
                code(account.try_ecs(operation, json!({}))) == "ThrottlingException"
            };
            (0..100).filter(|_| !throttled(&mut account)).count()
        };
        assert_eq!(let_through(), burst, "{operation}");
        account.wait(1);
        let mut again = 0;
        while code(account.try_ecs(operation, json!({}))) != "ThrottlingException" {
            again += 1;
        }
        assert_eq!(again, rate, "{operation}");
    }
}
