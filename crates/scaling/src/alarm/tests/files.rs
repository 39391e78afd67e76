//! Every file of `events/alarm-scaling-*` is read as `events/README.md` documents it.

use requeue::{Subject, TargetKey, WorkItem};
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::datetime;

use super::{alarm, arn, case, cases, notification, notifications};
use crate::alarm::{Malformed, Notification, Skip};

/// The state change in every file.
const AT: OffsetDateTime = datetime!(2026-09-28 17:41:12.104 UTC);

/// The name of the alarm that went into ALARM.
fn alarm_of(case: &str) -> Option<&'static str> {
    Some(match case {
        "metric-sns"
        | "inbox-metric"
        | "inbox-metric-raw"
        | "odd-fields-sns"
        | "metric-action"
        | "metric-eventbridge"
        | "missing-points-action"
        | "set-alarm-state-action" => "demo-web-cpu-high",
        "metric-math-sns" | "metric-math-action" => "demo-web-requests-per-task-high",
        "composite-sns" | "composite-action" | "composite-released-action" => "demo-idle",
        "anomaly-band-sns" | "anomaly-band-eventbridge" => "demo-web-requests-unusual",
        _ => return None,
    })
}

fn skip(case: &str) -> Option<Skip> {
    Some(match case {
        "ok-sns" => Skip::Ok,
        "insufficient-data-action" => Skip::InsufficientData,
        "muted-eventbridge" => Skip::Muted,
        "composite-suppressed-eventbridge" => Skip::Suppressed,
        "configuration-change-eventbridge" => Skip::ConfigurationChange,
        "contributor-eventbridge" | "contributor-action" | "contributor-sns" => Skip::Contributor,
        "metrics-insights-eventbridge" => Skip::MetricsInsights,
        "promql-eventbridge" => Skip::PromQl,
        "log-alarm-sns" => Skip::LogAlarm,
        "sample-sns" => Skip::Sample,
        "unknown-eventbridge" => Skip::Unknown,
        _ => return None,
    })
}

#[test]
fn every_file_is_read_as_its_notification_or_skip() {
    for (name, event) in cases() {
        if let Some(alarm_name) = alarm_of(&name) {
            assert_eq!(alarm(&event), (arn(alarm_name), AT), "{name}");
        } else if let Some(why) = skip(&name) {
            assert_eq!(notification(&event), Ok(Notification::Skip(why)), "{name}");
        } else {
            let others = [
                "inbox-duplicates",
                "inbox-mixture",
                "reconcile-bare",
                "requeue-bare",
                "work-item-bare",
                "work-items-alarm",
                "work-items-stray",
                "work-items-requeue",
            ];
            assert!(others.contains(&name.as_str()), "say what alarm-scaling-{name}.json does");
        }
    }
}

#[test]
fn duplicates_are_equal_however_they_came() {
    let notifications = notifications(&case("inbox-duplicates"));
    let alarm = || Ok(Notification::Alarm { arn: arn("demo-web-cpu-high"), at: AT });
    assert_eq!(notifications, [alarm(), alarm(), alarm()]);
}

#[test]
fn requeues_work_items_and_reconcile_requests_are_read() {
    let of = TargetKey::alone("autoScalingGroup/demo-group");
    for name in ["requeue-bare", "work-items-stray", "work-items-requeue"] {
        let of = Subject::Target(of.clone());
        let read = notification(&case(name));
        assert!(matches!(read, Ok(Notification::Requeue(requeue)) if requeue.of == of), "{name}");
    }
    let transition = Some((arn("demo-web-cpu-high"), AT));
    for name in ["work-item-bare", "work-items-alarm"] {
        let work_item = WorkItem { of: of.clone(), transition: transition.clone() };
        assert_eq!(notification(&case(name)), Ok(Notification::WorkItem(work_item)), "{name}");
    }
    assert_eq!(
        notification(&case("reconcile-bare")),
        Ok(Notification::Reconcile(arn("demo-web-cpu-high")))
    );
}

#[test]
fn each_message_of_a_mixture_is_read_or_reported() {
    let notifications = notifications(&case("inbox-mixture"));
    let name = |notification: &Result<Notification, Malformed>| match notification {
        Ok(Notification::Alarm { arn, .. }) => arn.name().to_string(),
        Ok(Notification::Reconcile(alarm)) => format!("reconcile {}", alarm.name()),
        Ok(Notification::Requeue(_)) => "requeue".to_owned(),
        Ok(Notification::WorkItem(_)) => "work item".to_owned(),
        Ok(Notification::Skip(why)) => format!("skip, {}", why.name()),
        Err(malformed) => malformed.to_string(),
    };
    let names: Vec<_> = notifications.iter().map(name).collect();
    assert_eq!(
        names[..10],
        [
            "demo-web-cpu-high",
            "demo-web-requests-per-task-high",
            "skip, suppressed",
            "requeue",
            "skip, muted",
            "reconcile demo-idle",
            "skip, unknown",
            "skip, ok",
            "alarm message: field `AWSAccountId` is not the account in the alarm's ARN",
            "alarm message: field `AlarmArn` is absent",
        ]
    );
    assert!(names[10..].iter().all(|name| name.starts_with("body is not JSON (")), "{names:?}");
    assert_eq!(names.len(), 12);
}

#[test]
fn the_readme_has_a_row_for_each_file_and_no_other() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let rows: Vec<_> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `alarm-scaling-")?.split_once(".json` |"))
        .map(|row| row.0.to_owned())
        .collect();
    let mut sorted = rows.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        cases().into_iter().map(|(name, _): (String, Value)| name).collect::<Vec<_>>()
    );
}
