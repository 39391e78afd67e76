//! Reasons for stuck drains.

use std::collections::BTreeSet;

use region::region::Settings;
use region::services::{
    AgentConnected, Control, CreateService, ProtectTask, UpdateService, Workload,
};
use scenarios::stack::{self, CLUSTER};

use crate::drain::cluster::{Cluster, group, service};

/// The reasons in all records after half an hour.
async fn reasons(cluster: &Cluster) -> BTreeSet<String> {
    cluster.pass(1_800).await;
    let records = cluster.records();
    let details = records.iter().filter_map(|record| record["details"].as_array()).flatten();
    details
        .filter_map(|detail| detail["stuck"].as_array())
        .flatten()
        .map(|reason| reason.as_str().unwrap().to_owned())
        .collect()
}

fn only(reason: &str) -> BTreeSet<String> {
    BTreeSet::from([reason.to_owned()])
}

#[tokio::test(start_paused = true)]
async fn a_service_with_minimum_and_maximum_of_100_percent_never_moves_and_is_named() {
    let rigid = CreateService { minimum_healthy_percent: 100, maximum_percent: 100, ..service(6) };
    let cluster = Cluster::of(3).await.serve(rigid);
    let leaving = cluster.lose_one();
    assert_eq!(reasons(&cluster).await, only("min_equals_max"));
    assert!(cluster.metric("StuckMinEqualsMax") > 0);

    let relaxed = UpdateService {
        cluster: CLUSTER.to_owned(),
        maximum_percent: Some(200),
        ..UpdateService::default()
    };
    cluster.control(Control::UpdateService(relaxed));
    cluster.pass(900).await;
    cluster.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_full_cluster_is_named_as_no_capacity() {
    let large =
        CreateService { workload: Workload { cpu: 3_000, ..Workload::default() }, ..service(2) };
    let cluster = Cluster::of(2).await.serve(large);
    cluster.lose_one();
    assert_eq!(reasons(&cluster).await, only("no_capacity"));
}

#[tokio::test(start_paused = true)]
async fn a_standalone_task_is_named() {
    let cluster = Cluster::of(2).await;
    for id in cluster.in_service() {
        cluster.run_task(&id, None);
    }
    cluster.lose_one();
    assert_eq!(reasons(&cluster).await, only("standalone_tasks"));
}

#[tokio::test(start_paused = true)]
async fn a_protected_task_is_named() {
    let cluster = Cluster::of(2).await.serve(service(2));
    for task in cluster.tasks() {
        cluster.control(Control::ProtectTask(ProtectTask { task, for_seconds: 7_200 }));
    }
    cluster.lose_one();
    assert_eq!(reasons(&cluster).await, only("task_protection"));
}

#[tokio::test(start_paused = true)]
async fn a_lost_agent_is_named() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(5).await;
    let gone = AgentConnected { instance: leaving, connected: false };
    cluster.control(Control::AgentConnected(gone));
    assert!(reasons(&cluster).await.contains("agent_gone"));
}

#[tokio::test(start_paused = true)]
async fn a_deregistration_delay_of_half_an_hour_is_named_as_a_slow_stop() {
    let slow = Workload { deregistration_seconds: Some(3_000), ..Workload::default() };
    let cluster = Cluster::of(3).await.serve(CreateService { workload: slow, ..service(6) });
    let leaving = cluster.lose_one();
    assert_eq!(reasons(&cluster).await, only("slow_stop"));
    cluster.pass(1_800).await;
    cluster.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_placement_constraint_that_no_instance_meets_is_named() {
    let constrained =
        CreateService { constraint: Some(("stack".to_owned(), "blue".to_owned())), ..service(2) };
    let cluster =
        Cluster::deployed(stack::wiring(&[]).unwrap(), Settings::default(), group(2)).await;
    for id in cluster.in_service() {
        cluster.set_attribute(&id, "stack", "blue");
    }
    let cluster = cluster.serve(constrained);
    let leaving = cluster.lose_one();
    for id in cluster.in_service().into_iter().filter(|id| *id != leaving) {
        cluster.set_attribute(&id, "stack", "green");
    }
    assert_eq!(reasons(&cluster).await, only("placement_failure"));
}
