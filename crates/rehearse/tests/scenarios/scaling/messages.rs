//! Duplicate, forged and malformed messages.

use region::messaging::Settings as DeliverySettings;
use region::region::Settings;
use scenarios::scaling::ScaledCluster;
use scenarios::stack::ALARM_SCALING;
use serde_json::json;
use time::Duration;

use crate::scaling::rehearsed::{Rehearsed, cluster};

/// The desired counts during half an hour of a load.
async fn follow(messaging: DeliverySettings) -> (Rehearsed, Vec<usize>) {
    let settings = Settings { messaging, ..Settings::default() };
    let rehearsed = Rehearsed::of(&ScaledCluster { settings, ..cluster() }).await;
    let mut steps = Vec::new();
    rehearsed.load(8.0);
    for _ in 0..30 {
        rehearsed.minutes(1).await;
        steps.push(rehearsed.tasks());
    }
    steps.dedup();
    (rehearsed, steps)
}

#[tokio::test(start_paused = true)]
async fn every_message_twice_takes_the_same_steps() {
    let twice = DeliverySettings { duplicate_all: true, ..DeliverySettings::default() };
    assert_eq!(follow(twice).await.1, follow(DeliverySettings::default()).await.1);
}

#[tokio::test(start_paused = true)]
async fn before_filters_are_in_force_the_same_steps_are_taken() {
    let filters_after = Duration::minutes(15);
    let late = DeliverySettings { filters_after, ..DeliverySettings::default() };
    let (rehearsed, steps) = follow(late).await;
    assert_eq!(steps, follow(DeliverySettings::default()).await.1);
    for queue in
        ["RequeueDeadLetters", "WorkItemDeadLetters", "AlarmDeadLetters", "InboxDeadLetters"]
    {
        let dead = rehearsed.0.live.observe(|region, _| region.messaging().messages(queue).len());
        assert_eq!(dead, 0, "{queue}");
    }
    let records = rehearsed.0.records();
    let reported = |name: &str| records.iter().any(|record| record.contains(name));
    assert!(reported(r#""MisroutedMessages":"#) && reported(r#""skipped":{"misrouted":"#));
}

#[tokio::test(start_paused = true)]
async fn forged_alarms_enqueue_no_work_item_or_find_no_alarm() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    let alarm = |account: &str, name: &str| json!({"alarm": format!("arn:aws:cloudwatch:us-east-1:{account}:alarm:{name}")});
    for (event, skipped) in [
        (alarm("210987654321", "ecs-tide-tasks-out"), "foreign"),
        (alarm("123456789012", "somebody-elses"), "no_target"),
    ] {
        let answer = rehearsed.0.invoke(ALARM_SCALING, &event).await.unwrap();
        assert_eq!(answer["event"]["skipped"][skipped], 1, "{answer}");
    }
    assert_eq!(rehearsed.calls("PublishBatch"), 0);
    let ours = alarm("123456789012", "ecs-tide-tasks-out");
    rehearsed.0.invoke(ALARM_SCALING, &ours).await.unwrap();
    rehearsed.minutes(5).await;
    assert_eq!(rehearsed.tasks(), 4);
    // One for the work item and one for the requeue message. Neither finds an alarm in ALARM.
    assert_eq!((rehearsed.calls("DescribeAlarms"), rehearsed.calls("DescribeServices")), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_read_fails_alone() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    let record =
        |id: &str, body: &str| json!({"messageId": id, "eventSource": "aws:sqs", "body": body});
    let work_item = r#"{"work_item":{"serialization_key":"service/demo/web"}}"#;
    let event =
        json!({"Records": [record("good", work_item), record("bad", "{\"work_item\":{}}")]});
    let answer = rehearsed.0.invoke(ALARM_SCALING, &event).await.unwrap();
    assert_eq!(answer["batchItemFailures"], json!([{"itemIdentifier": "bad"}]));
    assert_eq!(
        answer["event"]["malformed"],
        json!(["work_item: missing field `serialization_key`"])
    );
    assert_eq!(rehearsed.calls("DescribeAlarms"), 1);
    let bare = rehearsed.0.invoke(ALARM_SCALING, &json!({"work_item": {}})).await;
    assert_eq!(bare.unwrap_err(), "work_item: missing field `serialization_key`");
}

#[tokio::test(start_paused = true)]
async fn a_target_without_a_document_is_reported() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    let event = json!({"work_item": {"serialization_key": "service/demo/other"}});
    let answer = rehearsed.0.invoke(ALARM_SCALING, &event).await.unwrap();
    assert_eq!(answer["reconciles"][0]["without_document"], json!(["service/demo/other"]));
    assert_eq!(rehearsed.calls("DescribeAlarms"), 0);
}
