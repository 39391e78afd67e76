//! The end of a machine after its release.

use serde_json::json;

use crate::testing::{Account, slow_stop};
use crate::*;

/// An instance with a standalone task that stops within `stop` seconds, held by a hook.
fn held(settings: Settings, group: CreateGroup, stop: u64) -> Account {
    let mut account = Account::of(settings, group);
    account.hook(PutLifecycleHook::default());
    let workload = Workload { stop_min_seconds: stop, stop_max_seconds: stop, ..slow_stop() };
    let instance = Some(account.id(0));
    account.act(Control::RunTask(RunTask { instance, workload, ..RunTask::default() }));
    account.scale_to(1);
    account
}

fn task(account: &Account) -> TaskTruth<'_> {
    account.instance(0).tasks().next().unwrap()
}

#[test]
fn a_released_machine_shuts_down_for_seconds_before_it_ends() {
    let settings = Settings { shutdown_seconds: 25, ..Settings::default() };
    let mut account = held(settings, CreateGroup::default(), 40);
    account.complete(0, "drain", "CONTINUE").unwrap();
    account.wait(24);
    let instance = account.instance(0);
    assert_eq!(
        (instance.state, instance.terminated_at),
        (LifecycleState::TerminatingProceed, None)
    );
    assert_eq!(task(&account).actual, TaskStatus::Running);
    assert!(account.container(0).agent_connected);
    account.wait(1);
    let instance = account.instance(0);
    assert_eq!(instance.state, LifecycleState::Terminated);
    assert_eq!(instance.terminated_at, Some(account.now()));
    assert_eq!(instance.last_container_stop, Some(account.now()));
    assert_eq!(account.container(0).status, ContainerStatus::Inactive);
    let shown = account.ecs("DescribeTasks", json!({ "tasks": [task(&account).arn.to_owned()] }));
    assert_eq!(shown["tasks"][0]["stopCode"], "TerminationNotice");
}

#[test]
fn a_task_that_runs_at_the_release_is_cut_short_at_once() {
    let mut account = held(Settings::default(), CreateGroup::default(), 40);
    account.complete(0, "drain", "CONTINUE").unwrap();
    assert!(task(&account).cut_short);
    assert_eq!(account.live(0), 1);
}

#[test]
fn a_task_that_stops_during_the_shutdown_was_cut_short_too() {
    let mut account = held(Settings::default(), CreateGroup::default(), 5);
    let arn = task(&account).arn.to_owned();
    account.ecs("StopTask", json!({ "task": arn }));
    account.wait(1);
    account.complete(0, "drain", "CONTINUE").unwrap();
    account.wait(6);
    assert_eq!((account.live(0), account.instance(0).terminated_at), (0, None));
    assert_eq!(account.instance(0).cut_short().count(), 1);
}

#[test]
fn a_task_that_stopped_before_the_release_is_not_cut_short() {
    let mut account = held(Settings::default(), CreateGroup::default(), 5);
    let arn = task(&account).arn.to_owned();
    account.ecs("StopTask", json!({ "task": arn }));
    account.wait(6);
    account.complete(0, "drain", "CONTINUE").unwrap();
    account.wait(60);
    assert_eq!(account.instance(0).cut_short().count(), 0);
}

#[test]
fn a_machine_on_its_way_to_the_pool_shuts_down_for_seconds_too() {
    let group = CreateGroup { reuse_on_scale_in: true, ..CreateGroup::default() };
    let mut account = held(Settings::default(), group, 40);
    account.complete(0, "drain", "CONTINUE").unwrap();
    account.wait(9);
    assert!(account.container(0).agent_connected && task(&account).cut_short);
    account.wait(1);
    assert_eq!(account.instance(0).state, LifecycleState::WarmedStopped);
    assert!(!account.container(0).agent_connected);
    assert_eq!(account.live(0), 0);
}

#[test]
fn without_a_hook_a_terminated_machine_shuts_down_for_seconds() {
    let mut account = Account::new();
    account.terminate(0);
    account.wait(9);
    assert_eq!(account.instance(0).terminated_at, None);
    account.wait(1);
    assert_eq!(account.instance(0).terminated_at, Some(account.now()));
}
