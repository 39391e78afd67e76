//! How services move their tasks off a draining instance, or cannot.

use serde_json::json;

use crate::testing::{Account, service, slow_stop};
use crate::*;

fn drained(create: CreateService, count: u64) -> Account {
    let mut account = Account::new();
    account.act(Control::CreateService(create));
    account.drain(0);
    account.wait(count);
    account
}

#[test]
fn with_minimum_and_maximum_of_100_percent_tasks_never_move() {
    let account = drained(service(4, 100, 100), 86_400);
    assert_eq!(account.container(0).running, 2);
    assert_eq!(account.container(1).running, 2);
}

#[test]
fn with_a_minimum_below_100_percent_tasks_stop_first() {
    let mut account = drained(service(4, 50, 100), 2);
    assert_eq!(account.container(0).running, 0);
    assert_eq!((account.container(1).running, account.container(1).pending), (2, 2));
    account.wait(5);
    assert_eq!(account.container(1).running, 4);
}

#[test]
fn with_a_minimum_of_100_percent_replacements_must_be_healthy_first() {
    let workload = Workload { health_seconds: 30, ..slow_stop() };
    let mut account = drained(CreateService { workload, ..service(4, 100, 200) }, 10);
    assert_eq!(account.container(0).running, 2);
    assert_eq!(account.container(1).running, 4);
    account.wait(30);
    assert_eq!(account.container(0).running, 0);
}

#[test]
fn pending_tasks_on_a_draining_instance_stop_at_once() {
    let workload = Workload { start_seconds: 600, ..slow_stop() };
    let account = drained(CreateService { workload, ready: false, ..service(4, 100, 200) }, 2);
    assert_eq!(account.live(0), 0);
    assert_eq!(account.container(1).pending, 4);
}

#[test]
fn standalone_tasks_are_not_touched() {
    let mut account = Account::new();
    account.act(Control::RunTask(RunTask { instance: Some(account.id(0)), ..RunTask::default() }));
    account.drain(0);
    account.wait(86_400);
    assert_eq!(account.container(0).running, 1);
    let task = account.instance(0).tasks().next().unwrap();
    assert_eq!(task.group, "family:job");
    account.act(Control::FinishTask(task.arn.to_owned()));
    account.wait(1);
    assert_eq!(account.live(0), 0);
}

#[test]
fn a_standalone_task_may_end_by_itself() {
    let mut account = Account::new();
    let job = RunTask {
        instance: Some(account.id(0)),
        ends_after_seconds: Some(60),
        ..RunTask::default()
    };
    account.act(Control::RunTask(job));
    account.wait(50);
    assert_eq!(account.live(0), 1);
    account.wait(20);
    assert_eq!(account.live(0), 0);
}

#[test]
fn a_daemon_runs_on_every_active_instance_and_leaves_last() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 50, 100)));
    account.act(Control::CreateService(CreateService {
        name: "logs".to_owned(),
        daemon: true,
        workload: slow_stop(),
        ..CreateService::default()
    }));
    assert_eq!(account.container(0).running, 3);
    account.drain(0);
    account.wait(30);
    assert_eq!(account.container(0).running, 1);
    account.wait(15);
    assert_eq!(account.container(0).running, 0);
    account.wait(45);
    assert_eq!(account.live(0), 0);
    account.scale_to(3);
    account.wait(100);
    assert!(account.instance(2).tasks().any(|task| task.daemon));
}

#[test]
fn a_protected_task_stays_until_its_protection_ends() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 0, 200)));
    let task = account.instance(0).tasks().next().unwrap().arn.to_owned();
    account.act(Control::ProtectTask(ProtectTask { task: task.clone(), for_seconds: 3600 }));
    let seen = account.ecs("GetTaskProtection", json!({ "tasks": [task] }));
    assert_eq!(seen["protectedTasks"][0]["protectionEnabled"], true);
    account.drain(0);
    account.wait(3590);
    assert_eq!(account.container(0).running, 1);
    account.wait(15);
    assert_eq!(account.container(0).running, 0);
}

#[test]
fn without_room_a_service_says_so_and_tries_again_later_and_later() {
    let mut account = Account::new();
    let workload = Workload { cpu: 3000, ..slow_stop() };
    account.act(Control::CreateService(CreateService { workload, ..service(2, 100, 200) }));
    account.drain(0);
    account.services.take_effects();
    account.wait(14);
    let failures = account.events("ECS Service Action");
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0]["eventName"], "SERVICE_TASK_PLACEMENT_FAILURE");
    assert_eq!(failures[0]["reason"], "RESOURCE:CPU");
    let services = account.ecs("DescribeServices", json!({ "services": ["web"] }));
    let message = services["services"][0]["events"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("(service web) was unable to place a task because no container"));
    assert!(message.contains("has insufficient CPU units available."));
    account.wait(120);
    assert_eq!(account.events("ECS Service Action").len(), 3);
    account.scale_to(3);
    account.wait(300);
    assert_eq!(account.container(0).running, 0);
    assert_eq!(account.container(2).running, 1);
}

#[test]
fn a_constraint_keeps_tasks_to_instances_with_the_attribute() {
    let mut account = Account::new();
    let constraint = Some(("pool".to_owned(), "blue".to_owned()));
    account.services.take_effects();
    account.act(Control::CreateService(CreateService { constraint, ..service(2, 100, 200) }));
    assert_eq!(account.events("ECS Service Action")[0]["reason"], "ATTRIBUTE:pool");
    let target = account.container(1).arn.to_owned();
    let attribute = json!({ "name": "pool", "value": "blue", "targetId": target });
    account.ecs("PutAttributes", json!({ "attributes": [attribute] }));
    account.wait(60);
    assert_eq!((account.container(0).running, account.container(1).running), (0, 2));
}

#[test]
fn tasks_are_spread_over_the_zones() {
    let mut account = Account::with(CreateGroup { desired: 4, ..CreateGroup::default() });
    account.act(Control::CreateService(service(4, 100, 200)));
    assert!((0..4).all(|nth| account.container(nth).running == 1));
}

#[test]
fn a_service_scales_both_ways() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 100, 200)));
    for desired in [8, 2] {
        account.act(Control::UpdateService(UpdateService {
            desired: Some(desired),
            ..UpdateService::default()
        }));
        account.wait(60);
        assert_eq!(account.container(0).running + account.container(1).running, desired);
    }
}
