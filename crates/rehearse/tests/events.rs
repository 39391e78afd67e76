//! Every file of events/ through the real handlers: what events/README.md promises.
#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use region::client::Forger;
use region::faults::CallFaults;
use region::region::Settings;
use rehearse::scaled::{By, Stage};
use rehearse::scene::Scene;
use rehearse::stack::{self, ALARM_SCALING, AUTO_DRAIN, REINVOKE};
use rehearse::virtually::Rehearsal;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

/// What is expected of an event for auto-drain.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Expected {
    /// One look, however many messages.
    Look,
    /// Acknowledged, for this reason.
    Skip(&'static str),
    /// One look; some messages skipped, and the last alone returned.
    Mixture,
}

fn expected(case: &str) -> Expected {
    match case {
        "inbox-lifecycle-terminating"
        | "inbox-lifecycle-terminating-raw"
        | "inbox-tick"
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
        | "task-stopped-eventbridge"
        | "tick-bare"
        | "schedule-bare" => Expected::Look,
        "lifecycle-launching-sns" => Expected::Skip("launching"),
        "test-notification-sns" => Expected::Skip("test_notification"),
        "notification-terminate-sns" => Expected::Skip("plain_notification"),
        "rebalance-recommendation-eventbridge" => Expected::Skip("rebalance_recommendation"),
        "spot-interruption-eventbridge" => Expected::Skip("stale"),
        "unknown-bare" => Expected::Skip("unknown"),
        "inbox-mixture" => Expected::Mixture,
        other => panic!("no expectation for auto-drain-{other}.json, say here what it does"),
    }
}

/// The files of a function: what is between its name and `.json`, and the event.
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
    Scene::in_life(1).set(&rehearsal.live).unwrap();
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
async fn every_event_brings_auto_drain_to_the_look_or_the_skip_that_is_expected() {
    for (case, event) in events("auto-drain") {
        let rehearsal = rehearsal().await;
        let answer = rehearsal.invoke(AUTO_DRAIN, &event).await.unwrap();
        let looks = calls(&rehearsal, "DescribeAutoScalingGroups");
        let skipped = &answer["look"]["skipped"];
        let failed = failed_items(&answer);
        match expected(&case) {
            Expected::Look => {
                let narrow = calls(&rehearsal, "DescribeContainerInstances");
                assert!(looks + narrow >= 1, "{case}: {answer}");
                assert_eq!(skipped, &Value::Null, "{case}: {answer}");
                assert_eq!(failed, Vec::<&Value>::new(), "{case}");
            }
            Expected::Skip(reason) => {
                assert_eq!((looks, skipped), (0, &json!({ reason: 1 })), "{case}: {answer}");
                assert_eq!(failed, Vec::<&Value>::new(), "{case}");
            }
            Expected::Mixture => {
                let reasons = json!({"stale": 1, "test_notification": 1, "unknown": 1});
                assert_eq!((looks, skipped), (1, &reasons), "{case}: {answer}");
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
        let first = region.world().truth().instances().next().unwrap();
        (first.id.to_owned(), now.format(&Rfc3339).unwrap())
    });
    event["time"] = json!(now);
    event["detail"]["instance-id"] = json!(instance);
    let answer = rehearsal.invoke(AUTO_DRAIN, &event).await.unwrap();
    assert_eq!(answer["look"]["skipped"], Value::Null);
    assert_eq!(calls(&rehearsal, "UpdateContainerInstancesState"), 1, "{answer}");
    assert_eq!(calls(&rehearsal, "CompleteLifecycleAction"), 0);
}

/// A count of a record, which leaves out what is 0.
fn number(count: &Value) -> usize {
    count.as_u64().map_or(0, |count| usize::try_from(count).unwrap())
}

#[tokio::test(start_paused = true)]
async fn reinvoke_hands_every_tick_back_and_returns_what_is_none() {
    let cases: BTreeSet<String> = events("reinvoke").into_iter().map(|(case, _)| case).collect();
    let all = ["later-tick", "one-malformed", "soon-ticks", "stray-turn"].map(str::to_owned);
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
        let strays = usize::from(case == "stray-turn");
        assert_eq!(number(&answer["ticks"]["StrayMessages"]), strays, "{case}");
        let handed_back = records.len() - failed.len() - strays;
        assert_eq!(number(&answer["ticks"]["TicksHandedBack"]), handed_back, "{case}");
        assert_eq!(calls(&rehearsal, "Publish"), handed_back as u64, "{case}");
    }
}

/// A policy for each alarm of the files that can scale; the service is in the group's lane.
fn policies() -> String {
    let alarms = [
        "demo-web-cpu-high",
        "demo-web-requests-per-task-high",
        "demo-web-requests-unusual",
        "demo-idle",
    ];
    let policies = alarms.map(|alarm| {
        json!({
            "Alarm": alarm, "ResourceId": "service/demo/web", "MinCapacity": 0, "MaxCapacity": 9,
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        })
    });
    json!({ "Policies": policies }).to_string()
}

/// What events/README.md expects of a file for alarm-scaling.
fn promised(case: &str) -> String {
    let readme = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let row = format!("| `alarm-scaling-{case}.json` |");
    let row = readme.lines().find(|line| line.starts_with(&row)).unwrap();
    row.trim_end_matches(" |").rsplit("| ").next().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn every_event_brings_alarm_scaling_to_the_turn_the_look_or_the_skip_that_is_promised() {
    for (case, event) in events("alarm-scaling") {
        let stage = Stage {
            service_by: By::Nobody,
            parameters: [("MorePolicies".to_owned(), policies())].into(),
            ..Stage::default()
        };
        let rehearsal = stage.set(1, CallFaults::none(), Forger::honest()).await.unwrap();
        let answer = rehearsal.invoke(ALARM_SCALING, &event).await.unwrap();
        let made = (calls(&rehearsal, "PublishBatch"), calls(&rehearsal, "DescribeAlarms"));
        let (told, failed) = (&answer["event"], failed_items(&answer));
        let promised = promised(&case);
        let skip = promised.strip_prefix("skip, `").and_then(|why| why.strip_suffix('`'));
        match skip {
            Some(why) => {
                assert_eq!((made, &told["skipped"]), ((0, 0), &json!({ why: 1 })), "{case}");
            }
            // One call asks for the turns of all.
            None if case == "inbox-mixture" => {
                assert_eq!((made, &told["Turns"]), ((1, 1), &json!(3)), "{answer}");
                let skipped = json!({"muted": 1, "ok": 1, "suppressed": 1, "unknown": 1});
                assert_eq!(told["skipped"], skipped);
                let records = event["Records"].as_array().unwrap().iter();
                let ids: Vec<_> = records.map(|record| &record["messageId"]).collect();
                let last: BTreeSet<_> = ids.iter().rev().take(4).map(|id| id.as_str()).collect();
                assert_eq!(failed.iter().map(|id| id.as_str()).collect::<BTreeSet<_>>(), last);
                continue;
            }
            None if promised.starts_with("look at the lane of") => {
                assert_eq!(made, (0, 1), "{case}: {answer}");
            }
            None => assert_eq!(made, (1, 0), "{case}: {answer}"),
        }
        assert_eq!(failed, Vec::<&Value>::new(), "{case}");
    }
}
