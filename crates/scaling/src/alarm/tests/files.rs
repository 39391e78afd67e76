//! Every file of `events/alarm-scaling-*` is read as `events/README.md` documents it.

use requeue::{Subject, WorkItem};
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::datetime;

use super::{alarm, arn, case, cases, notification, notifications};
use crate::alarm::{Alarm, Kind, Malformed, Notification, Skip, StateValue};
use crate::step::Operator;

/// The state change in every file.
const AT: OffsetDateTime = datetime!(2026-09-28 17:41:12.104 UTC);

/// The content of an alarm's notification without its time: name, state before, kind, threshold,
/// operator, values.
type Expected = (
    &'static str,
    Option<StateValue>,
    Option<Kind>,
    Option<f64>,
    Option<Operator>,
    Option<&'static [Option<f64>]>,
);

fn expected(case: &str) -> Option<Expected> {
    let composite = |suppressor: Option<&str>| {
        Some(Kind::Composite { suppressor: suppressor.map(str::to_owned) })
    };
    let (metric, math, band) =
        (Some(Kind::Metric), Some(Kind::MetricMath), Some(Kind::AnomalyBand));
    let (ok, unknown) = (Some(StateValue::Ok), Some(StateValue::InsufficientData));
    let (cpu, requests, idle) =
        ("demo-web-cpu-high", "demo-web-requests-per-task-high", "demo-idle");
    let unusual = "demo-web-requests-unusual";
    let more = Some(Operator::GreaterThanThreshold);
    let at_least = Some(Operator::GreaterThanOrEqualToThreshold);
    Some(match case {
        "metric-sns" | "inbox-metric" | "inbox-metric-raw" | "odd-fields-sns" => {
            (cpu, ok, metric, Some(70.0), more, None)
        }
        "metric-action" | "metric-eventbridge" => {
            (cpu, ok, metric, Some(70.0), None, Some(&[Some(71.5), Some(84.25)]))
        }
        "missing-points-action" => {
            (cpu, ok, metric, Some(70.0), None, Some(&[Some(78.5), None, None]))
        }
        "set-alarm-state-action" => (cpu, unknown, metric, None, None, None),
        "metric-math-sns" => (requests, unknown, math, Some(1200.0), at_least, None),
        "metric-math-action" => {
            (requests, unknown, math, Some(1200.0), None, Some(&[Some(1480.5)]))
        }
        "composite-sns" | "composite-action" => (idle, ok, composite(None), None, None, None),
        "composite-released-action" => {
            let suppressor = composite(Some("demo-deploying"));
            (idle, Some(StateValue::Alarm), suppressor, None, None, None)
        }
        "anomaly-band-sns" => (unusual, ok, band, None, None, None),
        "anomaly-band-eventbridge" => (unusual, ok, band, None, None, Some(&[Some(912.0)])),
        _ => return None,
    })
}

fn skip(case: &str) -> Option<(Skip, Option<&'static str>)> {
    Some(match case {
        "ok-sns" => (Skip::Ok, Some("demo-web-cpu-high")),
        "insufficient-data-action" => (Skip::InsufficientData, Some("demo-web-cpu-high")),
        "muted-eventbridge" => (Skip::Muted, Some("demo-web-cpu-high")),
        "composite-suppressed-eventbridge" => (Skip::Suppressed, Some("demo-idle")),
        "configuration-change-eventbridge" => {
            (Skip::ConfigurationChange, Some("demo-web-cpu-high"))
        }
        "contributor-eventbridge" | "contributor-action" | "contributor-sns" => {
            (Skip::Contributor, Some("demo-services-cpu-high"))
        }
        "metrics-insights-eventbridge" => (Skip::MetricsInsights, Some("demo-services-cpu-high")),
        "promql-eventbridge" => (Skip::PromQl, Some("demo-queue-age-high")),
        "log-alarm-sns" => (Skip::LogAlarm, Some("demo-web-errors-logged")),
        "sample-sns" => (Skip::Sample, None),
        "unknown-eventbridge" => (Skip::Unknown, None),
        _ => return None,
    })
}

fn values(alarm: &Alarm) -> Option<Vec<Option<f64>>> {
    let points = &alarm.evaluation.as_ref()?.points;
    Some(points.iter().map(|point| point.value).collect())
}

#[test]
fn every_file_is_read_as_its_notification_or_skip() {
    for (name, event) in cases() {
        if let Some((alarm_name, previous, kind, threshold, operator, points)) = expected(&name) {
            let alarm = alarm(&event);
            assert_eq!(alarm.key(), (&arn(alarm_name), AT), "{name}");
            assert_eq!(alarm.previous, previous, "{name}");
            assert_eq!(alarm.kind, kind, "{name}");
            assert_eq!(alarm.threshold, threshold, "{name}");
            assert_eq!(alarm.operator, operator, "{name}");
            assert_eq!(values(&alarm).as_deref(), points, "{name}");
        } else if let Some((why, alarm)) = skip(&name) {
            assert_eq!(
                notification(&event),
                Ok(Notification::Skip { why, alarm: alarm.map(arn) }),
                "{name}"
            );
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
fn one_transition_is_the_same_notification_through_each_envelope() {
    let [sns, action] = ["metric-sns", "metric-action"].map(|name| alarm(&case(name)));
    for name in ["inbox-metric", "inbox-metric-raw"] {
        assert_eq!(alarm(&case(name)), sns, "{name}");
    }
    assert_eq!(alarm(&case("metric-eventbridge")), action);
    // What both formats contain.
    assert_eq!(sns.key(), action.key());
    let told = |alarm: &Alarm| (alarm.previous, alarm.kind.clone(), alarm.threshold);
    assert_eq!(told(&sns), told(&action));
    assert_eq!(alarm(&case("composite-sns")), alarm(&case("composite-action")));
}

#[test]
fn duplicates_have_one_key_however_they_came() {
    let notifications = notifications(&case("inbox-duplicates"));
    let keys = notifications.iter().map(|notification| match notification {
        Ok(Notification::Alarm(alarm)) => alarm.key(),
        other => panic!("{other:?}"),
    });
    let arn = arn("demo-web-cpu-high");
    assert_eq!(keys.collect::<Vec<_>>(), [(&arn, AT); 3]);
}

#[test]
fn requeues_work_items_and_reconcile_requests_are_read() {
    let serialization_key = "autoScalingGroup/demo-group".to_owned();
    for name in ["requeue-bare", "work-items-stray", "work-items-requeue"] {
        let of = Subject::SerializationKey(serialization_key.clone());
        let read = notification(&case(name));
        assert!(matches!(read, Ok(Notification::Requeue(requeue)) if requeue.of == of), "{name}");
    }
    let transition = Some((arn("demo-web-cpu-high").to_string(), AT));
    for name in ["work-item-bare", "work-items-alarm"] {
        let work_item = WorkItem {
            serialization_key: serialization_key.clone(),
            transition: transition.clone(),
        };
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
        Ok(Notification::Alarm(alarm)) => alarm.arn.name().to_owned(),
        Ok(Notification::Reconcile(alarm)) => format!("reconcile {}", alarm.name()),
        Ok(Notification::Requeue(_)) => "requeue".to_owned(),
        Ok(Notification::WorkItem(_)) => "work item".to_owned(),
        Ok(Notification::Skip { why, .. }) => format!("skip, {}", why.name()),
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
fn the_newest_value_of_each_file_is_the_last_in_time() {
    let newest = |name: &str| alarm(&case(name)).evaluation.unwrap().newest();
    let at = |minute| datetime!(2026-09-28 17:00 UTC) + time::Duration::minutes(minute);
    assert_eq!(newest("metric-action"), Some((84.25, Some(at(40)))));
    assert_eq!(newest("missing-points-action"), Some((78.5, Some(at(38)))));
    let band = alarm(&case("anomaly-band-eventbridge")).evaluation.unwrap();
    assert_eq!((band.lower, band.upper), (Some(210.5), Some(640.75)));
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
