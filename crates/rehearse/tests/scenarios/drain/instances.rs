//! Instances without registration, agent or space for a drain record, and other special cases.

use region::services::{
    AgentConnected, ContainerStatus, Control, CreateGroup, FillAttributes, LifecycleState,
    PutLifecycleHook, RegisterIn, SetState,
};
use scenarios::stack::{self, GROUP};
use time::Duration;

use crate::drain::cluster::{Cluster, group, service};

#[tokio::test(start_paused = true)]
async fn an_instance_that_never_registered_is_released() {
    let slow = CreateGroup { ready: false, registration_seconds: 100_000, ..group(2) };
    let cluster = Cluster::with(&[], slow).await;
    cluster.pass(120).await;
    let leaving = cluster.lose_one();
    cluster.pass(25).await;
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(60).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.calls("UpdateContainerInstancesState"), 0);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_of_another_cluster_is_stuck_and_never_completed_before_its_deadline() {
    let cluster = Cluster::with(&[("DeadlineSeconds", "3600")], group(2)).await;
    cluster.control(Control::CreateCluster("other".to_owned()));
    for instance in cluster.in_service() {
        let other = "other".to_owned();
        cluster.control(Control::RegisterIn(RegisterIn {
            instance,
            cluster: other,
            instead: true,
        }));
    }
    let leaving = cluster.lose_one();
    cluster.pass(3_500).await;
    assert_eq!(cluster.ended(&leaving), None);
    assert!(cluster.metric("StuckWrongCluster") > 0);
    cluster.pass(600).await;
    assert!(cluster.ended(&leaving).unwrap().0 >= Duration::seconds(3_600));
    assert_eq!(cluster.metric("DrainsTimedOut"), 1);
}

#[tokio::test(start_paused = true)]
async fn instances_of_a_cluster_that_does_not_exist_are_stuck() {
    let elsewhere = CreateGroup { cluster: "other".to_owned(), ..group(2) };
    let cluster = Cluster::with(&[], elsewhere).await;
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    assert_eq!(cluster.ended(&leaving), None);
    assert!(cluster.metric("StuckWrongCluster") > 0);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_left_its_cluster_in_mid_drain_is_released() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(30).await;
    cluster.control(Control::DeregisterContainerInstance(leaving.clone()));
    cluster.pass(600).await;
    assert!(cluster.ended(&leaving).is_some());
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_ec2_terminated_is_released() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(30).await;
    cluster.control(Control::KillInstance(leaving));
    cluster.pass(900).await;
    assert!(cluster.waiting().is_empty());
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn both_registrations_of_an_instance_are_drained() {
    let cluster = Cluster::of(2).await;
    for instance in cluster.in_service() {
        let own = stack::CLUSTER.to_owned();
        cluster.run_task(&instance, Some(900));
        cluster.control(Control::RegisterIn(RegisterIn { instance, cluster: own, instead: false }));
    }
    let leaving = cluster.lose_one();
    cluster.pass(800).await;
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(600).await;
    cluster.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_stays_away_holds_the_instance_until_the_set_time() {
    let cluster = Cluster::with(&[("AgentGoneSeconds", "900")], group(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(20).await;
    let gone = AgentConnected { instance: leaving.clone(), connected: false };
    cluster.control(Control::AgentConnected(gone));
    cluster.pass(900).await;
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(600).await;
    assert!(cluster.ended(&leaving).is_some());
    assert_eq!(cluster.metric("DrainsAgentGone"), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_drain_record_the_scaling_activity_is_read() {
    let cluster = Cluster::of(3).await.serve(service(6));
    for instance in cluster.in_service() {
        cluster.control(Control::FillAttributes(FillAttributes { instance, count: 10 }));
    }
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.drain_record(&leaving), None);
    assert!(cluster.calls("DescribeScalingActivities") > 0);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_found_draining_is_adopted() {
    let cluster = Cluster::of(3).await.serve(service(6));
    for instance in cluster.in_service() {
        let status = ContainerStatus::Draining;
        cluster.control(Control::SetState(SetState { instance, status }));
    }
    let leaving = cluster.lose_one();
    cluster.pass(60).await;
    assert!(cluster.drain_record(&leaving).unwrap().starts_with("hook began/"));
    cluster.pass(900).await;
    assert_eq!(cluster.calls("UpdateContainerInstancesState"), 0);
}

#[tokio::test(start_paused = true)]
async fn our_action_is_done_once_while_another_hook_still_waits() {
    let cluster = Cluster::of(3).await.serve(service(6));
    cluster.control(Control::PutLifecycleHook(PutLifecycleHook {
        group: GROUP.to_owned(),
        name: "backup".to_owned(),
        heartbeat_seconds: 7_200,
        ..PutLifecycleHook::default()
    }));
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.state(&leaving), LifecycleState::TerminatingWait);
    assert!(cluster.drain_record(&leaving).unwrap().ends_with(" done"));
    let completed = cluster.calls("CompleteLifecycleAction");
    cluster.assert_quiet().await;
    assert_eq!(cluster.calls("CompleteLifecycleAction"), completed);
}
