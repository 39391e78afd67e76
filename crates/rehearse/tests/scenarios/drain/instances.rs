//! Instances without registration, agent or space for a drain record, and other special cases.

use region::services::{
    AgentConnected, ContainerStatus, Control, CreateGroup, FillAttributes, LifecycleState,
    PutLifecycleHook, RegisterIn, SetState,
};
use scenarios::stack::{self, GROUP};
use time::Duration;

use crate::drain::scene::{Scene, group, service};

#[tokio::test(start_paused = true)]
async fn an_instance_that_never_registered_is_released() {
    let slow = CreateGroup { ready: false, registration_seconds: 100_000, ..group(2) };
    let scene = Scene::with(&[], slow).await;
    scene.pass(120).await;
    let leaving = scene.lose_one();
    scene.pass(25).await;
    assert_eq!(scene.ended(&leaving), None);
    scene.pass(60).await;
    scene.assert_drained(&leaving);
    assert_eq!(scene.calls("UpdateContainerInstancesState"), 0);
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_of_another_cluster_is_stuck_and_never_completed_before_its_deadline() {
    let scene = Scene::with(&[("DeadlineSeconds", "3600")], group(2)).await;
    scene.control(Control::CreateCluster("other".to_owned()));
    for instance in scene.in_service() {
        let cluster = "other".to_owned();
        scene.control(Control::RegisterIn(RegisterIn { instance, cluster, instead: true }));
    }
    let leaving = scene.lose_one();
    scene.pass(3_500).await;
    assert_eq!(scene.ended(&leaving), None);
    assert!(scene.metric("StuckWrongCluster") > 0);
    scene.pass(600).await;
    assert!(scene.ended(&leaving).unwrap().0 >= Duration::seconds(3_600));
    assert_eq!(scene.metric("DrainsTimedOut"), 1);
}

#[tokio::test(start_paused = true)]
async fn instances_of_a_cluster_that_does_not_exist_are_stuck() {
    let elsewhere = CreateGroup { cluster: "other".to_owned(), ..group(2) };
    let scene = Scene::with(&[], elsewhere).await;
    let leaving = scene.lose_one();
    scene.pass(1_200).await;
    assert_eq!(scene.ended(&leaving), None);
    assert!(scene.metric("StuckWrongCluster") > 0);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_left_its_cluster_in_mid_drain_is_released() {
    let scene = Scene::of(3).await.serve(service(6));
    let leaving = scene.lose_one();
    scene.pass(30).await;
    scene.control(Control::DeregisterContainerInstance(leaving.clone()));
    scene.pass(600).await;
    assert!(scene.ended(&leaving).is_some());
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_ec2_terminated_is_released() {
    let scene = Scene::of(3).await.serve(service(6));
    let leaving = scene.lose_one();
    scene.pass(30).await;
    scene.control(Control::KillInstance(leaving));
    scene.pass(900).await;
    assert!(scene.waiting().is_empty());
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn both_registrations_of_an_instance_are_drained() {
    let scene = Scene::of(2).await;
    for instance in scene.in_service() {
        let cluster = stack::CLUSTER.to_owned();
        scene.run_task(&instance, Some(900));
        scene.control(Control::RegisterIn(RegisterIn { instance, cluster, instead: false }));
    }
    let leaving = scene.lose_one();
    scene.pass(800).await;
    assert_eq!(scene.ended(&leaving), None);
    scene.pass(600).await;
    scene.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_stays_away_holds_the_instance_until_the_set_time() {
    let scene = Scene::with(&[("AgentGoneSeconds", "900")], group(3)).await.serve(service(6));
    let leaving = scene.lose_one();
    scene.pass(20).await;
    let gone = AgentConnected { instance: leaving.clone(), connected: false };
    scene.control(Control::AgentConnected(gone));
    scene.pass(900).await;
    assert_eq!(scene.ended(&leaving), None);
    scene.pass(600).await;
    assert!(scene.ended(&leaving).is_some());
    assert_eq!(scene.metric("DrainsAgentGone"), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_drain_record_the_scaling_activity_is_read() {
    let scene = Scene::of(3).await.serve(service(6));
    for instance in scene.in_service() {
        scene.control(Control::FillAttributes(FillAttributes { instance, count: 10 }));
    }
    let leaving = scene.lose_one();
    scene.pass(1_200).await;
    scene.assert_drained(&leaving);
    assert_eq!(scene.drain_record(&leaving), None);
    assert!(scene.calls("DescribeScalingActivities") > 0);
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_found_draining_is_adopted() {
    let scene = Scene::of(3).await.serve(service(6));
    for instance in scene.in_service() {
        let status = ContainerStatus::Draining;
        scene.control(Control::SetState(SetState { instance, status }));
    }
    let leaving = scene.lose_one();
    scene.pass(60).await;
    assert!(scene.drain_record(&leaving).unwrap().starts_with("hook began/"));
    scene.pass(900).await;
    assert_eq!(scene.calls("UpdateContainerInstancesState"), 0);
}

#[tokio::test(start_paused = true)]
async fn our_action_is_done_once_while_another_hook_still_waits() {
    let scene = Scene::of(3).await.serve(service(6));
    scene.control(Control::PutLifecycleHook(PutLifecycleHook {
        group: GROUP.to_owned(),
        name: "backup".to_owned(),
        heartbeat_seconds: 7_200,
        ..PutLifecycleHook::default()
    }));
    let leaving = scene.lose_one();
    scene.pass(1_200).await;
    scene.assert_drained(&leaving);
    assert_eq!(scene.state(&leaving), LifecycleState::TerminatingWait);
    assert!(scene.drain_record(&leaving).unwrap().ends_with(" done"));
    let completed = scene.calls("CompleteLifecycleAction");
    scene.assert_quiet().await;
    assert_eq!(scene.calls("CompleteLifecycleAction"), completed);
}
