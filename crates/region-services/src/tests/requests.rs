//! What calls of ECS name, filter by and include.

use serde_json::{Value, json};

use crate::testing::{Account, UNKNOWN, missing, service};
use crate::*;

/// Refusals and failures in the words of public reports; `ecs::ids` has their sources.
#[test]
fn failures_carry_full_arns_and_foreign_or_bad_ids_are_refused() {
    let mut account = Account::new();
    account.act(Control::CreateCluster("green".to_owned()));
    account.act(Control::CreateService(service(1, 100, 200)));
    let arn = account.ecs("ListTasks", json!({}))["taskArns"][0].as_str().unwrap().to_owned();
    let id = arn.rsplit('/').next().unwrap().to_owned();
    for operation in ["DescribeTasks", "GetTaskProtection"] {
        let answer = account.ecs(operation, json!({ "tasks": [id, UNKNOWN] }));
        let failures = json!([{ "arn": missing("task", UNKNOWN), "reason": "MISSING" }]);
        assert_eq!(answer["failures"], failures, "{operation}");
        for (bad, words) in [
            (arn.clone(), "Identifier is for cluster default. Your cluster is green"),
            (format!("{id}0"), "taskId length should be one of [32,36]"),
            ("None".to_owned(), "taskId length should be one of [32,36]"),
        ] {
            let input = json!({ "cluster": "green", "tasks": [bad] });
            let refused = account.try_ecs(operation, input).unwrap_err();
            assert_eq!(refused.code, "InvalidParameterException");
            assert_eq!(refused.message, words);
        }
    }
    let input = json!({ "cluster": "green", "tasks": [id] });
    assert_eq!(account.ecs("DescribeTasks", input)["failures"][0]["reason"], "MISSING");
    let input = json!({ "services": ["arn:aws:ecs:us-east-1:123456789012:service/green/web"] });
    let refused = account.try_ecs("DescribeServices", input).unwrap_err();
    let words = "Invalid identifier: Identifier is for cluster green. Your cluster is default";
    assert_eq!(refused.message, words);
}

#[test]
fn what_an_operation_does_not_read_is_refused_by_name() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(1, 100, 200)));
    for (operation, input, field) in [
        (
            "UpdateService",
            json!({ "service": "web", "placementStrategy": [] }),
            "placementStrategy",
        ),
        (
            "UpdateService",
            json!({ "service": "web", "deploymentConfiguration": { "alarms": {} } }),
            "alarms",
        ),
        ("ListTasks", json!({ "daemonName": "logs" }), "daemonName"),
        ("DescribeClusters", json!({ "include": ["CONFIGURATIONS"] }), "CONFIGURATIONS"),
    ] {
        let refused = account.try_ecs(operation, input).unwrap_err();
        assert_eq!(refused.code, "InvalidParameterException");
        assert!(refused.message.contains(field), "{}", refused.message);
    }
    account.ecs("UpdateService", json!({ "service": "web", "placementStrategy": null }));
}

#[test]
fn tags_are_shown_to_those_who_include_them() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(1, 100, 200)));
    let task = account.ecs("ListTasks", json!({}))["taskArns"][0].clone();
    let container = json!([account.container(0).arn]);
    for (operation, mut input, list) in [
        ("DescribeTasks", json!({ "tasks": [task] }), "tasks"),
        (
            "DescribeContainerInstances",
            json!({ "containerInstances": container }),
            "containerInstances",
        ),
    ] {
        assert_eq!(account.ecs(operation, input.clone())[list][0].get("tags"), None);
        input["include"] = json!(["TAGS"]);
        assert_eq!(account.ecs(operation, input)[list][0]["tags"], json!([]));
    }
    let mut input = json!({ "taskDefinition": "web" });
    assert_eq!(account.ecs("DescribeTaskDefinition", input.clone()).get("tags"), None);
    input["include"] = json!(["TAGS"]);
    assert_eq!(account.ecs("DescribeTaskDefinition", input)["tags"], json!([]));
}

#[test]
fn container_instances_are_found_by_every_status_but_inactive() {
    let mut account = Account::new();
    account.drain(0);
    let mut found = |status: &str| {
        let answer = account.try_ecs("ListContainerInstances", json!({ "status": status }));
        answer.map(|found| found["containerInstanceArns"].as_array().unwrap().len())
    };
    for (status, count) in [
        ("ACTIVE", 1),
        ("DRAINING", 1),
        ("REGISTERING", 0),
        ("DEREGISTERING", 0),
        ("REGISTRATION_FAILED", 0),
    ] {
        assert_eq!(found(status).unwrap(), count, "{status}");
    }
    assert_eq!(found("INACTIVE").unwrap_err().code, "InvalidParameterException");
}

#[test]
fn tasks_are_found_by_who_started_them_and_where_they_run() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    account.act(Control::RunTask(RunTask::default()));
    let web =
        account.ecs("DescribeServices", json!({ "services": ["web"] }))["services"][0].clone();
    let deployment = web["deployments"][0]["id"].clone();
    let container = account.container(0).arn.to_owned();
    let mut count = |input: Value| {
        let found = account.try_ecs("ListTasks", input)?;
        Ok::<_, ApiError>(found["taskArns"].as_array().unwrap().len())
    };
    for (input, found) in [
        (json!({ "startedBy": deployment }), 2),
        (json!({ "startedBy": deployment, "desiredStatus": "STOPPED" }), 0),
        (json!({ "startedBy": "someone" }), 0),
        (json!({ "launchType": "EC2" }), 3),
        (json!({ "launchType": "FARGATE" }), 0),
        (json!({ "family": "job" }), 1),
        (json!({ "serviceName": web["serviceArn"], "family": "job" }), 0),
        (json!({ "desiredStatus": "PENDING" }), 0),
    ] {
        assert_eq!(count(input.clone()).unwrap(), found, "{input}");
    }
    for bad in [
        json!({ "startedBy": deployment, "serviceName": "web" }),
        json!({ "startedBy": deployment, "containerInstance": container }),
        json!({ "launchType": "MOON" }),
        json!({ "containerInstance": "None" }),
    ] {
        assert_eq!(count(bad.clone()).unwrap_err().code, "InvalidParameterException", "{bad}");
    }
}
