//! How services move their tasks off a draining instance, or cannot.

use serde_json::json;

use crate::testing::{Scene, service, slow_stop};
use crate::*;

fn drained(create: CreateService, count: u64) -> Scene {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(create));
    scene.drain(0);
    scene.wait(count);
    scene
}

#[test]
fn with_minimum_and_maximum_of_100_percent_tasks_never_move() {
    let scene = drained(service(4, 100, 100), 86_400);
    assert_eq!(scene.container(0).running, 2);
    assert_eq!(scene.container(1).running, 2);
}

#[test]
fn with_a_minimum_below_100_percent_tasks_stop_first() {
    let mut scene = drained(service(4, 50, 100), 2);
    assert_eq!(scene.container(0).running, 0);
    assert_eq!((scene.container(1).running, scene.container(1).pending), (2, 2));
    scene.wait(5);
    assert_eq!(scene.container(1).running, 4);
}

#[test]
fn with_a_minimum_of_100_percent_replacements_must_be_healthy_first() {
    let workload = Workload { health_seconds: 30, ..slow_stop() };
    let mut scene = drained(CreateService { workload, ..service(4, 100, 200) }, 10);
    assert_eq!(scene.container(0).running, 2);
    assert_eq!(scene.container(1).running, 4);
    scene.wait(30);
    assert_eq!(scene.container(0).running, 0);
}

#[test]
fn pending_tasks_on_a_draining_instance_stop_at_once() {
    let workload = Workload { start_seconds: 600, ..slow_stop() };
    let scene = drained(CreateService { workload, ready: false, ..service(4, 100, 200) }, 2);
    assert_eq!(scene.live(0), 0);
    assert_eq!(scene.container(1).pending, 4);
}

#[test]
fn standalone_tasks_are_not_touched() {
    let mut scene = Scene::new();
    scene.act(Control::RunTask(RunTask { instance: Some(scene.id(0)), ..RunTask::default() }));
    scene.drain(0);
    scene.wait(86_400);
    assert_eq!(scene.container(0).running, 1);
    let task = scene.instance(0).tasks().next().unwrap();
    assert_eq!(task.group, "family:job");
    scene.act(Control::FinishTask(task.arn.to_owned()));
    scene.wait(1);
    assert_eq!(scene.live(0), 0);
}

#[test]
fn a_standalone_task_may_end_by_itself() {
    let mut scene = Scene::new();
    let job =
        RunTask { instance: Some(scene.id(0)), ends_after_seconds: Some(60), ..RunTask::default() };
    scene.act(Control::RunTask(job));
    scene.wait(50);
    assert_eq!(scene.live(0), 1);
    scene.wait(20);
    assert_eq!(scene.live(0), 0);
}

#[test]
fn a_daemon_runs_on_every_active_instance_and_leaves_last() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(4, 50, 100)));
    scene.act(Control::CreateService(CreateService {
        name: "logs".to_owned(),
        daemon: true,
        workload: slow_stop(),
        ..CreateService::default()
    }));
    assert_eq!(scene.container(0).running, 3);
    scene.drain(0);
    scene.wait(30);
    assert_eq!(scene.container(0).running, 1);
    scene.wait(15);
    assert_eq!(scene.container(0).running, 0);
    scene.wait(45);
    assert_eq!(scene.live(0), 0);
    scene.scale_to(3);
    scene.wait(100);
    assert!(scene.instance(2).tasks().any(|task| task.daemon));
}

#[test]
fn a_protected_task_stays_until_its_protection_ends() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(2, 0, 200)));
    let task = scene.instance(0).tasks().next().unwrap().arn.to_owned();
    scene.act(Control::ProtectTask(ProtectTask { task: task.clone(), for_seconds: 3600 }));
    let seen = scene.ecs("GetTaskProtection", json!({ "tasks": [task] }));
    assert_eq!(seen["protectedTasks"][0]["protectionEnabled"], true);
    scene.drain(0);
    scene.wait(3590);
    assert_eq!(scene.container(0).running, 1);
    scene.wait(15);
    assert_eq!(scene.container(0).running, 0);
}

#[test]
fn without_room_a_service_says_so_and_tries_again_later_and_later() {
    let mut scene = Scene::new();
    let workload = Workload { cpu: 3000, ..slow_stop() };
    scene.act(Control::CreateService(CreateService { workload, ..service(2, 100, 200) }));
    scene.drain(0);
    scene.services.take_effects();
    scene.wait(14);
    let failures = scene.events("ECS Service Action");
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0]["eventName"], "SERVICE_TASK_PLACEMENT_FAILURE");
    assert_eq!(failures[0]["reason"], "RESOURCE:CPU");
    let services = scene.ecs("DescribeServices", json!({ "services": ["web"] }));
    let message = services["services"][0]["events"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("(service web) was unable to place a task because no container"));
    assert!(message.contains("has insufficient CPU units available."));
    scene.wait(120);
    assert_eq!(scene.events("ECS Service Action").len(), 3);
    scene.scale_to(3);
    scene.wait(300);
    assert_eq!(scene.container(0).running, 0);
    assert_eq!(scene.container(2).running, 1);
}

#[test]
fn a_constraint_keeps_tasks_to_instances_with_the_attribute() {
    let mut scene = Scene::new();
    let constraint = Some(("pool".to_owned(), "blue".to_owned()));
    scene.services.take_effects();
    scene.act(Control::CreateService(CreateService { constraint, ..service(2, 100, 200) }));
    assert_eq!(scene.events("ECS Service Action")[0]["reason"], "ATTRIBUTE:pool");
    let target = scene.container(1).arn.to_owned();
    let attribute = json!({ "name": "pool", "value": "blue", "targetId": target });
    scene.ecs("PutAttributes", json!({ "attributes": [attribute] }));
    scene.wait(60);
    assert_eq!((scene.container(0).running, scene.container(1).running), (0, 2));
}

#[test]
fn tasks_are_spread_over_the_zones() {
    let mut scene = Scene::with(CreateGroup { desired: 4, ..CreateGroup::default() });
    scene.act(Control::CreateService(service(4, 100, 200)));
    assert!((0..4).all(|nth| scene.container(nth).running == 1));
}

#[test]
fn a_service_scales_both_ways() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(4, 100, 200)));
    for desired in [8, 2] {
        scene.act(Control::UpdateService(UpdateService {
            desired: Some(desired),
            ..UpdateService::default()
        }));
        scene.wait(60);
        assert_eq!(scene.container(0).running + scene.container(1).running, desired);
    }
}
