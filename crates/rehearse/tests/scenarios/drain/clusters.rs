//! Several clusters, each with its own reconciles, errors and requeues.

use std::collections::BTreeMap;

use region::api::{Api, ApiError};
use region::client::Interceptor;
use region::faults::{CallFault, CallFaults, Outage};
use region::region::Settings;
use region::wiring::Wiring;
use scenarios::rehearsal::EPOCH;
use scenarios::stack::{self, AUTO_DRAIN, CLUSTER};
use serde_json::{Value, json};
use time::Duration;

use crate::drain::cluster::{Cluster, group, service, without_notifications};

/// Three clusters, and functions whose calls about the cluster `refused` all fail.
async fn three(refused: &'static str) -> Cluster {
    three_in(stack::wiring(&[]).unwrap(), refused).await
}

async fn three_in(wiring: Wiring, refused: &'static str) -> Cluster {
    let refuses = Interceptor::new(move |region, now, call| {
        let cluster = call.input.get("cluster").and_then(Value::as_str);
        if cluster == Some(refused) {
            let failure = ApiError::client("ServerException", "try it again later");
            return region.refuse(now, call, Err(failure));
        }
        region.answer(now, call)
    });
    let (settings, none) = (Settings::default(), CallFaults::none());
    let cluster = Cluster::intercepted(wiring, settings, none, refuses, group(3)).await;
    let cluster = cluster.serve(service(6));
    cluster.add_cluster("blue", 3, 6).await;
    cluster.add_cluster("green", 3, 6).await;
    cluster
}

/// Scales each of the three clusters in by one. Returns the instances of `demo`, `blue` and
/// `green`.
fn scale_in(cluster: &Cluster) -> Vec<String> {
    let groups = [stack::GROUP, "blue-group", "green-group"];
    groups.iter().map(|group| cluster.scale_in_group(group, 2).remove(0)).collect()
}

#[tokio::test(start_paused = true)]
async fn clusters_drain_side_by_side_in_one_invocation() {
    let cluster = three("").await;
    cluster.pass(30).await;
    let leaving = scale_in(&cluster);
    cluster.pass(1_200).await;
    for id in &leaving {
        cluster.assert_drained(id);
    }
    let started: Vec<_> =
        cluster.records().into_iter().filter(|record| record["DrainsStarted"] == 1).collect();
    let of: Vec<_> = started.iter().map(|record| record["cluster"].clone()).collect();
    assert_eq!(of.len(), 3, "{started:?}");
    for name in [CLUSTER, "blue", "green"] {
        assert!(of.contains(&json!(name)), "{of:?}");
    }
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_whose_calls_all_fail_delays_no_other() {
    let cluster = three("green").await;
    cluster.pass(30).await;
    let leaving = scale_in(&cluster);
    cluster.pass(1_200).await;
    for id in &leaving[..2] {
        cluster.assert_drained(id);
    }
    assert_eq!(cluster.ended(&leaving[2]), None);
    let errors = cluster.records().into_iter().filter(|record| record.get("error").is_some());
    let of: Vec<_> = errors.map(|record| record["cluster"].clone()).collect();
    assert!(!of.is_empty() && of.iter().all(|name| name == "green"), "{of:?}");
    assert_eq!(cluster.dead_letters("InboxDeadLetters"), 0, "its own requeue replaces messages");
}

#[tokio::test(start_paused = true)]
async fn messages_of_a_cluster_fail_only_if_its_requeue_is_not_published() {
    for publishes in [true, false] {
        let refuses = Interceptor::new(move |region, now, call| {
            let fails = call.operation == "ListContainerInstances"
                || !publishes && call.operation == "Publish";
            if fails {
                let failure = ApiError::client("ServerException", "try it again later");
                return region.refuse(now, call, Err(failure));
            }
            region.answer(now, call)
        });
        let (wiring, settings) = (stack::wiring(&[]).unwrap(), Settings::default());
        let none = CallFaults::none();
        let cluster = Cluster::intercepted(wiring, settings, none, refuses, group(2)).await;
        let record = |body: Value| {
            let id = body["schedule"]["cluster"].clone();
            json!({"eventSource": "aws:sqs", "messageId": id, "body": body.to_string()})
        };
        let records = [CLUSTER, "blue"].map(|name| record(json!({"schedule": {"cluster": name}})));
        let event = json!({ "Records": records });
        let answer = cluster.rehearsal.invoke(AUTO_DRAIN, &event).await.unwrap();
        let failed = answer["batchItemFailures"].as_array().unwrap().len();
        assert_eq!(failed, if publishes { 0 } else { 2 }, "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_groups_only_messages_without_a_cluster_fail() {
    let refuses = Interceptor::new(|region, now, call| match call.operation.as_str() {
        "DescribeAutoScalingGroups" => {
            let failure = ApiError::client("Throttling", "Rate exceeded");
            region.refuse(now, call, Err(failure))
        }
        _ => region.answer(now, call),
    });
    let (wiring, settings) = (stack::wiring(&[]).unwrap(), Settings::default());
    let none = CallFaults::none();
    let cluster = Cluster::intercepted(wiring, settings, none, refuses, group(2)).await;
    let home = "arn:aws:ecs:us-east-1:123456789012";
    let bodies = [
        ("schedule", json!({"schedule": {}})),
        (
            "stop",
            json!({"detail-type": "ECS Task State Change", "detail": {
                "clusterArn": format!("{home}:cluster/demo"), "lastStatus": "STOPPED",
                "containerInstanceArn": format!("{home}:container-instance/demo/{}", "1".repeat(32)),
                "taskArn": format!("{home}:task/demo/{}", "1".repeat(32))}}),
        ),
    ];
    let records = bodies.map(
        |(id, body)| json!({"eventSource": "aws:sqs", "messageId": id, "body": body.to_string()}),
    );
    let event = json!({ "Records": records });
    let answer = cluster.rehearsal.invoke(AUTO_DRAIN, &event).await.unwrap();
    assert_eq!(answer["batchItemFailures"], json!([{"itemIdentifier": "schedule"}]));
    assert_eq!(answer["event"]["error_kind"], "throttled");
    assert_eq!(answer["reconciles"][0]["requeue"], "soon");
}

#[tokio::test(start_paused = true)]
async fn one_message_of_the_schedule_reconciles_all_clusters_by_one_read() {
    let mut wiring = without_notifications();
    wiring.rules.retain(|rule| rule.logical_id != "KeepHooksRule");
    let cluster = three_in(wiring, "").await;
    cluster.pass(320).await;
    let reads = cluster.calls("DescribeAutoScalingGroups");
    let leaving = scale_in(&cluster);
    cluster.pass(285).await;
    for id in &leaving {
        assert!(cluster.drain_record(id).is_some(), "{id} drains");
    }
    assert_eq!(cluster.calls("DescribeAutoScalingGroups"), reads + 1);
}

#[tokio::test(start_paused = true)]
async fn stops_in_a_cluster_without_drains_or_tags_are_skipped_by_one_read() {
    let cluster =
        Cluster::deployed(stack::wiring(&[]).unwrap(), Settings::default(), group(2)).await;
    cluster.pass(10).await;
    let home = "arn:aws:ecs:us-east-1:123456789012";
    let stop = |name: &str, number: usize| {
        json!({
            "version": "0", "source": "aws.ecs", "detail-type": "ECS Task State Change",
            "account": "123456789012", "region": "us-east-1", "resources": [],
            "detail": {"clusterArn": format!("{home}:cluster/{name}"),
                "containerInstanceArn": format!("{home}:container-instance/{name}/{}", "1".repeat(32)),
                "taskArn": format!("{home}:task/{name}/{number}"), "lastStatus": "STOPPED"},
        })
    };
    for number in 0..10 {
        cluster.event(&stop(CLUSTER, number));
        cluster.event(&stop("elsewhere", number));
        cluster.pass(2).await;
    }
    assert_eq!(cluster.calls("DescribeAutoScalingGroups"), 1);
    assert_eq!(cluster.calls("DescribeContainerInstances"), 0);
    let skipped = |why: &str| -> u64 {
        cluster.records().iter().filter_map(|record| record["skipped"][why].as_u64()).sum()
    };
    assert_eq!(skipped("nothing_drains"), 10);
    assert_eq!(skipped("cluster_not_opted_in"), 10);
}

/// One invocation with a message about each of fifty clusters. Returns its answer, and how long it
/// took.
async fn fifty(cluster: &Cluster) -> (Value, Duration) {
    let record = |number: usize| {
        let body = json!({"schedule": {"cluster": format!("cluster-{number}")}}).to_string();
        json!({"eventSource": "aws:sqs", "messageId": number.to_string(), "body": body})
    };
    let event = json!({"Records": (0..50).map(record).collect::<Vec<_>>()});
    let began = cluster.now();
    let answer = cluster.rehearsal.invoke(AUTO_DRAIN, &event).await.unwrap();
    (answer, cluster.now() - began)
}

#[tokio::test(start_paused = true)]
async fn fifty_clusters_in_trouble_have_ten_seconds_together() {
    let refuses = Interceptor::new(|region, now, call| match call.api {
        Api::Ecs => {
            let failure = ApiError::client("ThrottlingException", "Rate exceeded");
            region.refuse(now, call, Err(failure))
        }
        _ => region.answer(now, call),
    });
    let (wiring, settings) = (stack::wiring(&[]).unwrap(), Settings::default());
    let none = CallFaults::none();
    let cluster = Cluster::intercepted(wiring, settings, none, refuses, group(2)).await;
    let (answer, took) = fifty(&cluster).await;
    let reconciles = answer["reconciles"].as_array().unwrap();
    assert_eq!(reconciles.len(), 50);
    assert!(reconciles.iter().all(|record| record["requeue"] == "soon"), "{answer}");
    assert_eq!(answer["batchItemFailures"], json!([]));
    assert!(took <= Duration::seconds(10), "{took}");
}

#[tokio::test(start_paused = true)]
async fn fifty_clusters_without_an_answer_end_before_the_timeout() {
    let wiring = stack::wiring(&[]).unwrap();
    let function = wiring.functions.iter().find(|spec| spec.logical_id == AUTO_DRAIN).unwrap();
    let timeout = Duration::seconds(function.timeout_seconds.into());
    let lost = Outage { from: EPOCH, until: EPOCH + Duration::DAY, fault: CallFault::Lost };
    let faults = CallFaults::of(BTreeMap::new(), vec![lost]);
    let cluster = Cluster::begun(wiring, Settings::default(), faults, group(2)).await;
    let (answer, took) = fifty(&cluster).await;
    // Not even the requeue messages could be published.
    assert_eq!(answer["batchItemFailures"].as_array().unwrap().len(), 50);
    // A call has 12 s: one is tried to read, and one to publish.
    assert!(took <= Duration::seconds(25) && took < timeout, "{took}");
}
