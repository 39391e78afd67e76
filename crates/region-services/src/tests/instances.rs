//! Groups and machines: capacity, loss, the warm pool and root volumes.

use serde_json::{Value, json};

use crate::testing::{Account, service};
use crate::*;

fn states_in(shown: &Value) -> Vec<String> {
    let instances = shown["Instances"].as_array().unwrap();
    instances.iter().map(|i| i["LifecycleState"].as_str().unwrap().to_owned()).collect()
}

fn states(account: &mut Account) -> Vec<String> {
    let groups = account.asg("DescribeAutoScalingGroups", json!({}));
    states_in(&groups["AutoScalingGroups"][0])
}

fn pool(account: &mut Account) -> Vec<String> {
    states_in(&account.asg("DescribeWarmPool", json!({ "AutoScalingGroupName": "group" })))
}

fn pooled(desired: usize) -> Account {
    Account::with(CreateGroup { desired, reuse_on_scale_in: true, ..CreateGroup::default() })
}

#[test]
fn scale_in_takes_the_oldest_of_the_fullest_zone() {
    let zones = ["a", "b"].map(str::to_owned).to_vec();
    let mut account = Account::with(CreateGroup { desired: 3, zones, ..CreateGroup::default() });
    account.hook(PutLifecycleHook::default());
    assert_eq!(account.instance(2).zone, "a");
    account.scale_to(2);
    assert_eq!(states(&mut account), ["Terminating:Wait", "InService", "InService"]);
}

#[test]
fn scale_out_boots_then_registers_then_takes_tasks() {
    let mut account = Account::new();
    account.scale_to(3);
    assert_eq!(account.instance(2).state, LifecycleState::Pending);
    account.wait(60);
    assert_eq!(account.instance(2).state, LifecycleState::InService);
    assert_eq!(account.instance(2).containers().count(), 0);
    account.wait(20);
    assert_eq!(account.container(2).status, ContainerStatus::Registering);
    let arn = account.container(2).arn.to_owned();
    let input = json!({ "containerInstances": [arn], "status": "DRAINING" });
    let refused = account.ecs("UpdateContainerInstancesState", input);
    assert_eq!(refused["failures"][0]["arn"], *arn);
    account.wait(2);
    assert_eq!(account.container(2).status, ContainerStatus::Active);
}

#[test]
fn capacity_stays_within_its_bounds() {
    let mut account = Account::with(CreateGroup { max: 2, ..CreateGroup::default() });
    let input = json!({ "AutoScalingGroupName": "group", "DesiredCapacity": "3" });
    let refused = account.try_asg("SetDesiredCapacity", input).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
}

#[test]
fn an_instance_killed_on_the_ec2_side_is_gone_before_its_hook_runs() {
    let mut account = Account::new();
    account.hook(PutLifecycleHook::default());
    account.act(Control::KillInstance(account.id(0)));
    assert_eq!(account.container(0).status, ContainerStatus::Inactive);
    assert_eq!(account.instance(0).state, LifecycleState::InService);
    account.wait(60);
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingWait);
    assert_eq!(states(&mut account).len(), 3);
}

/// The agent of the `nth` instance is lost.
fn lose_agent(account: &mut Account, nth: usize) {
    let lost = AgentConnected { instance: account.id(nth), connected: false };
    account.act(Control::AgentConnected(lost));
}

#[test]
fn a_registration_without_its_agent_outlives_its_machine() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    lose_agent(&mut account, 0);
    account.drain(0);
    account.act(Control::KillInstance(account.id(0)));
    let ghost = account.container(0);
    assert_eq!((ghost.status, ghost.agent_connected), (ContainerStatus::Draining, false));
    assert_eq!((account.live(0), account.instance(0).cut_short().count()), (0, 1));
    account.wait(600);
    // ECS has never heard that its task has stopped.
    let unstopped = |account: &Account| {
        account.instance(0).tasks().filter(|task| task.last != TaskStatus::Stopped).count()
    };
    assert_eq!(unstopped(&account), 1);
    let back = AgentConnected { instance: account.id(0), connected: true };
    assert!(account.services.control(account.now(), Control::AgentConnected(back)).is_err());

    let arn = account.container(0).arn.to_owned();
    let input = json!({ "containerInstance": arn, "force": true });
    let answer = account.ecs("DeregisterContainerInstance", input.clone());
    assert_eq!(answer["containerInstance"]["status"], "INACTIVE");
    assert_eq!(unstopped(&account), 0);
    let again = account.try_ecs("DeregisterContainerInstance", input).unwrap_err();
    assert_eq!(again.code, "InvalidParameterException");
}

#[test]
fn an_instance_on_which_tasks_run_is_deregistered_by_force_alone() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    let arn = account.container(0).arn.to_owned();
    let deregister = |force| json!({ "containerInstance": arn, "force": force });
    let refused = account.try_ecs("DeregisterContainerInstance", deregister(false)).unwrap_err();
    assert_eq!(refused.code, "InvalidParameterException");
    account.ecs("DeregisterContainerInstance", deregister(true));
    assert_eq!(account.container(0).status, ContainerStatus::Inactive);
    // Its task runs on, unseen, until the machine ends.
    assert_eq!(account.live(0), 1);
}

#[test]
fn a_spot_interruption_warns_two_minutes_ahead_and_may_not_take_place() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    let warn = |instance, takes_place| {
        Control::InterruptSpot(InterruptSpot { instance, takes_place, after_seconds: 120 })
    };
    account.services.take_effects();
    account.act(warn(account.id(0), true));
    account.act(warn(account.id(1), false));
    let warnings = account.events("EC2 Spot Instance Interruption Warning");
    assert_eq!(
        warnings[0],
        json!({ "instance-id": account.id(0), "instance-action": "terminate" })
    );
    account.wait(119);
    assert_eq!(account.instance(0).terminated_at, None);
    account.wait(1);
    assert_eq!(account.instance(0).terminated_at, Some(account.now()));
    assert_eq!(account.instance(0).cut_short().count(), 1);
    assert_eq!(account.instance(1).terminated_at, None);
}

#[test]
fn a_pooled_instance_comes_back_draining_with_its_agent() {
    let mut account = pooled(2);
    account.hook(PutLifecycleHook {
        topic_arn: Some("arn:aws:sns:us-east-1:123456789012:lifecycle".to_owned()),
        ..PutLifecycleHook::default()
    });
    account.published();
    account.scale_to(1);
    let notification = account.published().remove(0).1;
    assert_eq!(notification["LifecycleTransition"], "autoscaling:EC2_INSTANCE_TERMINATING");
    assert_eq!(
        (&notification["Origin"], &notification["Destination"]),
        (&json!("AutoScalingGroup"), &json!("WarmPool"))
    );
    assert_eq!(pool(&mut account), ["Warmed:Pending:Wait"]);
    account.drain(0);
    account.complete(0, "drain", "CONTINUE").unwrap();
    assert_eq!(pool(&mut account), ["Warmed:Pending:Proceed"]);
    account.wait(10);
    assert_eq!(pool(&mut account), ["Warmed:Stopped"]);
    assert_eq!(states(&mut account), ["InService"]);
    assert!(!account.container(0).agent_connected);
    account.scale_to(2);
    assert_eq!(account.instance(0).state, LifecycleState::Pending);
    account.wait(80);
    assert_eq!(account.instance(0).state, LifecycleState::InService);
    assert!(account.container(0).agent_connected);
    assert_eq!(account.container(0).status, ContainerStatus::Draining);
    assert_eq!(account.instance(0).terminated_at, None);
}

#[test]
fn a_pooled_instance_ends_through_its_own_wait_state() {
    let mut account = pooled(2);
    account.scale_to(1);
    account.wait(10);
    account.hook(PutLifecycleHook::default());
    let instance = account.id(0);
    account.act(Control::TerminateInstance(TerminateInstance { instance, decrement: false }));
    assert_eq!(pool(&mut account), ["Warmed:Terminating:Wait"]);
    let event = account.events("EC2 Instance-terminate Lifecycle Action").remove(0);
    assert_eq!((&event["Origin"], &event["Destination"]), (&json!("WarmPool"), &json!("EC2")));
    account.complete(0, "drain", "CONTINUE").unwrap();
    account.wait(10);
    assert_eq!(pool(&mut account), [] as [&str; 0]);
    assert_eq!(states(&mut account), ["InService"]);
}

#[test]
fn the_members_of_a_pool_are_shown_by_describe_warm_pool_alone() {
    let mut account = pooled(61);
    account.scale_to(1);
    let groups = account.asg("DescribeAutoScalingGroups", json!({}));
    let group = &groups["AutoScalingGroups"][0];
    assert_eq!((states_in(group).len(), &group["WarmPoolSize"]), (1, &json!(60)));
    let reuse = &group["WarmPoolConfiguration"]["InstanceReusePolicy"];
    assert_eq!(reuse["ReuseOnScaleIn"], true);
    let mut page = |more: Value| {
        let mut input = json!({ "AutoScalingGroupName": "group" });
        input.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
        account.try_asg("DescribeWarmPool", input)
    };
    let first = page(json!({})).unwrap();
    assert_eq!(states_in(&first).len(), 50);
    assert_eq!(first["WarmPoolConfiguration"], group["WarmPoolConfiguration"]);
    let second = page(json!({ "NextToken": first["NextToken"] })).unwrap();
    assert_eq!((states_in(&second).len(), second.get("NextToken")), (10, None));
    assert_eq!(states_in(&page(json!({ "MaxRecords": "7" })).unwrap()).len(), 7);
    assert_eq!(page(json!({ "MaxRecords": "51" })).unwrap_err().code, "ValidationError");
}

#[test]
fn a_group_without_a_pool_has_no_configuration_and_no_members() {
    let mut account = Account::new();
    let input = json!({ "AutoScalingGroupName": "group" });
    assert_eq!(account.asg("DescribeWarmPool", input), json!({ "Instances": [] }));
    let group = account.asg("DescribeAutoScalingGroups", json!({}))["AutoScalingGroups"][0].clone();
    assert_eq!((group.get("WarmPoolConfiguration"), group.get("WarmPoolSize")), (None, None));
    let unknown = json!({ "AutoScalingGroupName": "nobody" });
    assert_eq!(account.try_asg("DescribeWarmPool", unknown).unwrap_err().code, "ValidationError");
}

#[test]
fn a_machine_that_is_taken_on_its_way_to_the_pool_does_not_rest_there() {
    let mut account = pooled(2);
    account.hook(PutLifecycleHook::default());
    account.scale_to(1);
    account.act(Control::KillInstance(account.id(0)));
    account.wait(100);
    assert_eq!(pool(&mut account), ["Warmed:Pending:Wait"]);
    account.complete(0, "drain", "CONTINUE").unwrap();
    assert_eq!(account.instance(0).state, LifecycleState::TerminatingProceed);
    account.wait(10);
    assert_eq!(account.instance(0).state, LifecycleState::Terminated);
}

#[test]
fn a_launch_hook_holds_a_new_instance_on_its_way_into_the_pool() {
    let mut account = pooled(2);
    account.hook(PutLifecycleHook::default());
    account.act(Control::LaunchIntoWarmPool(LaunchIntoWarmPool::default()));
    account.wait(299);
    assert_eq!(pool(&mut account), ["Warmed:Pending:Wait"]);
    assert_eq!(account.container(2).status, ContainerStatus::Active);
    let refused = account.complete(2, "drain", "CONTINUE").unwrap_err();
    assert!(refused.message.starts_with("No active Lifecycle Action found"), "{refused}");
    account.wait(11);
    assert_eq!(pool(&mut account), ["Warmed:Stopped"]);
    assert_eq!(states(&mut account), ["InService", "InService"]);
    let order = LaunchIntoWarmPool { group: "nobody".to_owned(), ..LaunchIntoWarmPool::default() };
    let now = account.now();
    assert!(account.services.control(now, Control::LaunchIntoWarmPool(order)).is_err());
}

#[test]
fn a_root_volume_is_replaced_and_the_instance_comes_back() {
    let mut account = Account::new();
    account.hook(PutLifecycleHook::default());
    account.act(Control::ReplaceRootVolume(account.id(0)));
    assert_eq!(states(&mut account)[0], "ReplacingRootVolume:Wait");
    let event = account.events("EC2 Instance-terminate Lifecycle Action").remove(0);
    assert_eq!(event["Action"], "ReplaceRootVolume");
    assert_eq!(event["Destination"], "AutoScalingGroup");
    account.complete(0, "drain", "CONTINUE").unwrap();
    assert!(!account.container(0).agent_connected);
    account.wait(80);
    assert_eq!(states(&mut account), ["InService", "InService"]);
    assert!(account.container(0).agent_connected);
}

#[test]
fn one_machine_may_have_two_registrations() {
    let mut account = Account::new();
    account.act(Control::CreateCluster("other".to_owned()));
    let instance = account.id(0);
    account.act(Control::RegisterIn(RegisterIn {
        instance,
        cluster: "other".to_owned(),
        instead: false,
    }));
    let clusters: Vec<_> = account.instance(0).containers().map(|c| c.cluster.to_owned()).collect();
    assert_eq!(clusters, ["default", "other"]);
    account.act(Control::KillInstance(account.id(0)));
    let mut containers = account.instance(0).containers();
    assert!(containers.all(|container| container.status == ContainerStatus::Inactive));
}

#[test]
fn a_control_is_read_from_json() {
    let read = |text| serde_json::from_str::<Control>(text).unwrap();
    assert_eq!(read(r#"{"kill-instance":"i-1"}"#), Control::KillInstance("i-1".to_owned()));
    assert_eq!(read(r#"{"create-group":{}}"#), Control::CreateGroup(CreateGroup::default()));
    assert_eq!(
        read(r#"{"set-state":{"instance":"i-1","status":"DRAINING"}}"#),
        Control::SetState(SetState {
            instance: "i-1".to_owned(),
            status: ContainerStatus::Draining,
        })
    );
}
