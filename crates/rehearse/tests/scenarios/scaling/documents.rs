//! The tag of an alarm names its target, and documents hold the policies of targets.

use region::api::{Api, ApiError};
use region::client::Interceptor;
use region::faults::CallFaults;
use region::services::{Control, PutMetricAlarm, PutParameter, SetAlarmTags};
use scenarios::scaling::{By, ScaledCluster};
use scenarios::stack::ALARM_SCALING;
use serde_json::{Value, json};

use crate::scaling::rehearsed::{Rehearsed, cluster, tagged};

const WEB: &str = "/ecs-tide/targets/service/demo/web";

fn arn(alarm: &str) -> String {
    format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}")
}

/// The event with which an operator has an alarm reconciled.
fn event(alarm: &str) -> Value {
    json!({ "alarm": arn(alarm) })
}

fn put(rehearsed: &Rehearsed, name: &str, value: &str) {
    let (name, value) = (name.to_owned(), value.to_owned());
    rehearsed.control(Control::PutParameter(PutParameter { name, value }));
}

/// The document of the service that its stack makes, with another greatest capacity.
fn document(most: u32) -> String {
    let text = cluster().documents().unwrap().remove(WEB).unwrap();
    text.replace(r#""MaxCapacity":20"#, &format!(r#""MaxCapacity":{most}"#))
}

fn untag(rehearsed: &Rehearsed, alarm: &str) {
    let tags = SetAlarmTags { alarm_name: alarm.to_owned(), tags: Vec::new() };
    rehearsed.control(Control::SetAlarmTags(tags));
}

/// 500 services of one cluster that alarm-scaling scales, each with an alarm and a document.
fn many(rehearsed: &Rehearsed) {
    for number in 0..500 {
        let target = format!("service/demo/web{number}");
        let policy = json!({"Policies": [{
            "Alarm": format!("high{number}"), "ResourceId": target, "MinCapacity": 1,
            "MaxCapacity": 9, "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        }]});
        put(rehearsed, &format!("/ecs-tide/targets/{target}"), &policy.to_string());
        let mut alarm: PutMetricAlarm = serde_json::from_value(json!({
            "AlarmName": format!("high{number}"), "Namespace": "Many", "MetricName": "Load",
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanThreshold",
        }))
        .unwrap();
        alarm.tags = tagged(&target);
        rehearsed.control(Control::PutMetricAlarm(alarm));
    }
}

/// The reads of tags and of documents of the first decision about a service, and of a second one.
async fn reads(others: bool) -> [(u64, u64); 2] {
    let rehearsed =
        Rehearsed::of(&ScaledCluster { cluster_by: By::AlarmScaling, ..cluster() }).await;
    if others {
        many(&rehearsed);
    }
    let count = || (rehearsed.calls("ListTagsForResource"), rehearsed.calls("GetParameters"));
    rehearsed.load(1.0);
    rehearsed.0.invoke(ALARM_SCALING, &event("ecs-tide-tasks-out")).await.unwrap();
    rehearsed.0.pass(5).await;
    let cold = count();
    rehearsed.0.invoke(ALARM_SCALING, &event("ecs-tide-tasks-out")).await.unwrap();
    rehearsed.0.pass(5).await;
    let cached = count();
    [cold, (cached.0 - cold.0, cached.1 - cold.1)]
}

#[tokio::test(start_paused = true)]
async fn a_decision_reads_one_tag_and_few_documents_of_500_services() {
    let alone = reads(false).await;
    // The documents of the service and of its cluster, and then that of the group.
    assert_eq!(alone, [(1, 2), (0, 0)]);
    assert_eq!(reads(true).await, alone);
}

#[tokio::test(start_paused = true)]
async fn the_tag_of_an_alarm_names_its_target() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load(6.0);
    rehearsed.minutes(5).await;
    assert!(rehearsed.tasks() > 4);
    let wrong = Rehearsed::of(&cluster()).await;
    let tags = tagged("service/demo/other");
    let set = SetAlarmTags { alarm_name: "ecs-tide-tasks-out".to_owned(), tags };
    wrong.control(Control::SetAlarmTags(set));
    wrong.load(6.0);
    wrong.minutes(5).await;
    assert_eq!(wrong.tasks(), 4);
    assert!(wrong.records().iter().any(|record| record["skipped"]["no_document"] == 1));
}

#[tokio::test(start_paused = true)]
async fn a_changed_document_takes_effect_within_90_seconds() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    put(&rehearsed, WEB, &document(6));
    rehearsed.load(30.0);
    rehearsed.minutes(10).await;
    assert_eq!(rehearsed.tasks(), 6);
    put(&rehearsed, WEB, &document(20));
    rehearsed.0.pass(90).await;
    assert!(rehearsed.tasks() > 6);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_document_or_tag_stops_scaling_within_90_seconds() {
    for by_document in [true, false] {
        let rehearsed = Rehearsed::of(&cluster()).await;
        rehearsed.load(8.0);
        rehearsed.minutes(4).await;
        if by_document {
            rehearsed.control(Control::DeleteParameter(WEB.to_owned()));
        } else {
            untag(&rehearsed, "ecs-tide-tasks-out");
        }
        rehearsed.0.pass(90).await;
        let (tasks, decisions) = (rehearsed.tasks(), rehearsed.decisions().len());
        rehearsed.load(100.0);
        rehearsed.minutes(15).await;
        assert_eq!((rehearsed.tasks(), rehearsed.decisions().len()), (tasks, decisions));
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_document_is_named_and_stops_no_other_target() {
    let both = ScaledCluster { cluster_by: By::AlarmScaling, ..cluster() };
    let rehearsed = Rehearsed::of(&both).await;
    put(&rehearsed, WEB, r#"{"Policies":[{"Alarm":"high"}]}"#);
    rehearsed.load(30.0);
    // The group is scaled in: eight instances have few tasks.
    rehearsed.minutes(40).await;
    assert_eq!(rehearsed.tasks(), 4);
    assert!(rehearsed.instances() < 8);
    let named = rehearsed.records().into_iter().find(|record| record["InvalidDocuments"] == 1);
    let named = named.unwrap()["invalid_documents"][WEB].clone();
    assert!(named.as_str().unwrap().contains("Policies[0].ResourceId: is missing"), "{named}");
    put(&rehearsed, WEB, &document(20));
    rehearsed.0.pass(90).await;
    assert!(rehearsed.tasks() > 4);
}

/// Systems Manager refuses every call from this second of the rehearsal on.
fn throttled_from(second: i64) -> Interceptor {
    Interceptor::new(move |region, now, call| {
        let since = now - scenarios::rehearsal::EPOCH;
        if call.api == Api::Ssm && since.whole_seconds() >= second {
            return region.refuse(now, call, Err(ApiError::throttled(Api::Ssm)));
        }
        region.answer(now, call)
    })
}

#[tokio::test(start_paused = true)]
async fn the_last_good_document_holds_while_reads_fail_and_that_is_counted() {
    let interceptor = throttled_from(240);
    let rehearsed = Rehearsed::with_faults(&cluster(), CallFaults::none(), interceptor).await;
    rehearsed.load(6.0);
    rehearsed.minutes(4).await;
    rehearsed.load(12.0);
    rehearsed.minutes(12).await;
    assert!(rehearsed.tasks() >= 17, "{}", rehearsed.tasks());
    let failed = rehearsed.records().into_iter().filter(|one| one["PolicyReadsFailed"].is_u64());
    assert!(failed.count() > 3);
}

#[tokio::test(start_paused = true)]
async fn a_process_makes_at_most_one_read_a_second_while_all_are_throttled() {
    let rehearsed = Rehearsed::with_faults(&cluster(), CallFaults::none(), throttled_from(0)).await;
    rehearsed.load(30.0);
    rehearsed.minutes(10).await;
    assert_eq!(rehearsed.tasks(), 4);
    let before = rehearsed.calls("GetParameters");
    rehearsed.minutes(10).await;
    assert!(rehearsed.calls("GetParameters") - before <= 600);
}

#[tokio::test(start_paused = true)]
async fn a_forged_message_about_an_alarm_without_tag_does_nothing() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    untag(&rehearsed, "ecs-tide-tasks-out");
    let answer = rehearsed.0.invoke(ALARM_SCALING, &event("ecs-tide-tasks-out")).await.unwrap();
    assert_eq!(answer["event"]["skipped"], json!({"no_target": 1}));
    for operation in ["GetParameters", "PublishBatch", "DescribeAlarms"] {
        assert_eq!(rehearsed.calls(operation), 0, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_names_no_target_is_reported() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    let set = SetAlarmTags { alarm_name: "ecs-tide-tasks-out".to_owned(), tags: tagged("web") };
    rehearsed.control(Control::SetAlarmTags(set));
    let answer = rehearsed.0.invoke(ALARM_SCALING, &event("ecs-tide-tasks-out")).await.unwrap();
    let fault = answer["event"]["invalid_targets"][arn("ecs-tide-tasks-out")].as_str().unwrap();
    assert!(fault.contains("give service/<cluster>/<service>"), "{fault}");
    assert_eq!(answer["event"]["PolicyErrors"], 1);
}
