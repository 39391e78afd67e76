//! Why tasks stop, and what a task shows.

use serde_json::{Value, json};

use crate::testing::{Account, service, slow_stop, start};
use crate::*;

/// Two tasks of a service, one on each instance.
fn serving() -> Account {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    account
}

fn arn_on(account: &Account, nth: usize) -> String {
    account.instance(nth).tasks().next().unwrap().arn.to_owned()
}

fn described(account: &mut Account, arn: &str) -> Value {
    account.ecs("DescribeTasks", json!({ "tasks": [arn] }))["tasks"][0].clone()
}

/// stopCode, stoppedReason and the exit code of the container.
fn stop(shown: &Value) -> [Value; 3] {
    [
        shown["stopCode"].clone(),
        shown["stoppedReason"].clone(),
        shown["containers"][0]["exitCode"].clone(),
    ]
}

#[test]
fn a_running_task_shows_its_container_and_no_stop() {
    let mut account = serving();
    let arn = arn_on(&account, 0);
    let shown = described(&mut account, &arn);
    for name in ["stopCode", "stoppedReason", "stoppingAt", "executionStoppedAt", "stoppedAt"] {
        assert_eq!(shown.get(name), None, "{name}");
    }
    assert_eq!(shown["attachments"], json!([]));
    assert_eq!(shown["connectivityAt"], start().unix_timestamp() as f64);
    let container = &shown["containers"][0];
    let prefix = format!("{}/", arn.replace(":task/", ":container/"));
    assert!(container["containerArn"].as_str().unwrap().starts_with(&prefix));
    assert_eq!(container["taskArn"], *arn);
    assert_eq!(container["image"], "public.ecr.aws/example/web:1");
    assert_eq!((&container["cpu"], &container["memory"]), (&json!("256"), &json!("512")));
    assert_eq!(container["runtimeId"].as_str().unwrap().len(), 64);
    assert_eq!(container["lastStatus"], "RUNNING");
    assert_eq!(container.get("exitCode"), None);
}

#[test]
fn a_task_whose_agent_reconnects_shows_since_when() {
    let mut account = serving();
    let arn = arn_on(&account, 0);
    let instance = account.id(0);
    let connect = |account: &mut Account, connected| {
        let instance = instance.clone();
        account.act(Control::AgentConnected(AgentConnected { instance, connected }));
    };
    account.wait(30);
    connect(&mut account, false);
    account.wait(30);
    assert_eq!(described(&mut account, &arn)["connectivity"], "DISCONNECTED");
    connect(&mut account, true);
    let shown = described(&mut account, &arn);
    assert_eq!(shown["connectivityAt"], (start().unix_timestamp() + 60) as f64);
}

#[test]
fn a_task_that_its_scheduler_stops_names_the_deployment() {
    let mut account = serving();
    let arn = arn_on(&account, 0);
    let web =
        account.ecs("DescribeServices", json!({ "services": ["web"] }))["services"][0].clone();
    account.drain(0);
    account.wait(20);
    let stopping = described(&mut account, &arn);
    let deployment = web["deployments"][0]["id"].as_str().unwrap();
    let reason = format!("Scaling activity initiated by (deployment {deployment})");
    assert_eq!(
        stop(&stopping),
        [json!("ServiceSchedulerInitiated"), json!(reason), Value::Null],
        "no exit code while it stops"
    );
    assert_eq!(stopping.get("executionStoppedAt"), None);
    account.wait(100);
    let stopped = described(&mut account, &arn);
    assert_eq!(stop(&stopped)[2], 143);
    let at = |name: &str| stopped[name].as_f64().unwrap();
    assert_eq!(at("executionStoppedAt") - at("stoppingAt"), 40.0);
    assert_eq!(at("stoppedAt") - at("executionStoppedAt"), 1.0);
}

#[test]
fn a_task_says_who_or_what_stopped_it() {
    let mut account = Account::new();
    let run = RunTask { count: 2, workload: slow_stop(), ..RunTask::default() };
    let ran = account.act(Control::RunTask(run.clone()))["tasks"].clone();
    let late = RunTask { count: 1, ready: false, ..run };
    let late = account.act(Control::RunTask(late))["tasks"][0].clone();
    account.ecs("StopTask", json!({ "task": ran[0] }));
    account.act(Control::FinishTask(ran[1].as_str().unwrap().to_owned()));
    account.act(Control::FinishTask(late.as_str().unwrap().to_owned()));
    account.wait(60);
    for (arn, expected) in [
        (&ran[0], [json!("UserInitiated"), json!("Task stopped by user"), json!(143)]),
        (
            &ran[1],
            [
                json!("EssentialContainerExited"),
                json!("Essential container in task exited"),
                json!(0),
            ],
        ),
        (&late, [json!("TaskFailedToStart"), json!("Task failed to start"), Value::Null]),
    ] {
        let shown = described(&mut account, arn.as_str().unwrap());
        assert_eq!(stop(&shown), expected);
    }
    let reason = "x".repeat(256);
    let refused = account.try_ecs("StopTask", json!({ "task": ran[0], "reason": reason }));
    assert_eq!(refused.unwrap_err().code, "InvalidParameterException");
}

#[test]
fn a_task_that_dies_with_its_instance_is_announced() {
    let mut account = serving();
    let arn = arn_on(&account, 0);
    account.act(Control::InterruptSpot(InterruptSpot {
        instance: account.id(0),
        takes_place: true,
        after_seconds: 120,
    }));
    account.wait(119);
    account.services.take_effects();
    account.wait(1);
    let events = account.events("ECS Task State Change");
    let own: Vec<_> = events.iter().filter(|event| event["taskArn"] == *arn).collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["lastStatus"], "STOPPED");
    let reason = format!("Host EC2 (instance {}) terminated.", account.id(0));
    let expected = [json!("TerminationNotice"), json!(reason), Value::Null];
    assert_eq!(stop(own[0]), expected);
    assert_eq!(own[0].get("executionStoppedAt"), None);
    assert_eq!(stop(&described(&mut account, &arn)), expected);
}

#[test]
fn a_task_deregistered_by_force_says_so() {
    let mut account = serving();
    let arn = arn_on(&account, 0);
    account.act(Control::DeregisterContainerInstance(account.id(0)));
    let shown = described(&mut account, &arn);
    assert_eq!(shown["stoppedReason"], "Container instance deregistration forced by user");
    assert_eq!(shown["lastStatus"], "STOPPED");
}

#[test]
fn the_tasks_of_a_service_are_those_that_have_not_stopped() {
    let mut account = serving();
    let numbers = |account: &Account| -> Vec<usize> {
        let tasks = account.services.truth().service_tasks("default", "web");
        tasks.map(|task| task.number).collect()
    };
    assert_eq!(numbers(&account), [0, 1]);
    let order = UpdateService { desired: Some(1), ..UpdateService::default() };
    account.act(Control::UpdateService(order));
    account.wait(2);
    assert_eq!(numbers(&account).len(), 2, "one stops");
    account.wait(120);
    assert_eq!(numbers(&account).len(), 1);
    assert_eq!(account.services.truth().service_tasks("default", "api").count(), 0);
}
