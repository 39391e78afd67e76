//! Draining as the APIs show it, and the true state meanwhile.

use serde_json::json;

use crate::testing::{Account, service, slow_stop};
use crate::*;

fn behind_a_load_balancer() -> CreateService {
    let workload = Workload { deregistration_seconds: Some(300), ..slow_stop() };
    CreateService { workload, ..service(4, 50, 100) }
}

#[test]
fn the_counts_reach_zero_long_before_the_containers_stop() {
    let mut account = Account::new();
    account.act(Control::CreateService(behind_a_load_balancer()));
    assert_eq!(account.container(0).running, 2);
    account.drain(0);
    account.wait(2);
    assert_eq!((account.container(0).running, account.container(0).pending), (0, 0));
    assert_eq!(account.live(0), 2);
    account.wait(298);
    assert!(account.instance(0).tasks().all(|task| task.actual == TaskStatus::Deactivating));
    account.wait(2);
    assert!(account.instance(0).tasks().all(|task| task.actual == TaskStatus::Stopping));
    account.wait(41);
    assert_eq!(account.live(0), 0);
    assert_eq!(account.instance(0).cut_short().count(), 0);
}

#[test]
fn room_is_given_back_only_when_a_task_is_stopped() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 50, 100)));
    let taken = account.container(0).cpu_left;
    account.drain(0);
    account.wait(20);
    assert_eq!(account.container(0).cpu_left, taken);
    account.wait(30);
    assert_eq!(account.container(0).cpu_left, 4096);
}

#[test]
fn both_list_tasks_are_needed_to_see_what_still_stops() {
    let mut account = Account::new();
    account.act(Control::CreateService(behind_a_load_balancer()));
    account.drain(0);
    account.wait(10);
    let container = account.container(0).arn.to_owned();
    let running = account.ecs("ListTasks", json!({ "containerInstance": container }));
    assert_eq!(running["taskArns"], json!([]));
    let input = json!({ "containerInstance": container, "desiredStatus": "STOPPED" });
    let stopped = account.ecs("ListTasks", input.clone());
    assert_eq!(stopped["taskArns"].as_array().unwrap().len(), 2);
    let tasks = account.ecs("DescribeTasks", json!({ "tasks": stopped["taskArns"] }));
    assert_eq!(tasks["tasks"][0]["lastStatus"], "DEACTIVATING");
    account.wait(3600);
    assert_eq!(account.ecs("ListTasks", input.clone())["taskArns"].as_array().unwrap().len(), 2);
    account.wait(400);
    assert_eq!(account.ecs("ListTasks", input)["taskArns"], json!([]));
}

#[test]
fn a_read_may_not_show_yet_what_was_just_placed() {
    let mut account = Account::new();
    account.services =
        Services::new(Settings { read_lag_seconds: 4, ..Settings::default() }, 1, account.now());
    account.act(Control::CreateGroup(CreateGroup::default()));
    account.wait(4);
    account.act(Control::CreateService(service(2, 100, 200)));
    let input = json!({ "containerInstances": [account.container(0).arn] });
    for (count, tasks) in [(0, 0), (1, 2)] {
        let shown = account.ecs("DescribeContainerInstances", input.clone());
        assert_eq!(shown["containerInstances"][0]["runningTasksCount"], count);
        let listed = account.ecs("ListTasks", json!({}));
        assert_eq!(listed["taskArns"].as_array().unwrap().len(), tasks);
        assert_eq!(account.container(0).running, 1);
        account.wait(4);
    }
}

#[test]
fn a_later_read_may_show_what_is_older_for_as_long_as_reads_lag() {
    let mut account = Account::new();
    let settings = Settings { read_lag_seconds: 5, read_lag_varies: true, ..Settings::default() };
    account.services = Services::new(settings, 1, account.now());
    account.act(Control::CreateGroup(CreateGroup::default()));
    account.wait(5);
    let input = json!({ "containerInstances": [account.container(0).arn] });
    account.drain(0);
    account.wait(2);
    let mut status = || {
        let shown = account.ecs("DescribeContainerInstances", input.clone());
        shown["containerInstances"][0]["status"].as_str().unwrap().to_owned()
    };
    let seen: Vec<String> = (0..20).map(|_| status()).collect();
    assert!(!seen.is_sorted());
    assert!(seen.iter().any(|status| status == "DRAINING"));
    account.wait(3);
    let shown = account.ecs("DescribeContainerInstances", input);
    assert_eq!(shown["containerInstances"][0]["status"], "DRAINING");
}

#[test]
fn no_read_shows_a_state_older_than_the_longest_lag() {
    let mut account = Account::new();
    let settings = Settings { read_lag_seconds: 5, ..Settings::default() };
    account.services = Services::new(settings, 1, account.now());
    account.act(Control::CreateGroup(CreateGroup::default()));
    account.act(Control::PutLifecycleHook(PutLifecycleHook::default()));
    account.wait(60);
    account.act(Control::SetDesiredCapacity("group".to_owned(), 1));
    account.wait(6);
    let groups = account.asg("DescribeAutoScalingGroups", json!({}));
    let instances = groups["AutoScalingGroups"][0]["Instances"].as_array().unwrap();
    assert!(instances.iter().any(|instance| instance["LifecycleState"] == "Terminating:Wait"));
}

#[test]
fn the_last_event_of_a_drained_instance_says_that_nothing_runs() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 50, 100)));
    account.services.take_effects();
    account.drain(0);
    account.wait(5);
    let events = account.events("ECS Container Instance State Change");
    let arn = account.container(0).arn;
    let own: Vec<_> = events.iter().filter(|e| e["containerInstanceArn"] == arn).collect();
    assert_eq!(own[0]["status"], "DRAINING");
    assert_eq!(own[0]["runningTasksCount"], 2);
    let last = own.last().unwrap();
    assert_eq!((&last["runningTasksCount"], &last["pendingTasksCount"]), (&json!(0), &json!(0)));
    assert!(own.is_sorted_by_key(|event| event["version"].as_u64()));
}

#[test]
fn every_step_of_a_stopping_task_is_an_event() {
    let mut account = Account::new();
    account.act(Control::CreateService(behind_a_load_balancer()));
    account.drain(0);
    account.services.take_effects();
    account.wait(400);
    let arn = account.instance(0).tasks().next().unwrap().arn.to_owned();
    let events = account.events("ECS Task State Change");
    let steps = events.iter().filter(|e| e["taskArn"] == *arn).map(|e| e["lastStatus"].clone());
    assert_eq!(
        steps.collect::<Vec<_>>(),
        ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]
    );
}

#[test]
fn a_lost_agent_freezes_what_ecs_sees_while_the_truth_goes_on() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 50, 100)));
    account.drain(0);
    account.wait(10);
    let instance = account.id(0);
    account.act(Control::AgentConnected(AgentConnected {
        instance: instance.clone(),
        connected: false,
    }));
    account.wait(60);
    assert_eq!(account.live(0), 0);
    assert!(account.instance(0).tasks().all(|task| task.last == TaskStatus::Stopping));
    account.act(Control::AgentConnected(AgentConnected { instance, connected: true }));
    assert!(account.instance(0).tasks().all(|task| task.last == TaskStatus::Stopped));
}

#[test]
fn an_order_to_stop_waits_for_a_lost_agent() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 50, 100)));
    let instance = account.id(0);
    account.act(Control::AgentConnected(AgentConnected {
        instance: instance.clone(),
        connected: false,
    }));
    account.drain(0);
    account.wait(600);
    assert_eq!(account.container(0).running, 0);
    assert!(account.instance(0).tasks().all(|task| task.actual == TaskStatus::Running));
    account.act(Control::AgentConnected(AgentConnected { instance, connected: true }));
    account.wait(41);
    assert_eq!(account.live(0), 0);
}

#[test]
fn what_runs_when_the_machine_ends_is_cut_short() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 50, 100)));
    account.drain(0);
    account.wait(10);
    account.act(Control::KillInstance(account.id(0)));
    assert_eq!(account.instance(0).cut_short().count(), 2);
    assert_eq!(account.instance(0).last_container_stop, Some(account.now()));
    assert_eq!(account.container(0).status, ContainerStatus::Inactive);
}

#[test]
fn removed_by_force_an_instance_still_runs_its_tasks_unseen() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 100, 200)));
    account.act(Control::DeregisterContainerInstance(account.id(0)));
    assert_eq!(account.live(0), 2);
    assert!(account.instance(0).tasks().all(|task| task.last == TaskStatus::Stopped));
    account.wait(10);
    assert_eq!(account.container(1).running, 4);
    account.act(Control::KillInstance(account.id(0)));
    assert_eq!(account.instance(0).cut_short().count(), 2);
}
