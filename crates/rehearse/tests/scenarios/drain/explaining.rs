//! What auto-drain answers about an instance, and that the question changes nothing.

use region::services::{ContainerStatus, Control, CreateGroup};
use scenarios::stack::AUTO_DRAIN;
use serde_json::{Value, json};

use crate::drain::cluster::{Cluster, group, service};

const CHANGING: [&str; 7] = [
    "UpdateContainerInstancesState",
    "PutAttributes",
    "DeleteAttributes",
    "CompleteLifecycleAction",
    "RecordLifecycleActionHeartbeat",
    "StopTask",
    "Publish",
];

fn changes(cluster: &Cluster) -> [u64; 7] {
    CHANGING.map(|operation| cluster.calls(operation))
}

/// The answer about an instance. Asserts that it changed nothing.
pub async fn explained(cluster: &Cluster, id: &str) -> Value {
    let before = changes(cluster);
    let answer = cluster.rehearsal.invoke(AUTO_DRAIN, &json!({ "explain": id })).await.unwrap();
    assert_eq!(changes(cluster), before, "{answer}");
    answer["event"]["explained"].clone()
}

#[tokio::test(start_paused = true)]
async fn explaining_a_drain_says_what_is_next_and_changes_nothing() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let leaving = cluster.lose_one();
    let begins = explained(&cluster, &leaving).await;
    assert_eq!(begins["verdict"], "started", "{begins}");
    assert_eq!(begins["would_do"], json!(["set_draining"]));
    assert_eq!(
        [&begins["cluster"], &begins["group"], &begins["mode"], &begins["state"]],
        ["demo", "demo-group", "drain", "Terminating:Wait"]
    );
    assert_eq!(cluster.status(&leaving), ContainerStatus::Active);

    cluster.pass(60).await;
    let waits = explained(&cluster, &leaving).await;
    assert_eq!((&waits["verdict"], &waits["would_do"]), (&json!("waiting"), &json!([])));
    let reason = waits["reasons"][0].as_str().unwrap();
    assert!(reason.ends_with("2 tasks have not stopped"), "{waits}");

    cluster.pass(1_140).await;
    cluster.assert_drained(&leaving);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn explaining_a_stuck_drain_gives_the_reasons_of_the_log() {
    let cluster = Cluster::of(3).await.serve(service(6));
    let leaving = cluster.in_service().remove(0);
    cluster.run_task(&leaving, None);
    cluster.terminate(&leaving);
    cluster.pass(1_200).await;
    let stuck = explained(&cluster, &leaving).await;
    let reasons = stuck["reasons"].as_array().unwrap();
    assert!(reasons.contains(&json!("stuck: standalone_tasks")), "{stuck}");
}

#[tokio::test(start_paused = true)]
async fn explaining_names_what_is_in_service_not_opted_in_or_in_no_group() {
    let cluster = Cluster::of(2).await.serve(service(2));
    let untagged = CreateGroup { name: "untagged".to_owned(), tags: [].into(), ..group(1) };
    let other = cluster.control(Control::CreateGroup(untagged))["instances"][0].clone();
    let serving = cluster.in_service();
    let serving = serving.iter().find(|id| other != id.as_str()).unwrap();
    for (id, verdict, word) in [
        (serving.as_str(), "in_service", "nothing terminates it"),
        (other.as_str().unwrap(), "not_opted_in", "group untagged has no tag ecs-tide:cluster"),
        ("i-00000000000000000", "not_in_group", "no Auto Scaling group has it, and no cluster"),
    ] {
        let answer = explained(&cluster, id).await;
        assert_eq!(answer["verdict"], verdict, "{answer}");
        assert!(answer["reasons"][0].as_str().unwrap().starts_with(word), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn explaining_without_an_instance_fails_with_what_to_write() {
    let cluster = Cluster::of(1).await;
    for named in [json!("web"), json!(7)] {
        let failed = cluster.rehearsal.invoke(AUTO_DRAIN, &json!({ "explain": named })).await;
        let error = failed.unwrap_err();
        assert!(error.contains("with the ID of an EC2 instance"), "{error}");
    }
}
