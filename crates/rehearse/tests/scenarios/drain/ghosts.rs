//! Ghost registrations: those of instances that were terminated after they lost their agent.

use std::collections::BTreeMap;

use drain::drain_record::ATTRIBUTE;
use region::faults::{CallFault, CallFaults};
use region::region::Settings;
use region::services::{AgentConnected, ContainerStatus, Control, CreateGroup};
use scenarios::stack;
use serde_json::json;

use crate::drain::cluster::{Cluster, group, service};
use crate::drain::explaining::explained;

/// The drain record of an instance that lost its agent an hour before the test begins.
const LONG_AWAY: &str = "hook began/2026-11-22T08:00:00Z gone/2026-11-22T08:00:00Z";

fn lose_agent(cluster: &Cluster, id: &str) {
    let lost = AgentConnected { instance: id.to_owned(), connected: false };
    cluster.control(Control::AgentConnected(lost));
}

/// An instance of the cluster, in a group without our tags.
fn stranger(cluster: &Cluster) -> String {
    let others = CreateGroup { name: "others".to_owned(), tags: BTreeMap::new(), ..group(1) };
    let made = cluster.control(Control::CreateGroup(others));
    made.pointer("/instances/0").unwrap().as_str().unwrap().to_owned()
}

/// A ghost registration with this drain record.
fn ghost(cluster: &Cluster, record: &str) -> String {
    let id = stranger(cluster);
    cluster.set_attribute(&id, ATTRIBUTE, record);
    lose_agent(cluster, &id);
    cluster.control(Control::SetDesiredCapacity("others".to_owned(), 0));
    id
}

/// The values of `GhostRegistrations` in the records, in order.
fn levels(cluster: &Cluster) -> Vec<u64> {
    let records = cluster.records();
    records.iter().filter_map(|record| record["GhostRegistrations"].as_u64()).collect()
}

/// Asserts that an instance that loses its agent in mid-drain, and is perhaps terminated, leaves no
/// registration.
async fn leaves_nothing(parameters: &[(&str, &str)], killed: bool) {
    let cluster = Cluster::with(parameters, group(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(20).await;
    lose_agent(&cluster, &leaving);
    if killed {
        cluster.control(Control::KillInstance(leaving.clone()));
    }
    while cluster.ended(&leaving).is_none() {
        assert_eq!(cluster.calls("DeregisterContainerInstance"), 0);
        cluster.pass(10).await;
    }
    cluster.pass(590).await;
    assert_eq!(cluster.status(&leaving), ContainerStatus::Draining);
    cluster.pass(660).await;
    assert_eq!(cluster.status(&leaving), ContainerStatus::Inactive);
    assert_eq!((cluster.metric("GhostsDeregistered"), levels(&cluster).pop()), (1, Some(0)));
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_is_given_up_without_its_agent_leaves_no_registration() {
    leaves_nothing(&[("DeadlineSeconds", "900")], false).await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_ec2_takes_without_its_agent_leaves_no_registration() {
    leaves_nothing(&[("DeadlineSeconds", "900")], true).await;
}

#[tokio::test(start_paused = true)]
async fn a_ghost_registration_is_removed_by_the_schedule_alone() {
    let cluster = Cluster::of(2).await;
    let id = ghost(&cluster, "spot began/2026-11-22T08:00:00Z");
    cluster.pass(600).await;
    assert!(cluster.drain_record(&id).unwrap().contains(" gone/"));
    cluster.pass(660).await;
    assert_eq!(cluster.status(&id), ContainerStatus::Inactive);
    assert_eq!((cluster.calls("DeregisterContainerInstance"), cluster.calls("Publish")), (1, 0));
    assert!(levels(&cluster).starts_with(&[1, 1]), "{:?}", levels(&cluster));
    assert_eq!(levels(&cluster).pop(), Some(0));
}

#[tokio::test(start_paused = true)]
async fn a_registration_without_our_record_is_never_removed() {
    let cluster = Cluster::of(2).await;
    let id = ghost(&cluster, "somebody elses");
    cluster.pass(7_200).await;
    assert_eq!(cluster.status(&id), ContainerStatus::Active);
    assert_eq!(cluster.calls("DeregisterContainerInstance"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_registration_whose_agent_is_connected_is_never_removed() {
    let cluster = Cluster::of(2).await;
    let id = stranger(&cluster);
    cluster.set_attribute(&id, ATTRIBUTE, LONG_AWAY);
    cluster.pass(7_200).await;
    assert_eq!(cluster.status(&id), ContainerStatus::Active);
    assert_eq!(cluster.drain_record(&id), None, "it serves, so its drain is over");
    assert_eq!(cluster.calls("DeregisterContainerInstance"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_instance_of_another_group_is_never_removed() {
    let cluster = Cluster::of(2).await;
    let id = stranger(&cluster);
    cluster.set_attribute(&id, ATTRIBUTE, LONG_AWAY);
    lose_agent(&cluster, &id);
    cluster.pass(7_200).await;
    assert_eq!(cluster.status(&id), ContainerStatus::Active);
    assert_eq!(cluster.calls("DeregisterContainerInstance"), 0);
    assert!(cluster.calls("DescribeAutoScalingInstances") > 0);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_removes_no_ghost_registration_and_says_which_it_would() {
    let cluster = Cluster::with(&[("DryRun", "on")], group(2)).await;
    let id = ghost(&cluster, LONG_AWAY);
    cluster.pass(700).await;
    assert_eq!(cluster.status(&id), ContainerStatus::Active);
    assert_eq!(cluster.calls("DeregisterContainerInstance"), 0);
    assert_eq!((cluster.metric("GhostsDeregistered"), levels(&cluster).pop()), (0, Some(1)));
    let would = cluster.records().into_iter().any(|record| {
        let detail = &record["details"][0];
        detail["instance"] == id && detail["decided"][0] == "deregister"
    });
    assert!(would);
}

/// Removes a ghost registration with a fault. Returns the number of calls.
async fn removed_in_spite_of(faults: CallFaults) -> u64 {
    let wiring = stack::wiring(&[]).unwrap();
    let cluster = Cluster::begun(wiring, Settings::default(), faults.clone(), group(2)).await;
    let id = ghost(&cluster, "hook began/2026-11-22T08:00:00Z");
    cluster.pass(1_800).await;
    assert_eq!(cluster.status(&id), ContainerStatus::Inactive);
    cluster.assert_quiet().await;
    faults.calls()
}

#[tokio::test(start_paused = true)]
async fn a_crash_or_a_failed_call_leaves_no_ghost_registration() {
    let calls = removed_in_spite_of(CallFaults::none()).await;
    assert!(calls > 5, "{calls} calls");
    let faults = [CallFault::CrashBefore, CallFault::CrashAfter, CallFault::Unavailable];
    for fault in faults {
        for call in 1..=20 {
            removed_in_spite_of(CallFaults::at(call, fault)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn explaining_an_instance_that_is_gone_names_a_ghost_or_a_foreign_registration() {
    let cluster = Cluster::of(2).await;
    let ours = ghost(&cluster, "spot began/2026-11-22T08:00:00Z");
    cluster.pass(120).await;
    let ghost = explained(&cluster, &ours).await;
    assert_eq!((&ghost["verdict"], &ghost["cluster"]), (&json!("ghost"), &json!("demo")));
    assert_eq!((&ghost["group"], &ghost["state"]), (&json!(null), &json!(null)));

    let aliens = CreateGroup { name: "aliens".to_owned(), tags: BTreeMap::new(), ..group(1) };
    let made = cluster.control(Control::CreateGroup(aliens));
    let foreign = made["instances"][0].as_str().unwrap();
    lose_agent(&cluster, foreign);
    cluster.control(Control::SetDesiredCapacity("aliens".to_owned(), 0));
    cluster.pass(120).await;
    let foreign = explained(&cluster, foreign).await;
    assert_eq!(
        (&foreign["verdict"], &foreign["cluster"]),
        (&json!("not_in_group"), &json!("demo"))
    );
    assert!(foreign["reasons"][0].as_str().unwrap().contains("has no drain record"), "{foreign}");
}
