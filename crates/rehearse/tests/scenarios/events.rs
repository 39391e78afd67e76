//! Sends every file of events/ to the real handlers, and compares the results with
//! events/README.md.

use std::collections::BTreeSet;
use std::path::PathBuf;

use region::client::Interceptor;
use region::faults::CallFaults;
use region::region::Settings;
use region::services::{Control, PutMetricAlarm, PutParameter};
use scenarios::draining::cluster::DrainedCluster;
use scenarios::rehearsal::Rehearsal;
use scenarios::scaling::{By, ScaledCluster};
use scenarios::stack::{self, ALARM_SCALING, AUTO_DRAIN, REINVOKE};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

/// The expected result of an event for auto-drain.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Expected {
    /// One reconcile for all messages.
    Reconcile,
    /// Acknowledged and skipped for this reason.
    Skip(&'static str),
    /// One reconcile. Some messages are skipped, and only the last is returned.
    Mixture,
}

fn expected(case: &str) -> Expected {
    match case {
        "inbox-lifecycle-terminating"
        | "inbox-lifecycle-terminating-raw"
        | "inbox-requeue"
        | "inbox-duplicates"
        | "lifecycle-terminating-sns"
        | "lifecycle-two-records-sns"
        | "lifecycle-terminating-eventbridge"
        | "lifecycle-terminating-bare"
        | "lifecycle-metadata-cluster-bare"
        | "lifecycle-metadata-not-json-bare"
        | "lifecycle-to-warm-pool-bare"
        | "lifecycle-replace-root-volume-bare"
        | "container-instance-drained-eventbridge"
        | "requeue-bare"
        | "explain-bare"
        | "schedule-bare" => Expected::Reconcile,
        "lifecycle-launching-sns" => Expected::Skip("launching"),
        "test-notification-sns" => Expected::Skip("test_notification"),
        "notification-terminate-sns" => Expected::Skip("plain_notification"),
        "rebalance-recommendation-eventbridge" => Expected::Skip("rebalance_recommendation"),
        "spot-interruption-eventbridge" => Expected::Skip("stale"),
        "unknown-bare" => Expected::Skip("unknown"),
        "task-stopped-eventbridge" => Expected::Skip("nothing_drains"),
        "inbox-mixture" => Expected::Mixture,
        other => panic!("no expectation for auto-drain-{other}.json; add it here"),
    }
}

/// The events of a function, each with the part of its file's name after the function.
fn events(function: &str) -> Vec<(String, Value)> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    let mut events: Vec<(String, Value)> = files
        .filter_map(|file| {
            let name = file.file_name()?.to_str()?;
            let case = name.strip_prefix(function)?.strip_prefix('-')?.strip_suffix(".json")?;
            let text = std::fs::read_to_string(&file).unwrap();
            Some((case.to_owned(), serde_json::from_str(&text).unwrap()))
        })
        .collect();
    events.sort_by(|one, other| one.0.cmp(&other.0));
    events
}

async fn rehearsal() -> Rehearsal {
    let wiring = stack::wiring(&[]).unwrap();
    let rehearsal = Rehearsal::begin(wiring, Settings::default(), 1).await.unwrap();
    DrainedCluster::in_life(1).create(&rehearsal.live).unwrap();
    rehearsal.keep_hooks().await.unwrap();
    rehearsal
}

fn calls(rehearsal: &Rehearsal, operation: &str) -> u64 {
    rehearsal.live.observe(|region, _| region.calls().get(operation).copied().unwrap_or(0))
}

fn failed_items(answer: &Value) -> Vec<&Value> {
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures.iter().map(|failure| &failure["itemIdentifier"]).collect()
}

#[tokio::test(start_paused = true)]
async fn every_auto_drain_event_has_the_expected_result() {
    for (case, event) in events("auto-drain") {
        let rehearsal = rehearsal().await;
        let answer = rehearsal.invoke(AUTO_DRAIN, &event).await.unwrap();
        let reconciles = calls(&rehearsal, "DescribeAutoScalingGroups");
        let skipped = &answer["event"]["skipped"];
        let failed = failed_items(&answer);
        match expected(&case) {
            Expected::Reconcile => {
                let narrow = calls(&rehearsal, "DescribeContainerInstances");
                assert!(reconciles + narrow >= 1, "{case}: {answer}");
                assert_eq!(skipped, &Value::Null, "{case}: {answer}");
                assert_eq!(failed, Vec::<&Value>::new(), "{case}");
            }
            Expected::Skip(reason) => {
                let reads = u64::from(reason == "nothing_drains");
                assert_eq!(
                    (reconciles, skipped),
                    (reads, &json!({ reason: 1 })),
                    "{case}: {answer}"
                );
                assert_eq!(answer["reconciles"], json!([]), "{case}");
                assert_eq!(failed, Vec::<&Value>::new(), "{case}");
            }
            Expected::Mixture => {
                let reasons = json!({"nothing_drains": 1, "stale": 1, "test_notification": 1,
                    "unknown": 1});
                assert_eq!((reconciles, skipped), (1, &reasons), "{case}: {answer}");
                let last = event["Records"].as_array().unwrap().last().unwrap();
                assert_eq!(failed, [&last["messageId"]], "{case}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_spot_interruption_that_is_fresh_drains_and_completes_nothing() {
    let rehearsal = rehearsal().await;
    let events = events("auto-drain");
    let (_, mut event) =
        events.into_iter().find(|(case, _)| case == "spot-interruption-eventbridge").unwrap();
    let (instance, now) = rehearsal.live.observe(|region, now| {
        let first = region.services().truth().instances().next().unwrap();
        (first.id.to_owned(), now.format(&Rfc3339).unwrap())
    });
    event["time"] = json!(now);
    event["detail"]["instance-id"] = json!(instance);
    let answer = rehearsal.invoke(AUTO_DRAIN, &event).await.unwrap();
    assert_eq!(answer["event"]["skipped"], Value::Null);
    assert_eq!(calls(&rehearsal, "UpdateContainerInstancesState"), 1, "{answer}");
    assert_eq!(calls(&rehearsal, "CompleteLifecycleAction"), 0);
}

/// A count in a record. Records omit counts of 0.
fn number(count: &Value) -> usize {
    count.as_u64().map_or(0, |count| usize::try_from(count).unwrap())
}

#[tokio::test(start_paused = true)]
async fn reinvoke_delivers_requeues_and_returns_other_messages() {
    let cases: BTreeSet<String> = events("reinvoke").into_iter().map(|(case, _)| case).collect();
    let all =
        ["later-requeue", "one-malformed", "soon-requeues", "stray-work-item"].map(str::to_owned);
    assert_eq!(cases, BTreeSet::from(all));
    for (case, event) in events("reinvoke") {
        let rehearsal = rehearsal().await;
        let answer = rehearsal.invoke(REINVOKE, &event).await.unwrap();
        let records = event["Records"].as_array().unwrap();
        let failed = match case.as_str() {
            "one-malformed" => vec![&records[1]["messageId"]],
            _ => Vec::new(),
        };
        assert_eq!(failed_items(&answer), failed, "{case}");
        let misrouted = usize::from(case == "stray-work-item");
        assert_eq!(number(&answer["requeues"]["MisroutedMessages"]), misrouted, "{case}");
        let delivered = records.len() - failed.len() - misrouted;
        assert_eq!(number(&answer["requeues"]["RequeuesDelivered"]), delivered, "{case}");
        assert_eq!(calls(&rehearsal, "Publish"), delivered as u64, "{case}");
    }
}

/// The alarms in the files.
const ALARMS: [&str; 4] = [
    "demo-web-cpu-high",
    "demo-web-requests-per-task-high",
    "demo-web-requests-unusual",
    "demo-idle",
];

const WEB: &str = "service/demo/web";

/// A policy for each of the alarms. The service shares the group's serialization key.
fn policies() -> String {
    let policies = ALARMS.map(|alarm| {
        json!({
            "Alarm": alarm, "ResourceId": WEB, "MinCapacity": 0, "MaxCapacity": 9,
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        })
    });
    json!({ "Policies": policies }).to_string()
}

/// The alarms, tagged, and the document of their target.
fn configure(rehearsal: &Rehearsal) {
    let document = PutParameter { name: format!("/ecs-tide/targets/{WEB}"), value: policies() };
    rehearsal.control(Control::PutParameter(document)).unwrap();
    for alarm_name in ALARMS {
        let alarm = json!({
            "AlarmName": alarm_name, "Namespace": "Files", "MetricName": "Load",
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "Tags": [{"Key": "ecs-tide:target", "Value": WEB}],
        });
        let alarm: PutMetricAlarm = serde_json::from_value(alarm).unwrap();
        rehearsal.control(Control::PutMetricAlarm(alarm)).unwrap();
    }
}

/// The result that events/README.md documents for a file of alarm-scaling.
fn documented(case: &str) -> String {
    let readme = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let row = format!("| `alarm-scaling-{case}.json` |");
    let row = readme.lines().find(|line| line.starts_with(&row)).unwrap();
    row.trim_end_matches(" |").rsplit("| ").next().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn every_alarm_scaling_event_has_the_documented_result() {
    for (case, event) in events("alarm-scaling") {
        let cluster = ScaledCluster { service_by: By::Nobody, ..ScaledCluster::default() };
        let rehearsal = cluster.rehearse(1, CallFaults::none(), Interceptor::none()).await.unwrap();
        configure(&rehearsal);
        let answer = rehearsal.invoke(ALARM_SCALING, &event).await.unwrap();
        let made = (calls(&rehearsal, "PublishBatch"), calls(&rehearsal, "DescribeAlarms"));
        let (told, failed) = (&answer["event"], failed_items(&answer));
        let documented = documented(&case);
        let skip = documented.strip_prefix("skip, `").and_then(|why| why.strip_suffix('`'));
        match skip {
            Some(why) => {
                assert_eq!((made, &told["skipped"]), ((0, 0), &json!({ why: 1 })), "{case}");
            }
            // One call enqueues all work items.
            None if case == "inbox-mixture" => {
                // The alarms are reconciled once their work items are delivered.
                assert_eq!((made.0, &told["WorkItems"]), (1, &json!(3)), "{answer}");
                assert_eq!(answer["reconciles"].as_array().unwrap().len(), 1, "{answer}");
                let skipped = json!({"muted": 1, "ok": 1, "suppressed": 1, "unknown": 1});
                assert_eq!(told["skipped"], skipped);
                let records = event["Records"].as_array().unwrap().iter();
                let ids: Vec<_> = records.map(|record| &record["messageId"]).collect();
                let last: BTreeSet<_> = ids.iter().rev().take(4).map(|id| id.as_str()).collect();
                assert_eq!(failed.iter().map(|id| id.as_str()).collect::<BTreeSet<_>>(), last);
                continue;
            }
            None if documented.starts_with("reconcile the serialization key of") => {
                assert_eq!(made, (0, 1), "{case}: {answer}");
            }
            None => assert_eq!(made, (1, 0), "{case}: {answer}"),
        }
        assert_eq!(failed, Vec::<&Value>::new(), "{case}");
    }
}
