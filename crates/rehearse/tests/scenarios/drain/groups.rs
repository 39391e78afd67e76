//! Many instances and several groups.

use std::collections::BTreeMap;

use region::messaging::Settings as DeliverySettings;
use region::region::Settings;
use region::services::{ContainerStatus, Control, CreateGroup};
use scenarios::stack;

use crate::drain::cluster::{Cluster, group, service};

#[tokio::test(start_paused = true)]
async fn two_hundred_and_fifty_instances_drain_at_once() {
    let cluster = Cluster::of(300).await.serve(service(600));
    let leaving = cluster.scale_in(50);
    assert_eq!(leaving.len(), 250);
    cluster.pass(3_600).await;
    for id in &leaving {
        cluster.assert_drained(id);
    }
    let calls = cluster.calls("UpdateContainerInstancesState");
    assert!(
        (25..=27).contains(&calls),
        "{calls} calls for ten instances each, reported by two paths"
    );
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn instances_of_several_groups_drain_side_by_side() {
    let wiring = stack::wiring(&[]).unwrap();
    let cluster = Cluster::deployed(wiring, Settings::default(), group(3)).await;
    cluster
        .control(Control::CreateGroup(CreateGroup { name: "spot-group".to_owned(), ..group(3) }));
    cluster.control(Control::CreateGroup(CreateGroup {
        name: "not-ours".to_owned(),
        tags: BTreeMap::new(),
        ..group(2)
    }));
    cluster.keep_hooks().await;
    cluster.put_foreign_hook("not-ours");
    let cluster = cluster.serve(service(12));
    let ours = [cluster.scale_in(2), cluster.scale_in_group("spot-group", 2)].concat();
    let others = cluster.scale_in_group("not-ours", 1);
    cluster.pass(1_200).await;
    for id in &ours {
        cluster.assert_drained(id);
    }
    assert_eq!(cluster.status(&others[0]), ContainerStatus::Active);
    assert!(cluster.drain_record(&others[0]).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_of_every_message_changes_nothing() {
    let twice = Settings {
        messaging: DeliverySettings { duplicate_all: true, ..DeliverySettings::default() },
        ..Settings::default()
    };
    let wiring = stack::wiring(&[]).unwrap();
    let cluster = Cluster::deployed(wiring, twice, group(4)).await.serve(service(12));
    let leaving = cluster.scale_in(2);
    cluster.pass(1_200).await;
    for id in &leaving {
        cluster.assert_drained(id);
    }
    assert_eq!(cluster.metric("DrainsStarted"), 2);
    assert_eq!(cluster.metric("DrainsCompleted"), 2);
    assert_eq!(cluster.calls("UpdateContainerInstancesState"), 1);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn work_that_does_not_fit_into_an_invocation_is_left_to_the_next_requeue() {
    let mut wiring = stack::wiring(&[]).unwrap();
    for function in &mut wiring.functions {
        function.timeout_seconds = 27;
    }
    let cluster = Cluster::deployed(wiring, Settings::default(), group(300)).await;
    let leaving = cluster.scale_in(50);
    cluster.pass(1_800).await;
    for id in &leaving {
        cluster.assert_drained(id);
    }
    let left = cluster.records().iter().any(|record| {
        let details = record["details"].as_array();
        details.is_some_and(|all| all.iter().any(|detail| detail["out_of_time"] == true))
    });
    assert!(left, "no reconcile ran out of time");
    cluster.assert_quiet().await;
}
