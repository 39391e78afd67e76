//! Instances that return to service, or that are drained without a termination.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use region::faults::CallFaults;
use region::region::Settings;
use region::services::{
    ActionEnd, ContainerStatus, Control, CreateGroup, InterruptSpot, LaunchIntoWarmPool,
    LifecycleState, SetState,
};
use scenarios::stack::{self, GROUP};
use serde_json::{Value, json};

use crate::drain::cluster::{Cluster, group, service, without_notifications};
use crate::interceptors::change_answer;

fn interrupt(instance: &str, takes_place: bool) -> Control {
    Control::InterruptSpot(InterruptSpot {
        instance: instance.to_owned(),
        takes_place,
        after_seconds: 120,
    })
}

#[tokio::test(start_paused = true)]
async fn a_spot_instance_is_drained_as_soon_as_its_interruption_is_announced() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let taken = cluster.in_service().remove(0);
    cluster.control(interrupt(&taken, true));
    cluster.pass(10).await;
    assert_eq!(cluster.status(&taken), ContainerStatus::Draining);
    assert!(cluster.drain_record(&taken).unwrap().starts_with("spot began/"));
    cluster.pass(1_500).await;
    assert_eq!(cluster.state(&taken), LifecycleState::Terminated);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_interruption_that_does_not_take_place_is_undone_after_ten_minutes() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let spared = cluster.in_service().remove(0);
    cluster.control(interrupt(&spared, false));
    cluster.pass(590).await;
    assert_eq!(cluster.status(&spared), ContainerStatus::Draining);
    cluster.pass(300).await;
    assert_eq!(cluster.status(&spared), ContainerStatus::Active);
    assert_eq!(cluster.drain_record(&spared), None);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_manual_drain_is_neither_completed_nor_undone() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let instance = cluster.in_service().remove(0);
    let status = ContainerStatus::Draining;
    cluster.control(Control::SetState(SetState { instance: instance.clone(), status }));
    cluster.control(interrupt(&instance, false));
    cluster.pass(3_600).await;
    assert_eq!(cluster.status(&instance), ContainerStatus::Draining);
    assert_eq!(cluster.state(&instance), LifecycleState::InService);
    let touching = ["CompleteLifecycleAction", "UpdateContainerInstancesState", "PutAttributes"];
    assert_eq!(touching.map(|operation| cluster.calls(operation)), [0; 3]);
}

/// A group whose scale-in returns instances to its warm pool.
fn pooled(desired: usize) -> CreateGroup {
    CreateGroup { reuse_on_scale_in: true, ..group(desired) }
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_goes_back_to_the_warm_pool_is_drained_first() {
    let cluster = Cluster::with(&[], pooled(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(60).await;
    assert_eq!(cluster.state(&leaving), LifecycleState::WarmedPendingWait);
    assert_eq!(cluster.status(&leaving), ContainerStatus::Draining);
    assert_eq!(cluster.ended(&leaving), None, "its tasks are being stopped");
    cluster.pass(900).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.state(&leaving), LifecycleState::WarmedStopped);
    assert_eq!(cluster.metric("DrainsCompleted"), 1);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_of_the_pool_whose_notification_is_lost_is_found_by_the_schedule() {
    let wiring = without_notifications();
    let cluster = Cluster::deployed(wiring, Settings::default(), pooled(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(1_500).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.state(&leaving), LifecycleState::WarmedStopped);
}

#[tokio::test(start_paused = true)]
async fn a_long_drain_on_the_way_to_the_pool_lives_by_its_heartbeats() {
    let parameters = [("HeartbeatSeconds", "300"), ("LaterSeconds", "100")];
    let cluster = Cluster::with(&parameters, pooled(2)).await;
    for id in cluster.in_service() {
        cluster.run_task(&id, Some(3_000));
    }
    let leaving = cluster.lose_one();
    cluster.pass(2_900).await;
    assert_eq!(cluster.state(&leaving), LifecycleState::WarmedPendingWait);
    cluster.pass(600).await;
    cluster.assert_drained(&leaving);
    assert!(cluster.calls("RecordLifecycleActionHeartbeat") > 5);
    assert_eq!(cluster.state(&leaving), LifecycleState::WarmedStopped);
}

#[tokio::test(start_paused = true)]
async fn an_instance_between_group_and_pool_is_reconciled_soon() {
    let unread = AtomicU64::new(0);
    let interceptor = change_answer("DescribeWarmPool", move |answer| {
        if unread.fetch_add(1, Ordering::Relaxed) == 0 {
            answer["Instances"] = json!([]);
        }
    });
    let (wiring, settings) = (stack::wiring(&[]).unwrap(), Settings::default());
    let cluster =
        Cluster::intercepted(wiring, settings, CallFaults::none(), interceptor, pooled(3)).await;
    let cluster = cluster.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(20).await;
    assert_eq!(cluster.status(&leaving), ContainerStatus::Draining);
}

/// An instance that another launch hook holds for 20 minutes on its way into the pool.
fn launched(cluster: &Cluster) -> String {
    let order = LaunchIntoWarmPool { group: GROUP.to_owned(), held_seconds: 1_200 };
    let launched = cluster.control(Control::LaunchIntoWarmPool(order));
    launched.pointer("/instances/0").and_then(Value::as_str).unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_registers_while_it_is_prepared_takes_tasks_once_it_serves() {
    let cluster = Cluster::with(&[], pooled(2)).await.serve(service(6));
    let prepared = launched(&cluster);
    cluster.pass(900).await;
    assert_eq!(cluster.state(&prepared), LifecycleState::WarmedPendingWait);
    assert_eq!(cluster.status(&prepared), ContainerStatus::Draining);
    assert_eq!(cluster.metric("DrainsCompleted"), 0, "our hook does not hold it");
    cluster.pass(900).await;
    assert_eq!(cluster.state(&prepared), LifecycleState::WarmedStopped);
    cluster.control(Control::SetDesiredCapacity(GROUP.to_owned(), 3));
    cluster.pass(600).await;
    assert_eq!(cluster.state(&prepared), LifecycleState::InService);
    assert_eq!(cluster.status(&prepared), ContainerStatus::Active);
    assert_eq!(cluster.drain_record(&prepared), None);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_waits_for_service_to_register_is_left_alone_in_the_pool() {
    let late = CreateGroup { registration_seconds: 3_600, ..pooled(2) };
    let cluster = Cluster::with(&[], late).await.serve(service(6));
    let prepared = launched(&cluster);
    cluster.pass(1_000).await;
    assert_eq!(cluster.state(&prepared), LifecycleState::WarmedPendingWait);
    let left = |record: &Value| record["instances"]["entering_pool"] == json!(1);
    assert!(cluster.records().iter().any(left), "{:?}", cluster.records());
    let touching =
        ["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat", "PutAttributes", "Publish"];
    assert_eq!(touching.map(|operation| cluster.calls(operation)), [0; 4]);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_comes_back_from_the_warm_pool_takes_tasks_again() {
    let cluster = Cluster::with(&[], pooled(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    assert_eq!(cluster.state(&leaving), LifecycleState::WarmedStopped);
    assert_eq!(cluster.status(&leaving), ContainerStatus::Draining);
    cluster.assert_quiet().await;

    cluster.control(Control::SetDesiredCapacity(GROUP.to_owned(), 3));
    cluster.pass(600).await;
    assert_eq!(cluster.state(&leaving), LifecycleState::InService);
    assert_eq!(cluster.status(&leaving), ContainerStatus::Active);
    assert_eq!(cluster.drain_record(&leaving), None);
    cluster.assert_quiet().await;

    // Its next termination starts a new drain.
    cluster.control(Control::SetDesiredCapacity(GROUP.to_owned(), 0));
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(120).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.state(&leaving), LifecycleState::WarmedStopped);
}

#[tokio::test(start_paused = true)]
async fn an_operators_drain_in_the_warm_pool_is_left_as_it_is_when_the_instance_serves() {
    let cluster = Cluster::with(&[], pooled(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    for status in [ContainerStatus::Active, ContainerStatus::Draining] {
        let instance = leaving.clone();
        cluster.control(Control::SetState(SetState { instance, status }));
        cluster.pass(600).await;
    }
    assert_eq!(cluster.drain_record(&leaving), None);
    cluster.control(Control::SetDesiredCapacity(GROUP.to_owned(), 3));
    cluster.pass(1_200).await;
    assert_eq!(cluster.state(&leaving), LifecycleState::InService);
    assert_eq!(cluster.status(&leaving), ContainerStatus::Draining);
}

#[tokio::test(start_paused = true)]
async fn a_stale_read_from_before_its_return_releases_no_instance() {
    let (behind, last) = (Arc::new(AtomicBool::new(false)), Mutex::new(Value::Null));
    let stale = Arc::clone(&behind);
    let interceptor = change_answer("DescribeContainerInstances", move |answer| {
        let mut last = last.lock().unwrap();
        for found in answer["containerInstances"].as_array_mut().unwrap() {
            if found["status"] == "DRAINING" {
                *last = found.clone();
            } else if found["ec2InstanceId"] == last["ec2InstanceId"]
                && stale.swap(false, Ordering::Relaxed)
            {
                *found = last.clone();
            }
        }
    });
    let (wiring, settings) = (stack::wiring(&[]).unwrap(), Settings::default());
    let cluster =
        Cluster::intercepted(wiring, settings, CallFaults::none(), interceptor, pooled(3)).await;
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.control(Control::SetDesiredCapacity(GROUP.to_owned(), 3));
    cluster.pass(600).await;
    assert_eq!(cluster.status(&leaving), ContainerStatus::Active);

    behind.store(true, Ordering::Relaxed);
    cluster.control(Control::SetDesiredCapacity(GROUP.to_owned(), 0));
    cluster.pass(3).await;
    assert!(!behind.load(Ordering::Relaxed), "the stale state was never read");
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(120).await;
    cluster.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn an_instance_with_a_new_root_volume_takes_tasks_again() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let instance = cluster.in_service().remove(0);
    cluster.control(Control::ReplaceRootVolume(instance.clone()));
    cluster.pass(10).await;
    assert_eq!(cluster.status(&instance), ContainerStatus::Draining);
    cluster.pass(1_500).await;
    assert!(matches!(cluster.ended(&instance), Some((_, ActionEnd::Completed(_)))));
    assert_eq!(cluster.state(&instance), LifecycleState::InService);
    assert_eq!(cluster.status(&instance), ContainerStatus::Active);
    cluster.assert_quiet().await;
}
