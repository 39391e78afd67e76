//! Messages that are expected, forged, malformed or irrelevant.

use std::collections::BTreeMap;

use region::messaging::Settings as DeliverySettings;
use region::region::Settings;
use region::services::{ContainerStatus, Control, LifecycleState, SetState};
use region::wiring::Wiring;
use scenarios::stack;
use serde_json::json;
use time::Duration;

use crate::drain::cluster::{Cluster, group, service, without_notifications};

fn notification(group: &str, instance: &str) -> String {
    json!({
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "AutoScalingGroupName": group,
        "EC2InstanceId": instance,
        "LifecycleHookName": "ecs-tide-drain",
        "LifecycleActionToken": "00000000-0000-4000-8000-000000000000",
    })
    .to_string()
}

#[tokio::test(start_paused = true)]
async fn before_filters_are_in_force_a_drain_ends_as_ever() {
    let filters_after = Duration::minutes(15);
    let messaging = DeliverySettings { filters_after, ..DeliverySettings::default() };
    let settings = Settings { messaging, ..Settings::default() };
    let wiring = stack::wiring(&[]).unwrap();
    let cluster = Cluster::deployed(wiring, settings, group(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(870).await;
    cluster.assert_drained(&leaving);
    assert!(cluster.metric("MisroutedMessages") >= cluster.metric("RequeuesDelivered"));
    assert!(cluster.metric("RequeuesDelivered") > 0);
    for queue in ["InboxDeadLetters", "RequeueDeadLetters", "WorkItemDeadLetters"] {
        assert_eq!(cluster.dead_letters(queue), 0, "{queue}");
    }
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_whose_notification_is_lost_begins_at_once_by_the_event() {
    let begun = async |mut wiring: Wiring| {
        wiring.subscriptions.retain(|subscription| subscription.logical_id != "LifecycleToInbox");
        let cluster = Cluster::deployed(wiring, Settings::default(), group(3)).await;
        let leaving = cluster.lose_one();
        cluster.pass(5).await;
        cluster.status(&leaving)
    };
    assert_eq!(begun(stack::wiring(&[]).unwrap()).await, ContainerStatus::Draining);
    assert_eq!(begun(without_notifications()).await, ContainerStatus::Active);
}

#[tokio::test(start_paused = true)]
async fn the_event_of_another_hook_reaches_no_function() {
    let cluster = Cluster::of(2).await;
    cluster.pass(10).await;
    let id = cluster.in_service().remove(0);
    let held = |hook: &str| {
        json!({
            "version": "0", "source": "aws.autoscaling",
            "detail-type": "EC2 Instance-terminate Lifecycle Action",
            "detail": {"LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
                "AutoScalingGroupName": "demo-group", "EC2InstanceId": id, "LifecycleHookName": hook},
        })
    };
    let before = cluster.records().len();
    cluster.event(&held("backup"));
    cluster.pass(30).await;
    assert_eq!(cluster.records().len(), before);
    cluster.event(&held("ecs-tide-drain"));
    cluster.pass(30).await;
    assert!(cluster.records().len() > before);
}

#[tokio::test(start_paused = true)]
async fn a_forged_notification_drains_nothing() {
    let cluster = Cluster::of(3).await.serve(service(6));
    cluster.pass(400).await;
    for id in cluster.in_service() {
        cluster.send(&notification("demo-group", &id));
    }
    cluster.send(&notification("demo-group", "i-00000000000000000"));
    cluster.send(&notification("no-such-group", "i-00000000000000000"));
    cluster.pass(900).await;
    for id in cluster.in_service() {
        assert_eq!(cluster.status(&id), ContainerStatus::Active);
        assert_eq!(cluster.state(&id), LifecycleState::InService);
    }
    assert_eq!(cluster.calls("UpdateContainerInstancesState"), 0);
    cluster.assert_quiet().await;
}

/// False, foreign and malformed messages about instances in service and one that an operator
/// drains.
fn interceptories(serving: &str, container: &str) -> Vec<String> {
    let fields = [
        ("LifecycleTransition", "autoscaling:EC2_INSTANCE_TERMINATING"),
        ("AutoScalingGroupName", "demo-group"),
        ("EC2InstanceId", serving),
    ];
    let terminating: BTreeMap<&str, String> =
        fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    let with = |name: &'static str, value: String| {
        let mut notification = terminating.clone();
        notification.insert(name, value);
        json!(notification).to_string()
    };
    let elsewhere = "arn:aws:ecs:us-east-1:999999999999";
    let event = |kind: &str, detail: serde_json::Value| {
        json!({"source": "aws.ecs", "detail-type": kind, "detail": detail}).to_string()
    };
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    vec![
        with("LifecycleHookName", "no-such-hook".into()),
        with("LifecycleActionToken", "00000000-0000-4000-8000-000000000000".into()),
        with("AutoScalingGroupARN", "arn:aws:autoscaling:us-east-1:999999999999:…".into()),
        with("NotificationMetadata", format!("{{\"cluster\":\"{elsewhere}:cluster/demo\"}}")),
        with("NotificationMetadata", "x".repeat(200_000)),
        with("EC2InstanceId", "i-".repeat(100_000)),
        with("EC2InstanceId", "i-0] or ec2InstanceId != [".into()),
        event(
            "ECS Container Instance State Change",
            json!({"clusterArn": format!("{elsewhere}:cluster/demo"), "status": "DRAINING",
                "containerInstanceArn": format!("{elsewhere}:container-instance/demo/1"),
                "runningTasksCount": 0, "pendingTasksCount": 0, "agentConnected": true}),
        ),
        event(
            "ECS Container Instance State Change",
            json!({"clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/demo",
                "containerInstanceArn": container, "status": "DRAINING",
                "runningTasksCount": 0, "pendingTasksCount": 0}),
        ),
        event(
            "ECS Task State Change",
            json!({"clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/demo",
                "containerInstanceArn": container, "taskArn": "t", "lastStatus": "STOPPED"}),
        ),
        json!({"requeue": {"cluster": "demo", "delay_class": "soon", "bucket": i64::MIN}})
            .to_string(),
        json!({"Type": "Notification", "Message": json!(terminating).to_string()}).to_string(),
        nested(100_000),
        format!("{{\"detail-type\":{}}}", nested(100)),
        "x".repeat(250_000),
        "\u{0}".to_owned(),
    ]
}

#[tokio::test(start_paused = true)]
async fn forged_messages_of_every_kind_change_nothing() {
    let cluster = Cluster::of(3).await.serve(service(6));
    cluster.pass(400).await;
    let by_hand = cluster.in_service().remove(2);
    cluster.control(Control::SetState(SetState {
        instance: by_hand.clone(),
        status: ContainerStatus::Draining,
    }));
    cluster.pass(400).await;
    let serving = cluster.in_service();
    for id in &serving {
        for body in interceptories(id, &cluster.container(id)) {
            cluster.send(&body);
        }
    }
    cluster.pass(1_500).await;
    assert_eq!(cluster.in_service(), serving);
    for id in &serving {
        assert_eq!(cluster.status(id) == ContainerStatus::Draining, *id == by_hand);
    }
    for changes in [
        "UpdateContainerInstancesState",
        "PutAttributes",
        "DeleteAttributes",
        "StopTask",
        "DeregisterContainerInstance",
        "CompleteLifecycleAction",
        "RecordLifecycleActionHeartbeat",
    ] {
        assert_eq!(cluster.calls(changes), 0, "{changes}");
    }
    assert!(cluster.calls("ListContainerInstances") > 0, "some of them bring reconciles");
    assert!(cluster.records().iter().all(|record| record.get("error").is_none()), "none fails one");
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_notification_of_an_instance_long_gone_asks_for_nothing_more() {
    let cluster = Cluster::of(2).await;
    let leaving = cluster.lose_one();
    cluster.pass(400).await;
    let asked = cluster.calls("Publish");
    cluster.send(&notification("demo-group", &leaving));
    cluster.pass(120).await;
    assert_eq!(cluster.calls("Publish"), asked);
}

#[tokio::test(start_paused = true)]
async fn a_poisoned_message_ends_among_the_dead_letters_and_the_others_pass() {
    let cluster = Cluster::of(3).await.serve(service(6));
    cluster.pass(10).await;
    cluster.send("{\"not json");
    cluster.send(r#"{"requeue":{"cluster":"demo"}}"#);
    cluster.send(r#"{"hello":"world"}"#);
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    cluster.pass(3_600).await;
    assert_eq!(cluster.dead_letters("InboxDeadLetters"), 2);
}

#[tokio::test(start_paused = true)]
async fn messages_that_ask_for_nothing_are_skipped_with_a_reason_and_no_call() {
    let cluster = Cluster::of(2).await;
    cluster.pass(10).await;
    let tested = cluster.records().iter().any(|r| r["skipped"]["test_notification"] == json!(1));
    assert!(tested, "a hook is tested when it is made");
    for body in [
        r#"{"Event":"autoscaling:EC2_INSTANCE_TERMINATE"}"#,
        r#"{"LifecycleTransition":"autoscaling:EC2_INSTANCE_LAUNCHING"}"#,
        r#"{"detail-type":"EC2 Instance Rebalance Recommendation"}"#,
        r#"{"hello":"world"}"#,
        r#"{"requeue":{"serialization_key":"service/demo/web","delay_class":"soon","bucket":1}}"#,
    ] {
        cluster.send(body);
    }
    cluster.pass(60).await;
    assert_eq!(cluster.calls("DescribeAutoScalingGroups"), 0);
    let last = cluster.records().pop().unwrap();
    assert_eq!(
        last["skipped"],
        json!({"plain_notification": 1, "launching": 1, "rebalance_recommendation": 1,
            "unknown": 1, "not_a_cluster": 1})
    );
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_events_while_nothing_drains_costs_a_read_or_two() {
    let cluster = Cluster::of(2).await;
    cluster.pass(10).await;
    let home = "arn:aws:ecs:us-east-1:123456789012";
    for task in 0..1_000 {
        cluster.event(&json!({
            "version": "0", "source": "aws.ecs", "detail-type": "ECS Task State Change",
            "account": "123456789012", "region": "us-east-1", "resources": [],
            "time": cluster.now().unix_timestamp().to_string(),
            "detail": {"clusterArn": format!("{home}:cluster/demo"),
                "containerInstanceArn": format!("{home}:container-instance/demo/{}", "1".repeat(32)),
                "taskArn": format!("{home}:task/demo/{task}"), "lastStatus": "STOPPED"},
        }));
    }
    cluster.pass(60).await;
    let reads = cluster.calls("DescribeAutoScalingGroups");
    assert!((1..=2).contains(&reads), "{reads} reads of the groups");
    assert_eq!(cluster.calls("DescribeContainerInstances"), 0);
    assert_eq!(cluster.calls("Publish"), 0);
}
