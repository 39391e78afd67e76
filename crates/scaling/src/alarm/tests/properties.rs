//! Properties of any message: of any JSON, and of each file with any field removed or replaced,
//! also within the messages that envelopes hold as text.

use std::sync::LazyLock;

use aws_names::AlarmArn;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::anything::anything;
use super::{cases, notifications};
use crate::alarm::{Malformed, Notification};

const FOREIGN: &str = "999999999999";
const FOREIGN_ALARM: &str = "arn:aws:cloudwatch:us-east-1:999999999999:alarm:a";

const WORDS: &str = "\
    requeue, alarm, source, aws.cloudwatch, detail-type, CloudWatch Alarm State Change, \
    detail, resources, account, alarmData, alarmArn, accountId, state, previousState, value, \
    timestamp, reasonData, recentDatapoints, evaluatedDatapoints, threshold, configuration, \
    metrics, expression, AlarmArn, NewStateValue, StateChangeTime, Trigger, ALARM, \
    123456789012, 2026-09-28T17:41:12.104+0000, \
    arn:aws:cloudwatch:us-east-1:123456789012:alarm:a";

type Read = Result<Notification, Malformed>;

static CASES: LazyLock<Vec<(String, Value)>> = LazyLock::new(cases);

/// `value` with the node that is `*at` steps ahead replaced, or removed where there is
/// no replacement. `*at` counts down by the nodes that were passed.
fn mutated(value: &Value, at: &mut usize, replacement: Option<&Value>) -> Option<Value> {
    if *at == 0 {
        *at = usize::MAX;
        return replacement.cloned();
    }
    *at -= 1;
    let mut within = |value: &Value| mutated(value, at, replacement);
    Some(match value {
        Value::Object(fields) => fields
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), within(value)?)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().filter_map(within).collect::<Vec<_>>().into(),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(message @ (Value::Object(_) | Value::Array(_))) => {
                within(&message)?.to_string().into()
            }
            _ => value.clone(),
        },
        other => other.clone(),
    })
}

fn nodes(value: &Value) -> usize {
    let mut left = usize::MAX;
    mutated(value, &mut left, None);
    usize::MAX - left
}

fn records(event: &Value) -> usize {
    event.get("Records").and_then(Value::as_array).map_or(1, Vec::len)
}

fn named(notification: &Read) -> Option<&AlarmArn> {
    match notification {
        Ok(Notification::Alarm { arn, .. } | Notification::Reconcile(arn)) => Some(arn),
        Ok(Notification::Requeue(_) | Notification::WorkItem(_) | Notification::Skip(_))
        | Err(_) => None,
    }
}

fn is_sound(notification: &Read) -> bool {
    match notification {
        Ok(Notification::Alarm { at, .. }) => at.offset().is_utc(),
        Ok(_) => true,
        Err(malformed) => !malformed.to_string().is_empty(),
    }
}

/// Checks a file in which one node was changed: no record is lost, only the changed one is read
/// differently, and no alarm of the foreign account is read, except from a message that requests a
/// reconcile of one.
fn holds(name: &str, event: &Value, before: &[Read], node: usize, replacement: Option<&Value>) {
    let Some(mutant) = mutated(event, &mut node.clone(), replacement) else { return };
    let change = format!("{name}, node {node}: {replacement:?}");
    let after = notifications(&mutant);
    assert_eq!(after.len(), records(&mutant), "{change}");
    assert!(after.iter().all(is_sound), "{change}");
    if before.len() == after.len() {
        let changed = before.iter().zip(&after).filter(|(before, after)| before != after);
        assert!(changed.count() <= 1, "{change}");
    }
    let asks = ["reconcile-bare", "inbox-mixture"].contains(&name);
    for notification in &after {
        let foreign = named(notification).is_some_and(|alarm| alarm.arn().account == FOREIGN);
        let reconcile = matches!(notification, Ok(Notification::Reconcile(_)));
        assert!(!foreign || (reconcile && asks), "{change}: {notification:?}");
    }
}

#[test]
fn a_changed_file_is_read_and_never_as_a_foreign_alarm() {
    let replacements = [
        None,
        Some(json!(null)),
        Some(json!("")),
        Some(json!("ALARM")),
        Some(json!("OK")),
        Some(json!(7)),
        Some(json!(-1e300)),
        Some(json!(true)),
        Some(json!([])),
        Some(json!({})),
        Some(json!(FOREIGN)),
        Some(json!(FOREIGN_ALARM)),
        Some(json!([FOREIGN_ALARM])),
    ];
    for (name, event) in CASES.iter() {
        let before = notifications(event);
        // The root is the whole event, and no field.
        for node in 1..nodes(event) {
            for replacement in &replacements {
                holds(name, event, &before, node, replacement.as_ref());
            }
        }
    }
}

#[test]
fn the_mutations_reach_into_the_messages_within() {
    let event = json!({"Records": [{"body": r#"{"alarm":"a"}"#}]});
    assert_eq!(nodes(&event), 6);
    let mutant = mutated(&event, &mut 5, Some(&json!(FOREIGN_ALARM))).unwrap();
    assert_eq!(mutant["Records"][0]["body"], json!({"alarm": FOREIGN_ALARM}).to_string());
    let mutant = mutated(&event, &mut 4, None).unwrap();
    assert_eq!(mutant, json!({"Records": [{}]}));
}

proptest! {
    #[test]
    fn every_record_of_any_event_is_a_notification_a_skip_or_named(event in anything(WORDS)) {
        let read = notifications(&event);
        prop_assert_eq!(read.len(), records(&event));
        prop_assert!(read.iter().all(is_sound));
    }

    #[test]
    fn a_file_with_anything_in_the_place_of_a_field_is_still_read(
        file in any::<prop::sample::Index>(),
        node in any::<prop::sample::Index>(),
        replacement in anything(WORDS),
    ) {
        let (name, event) = file.get(&CASES);
        let node = 1 + node.index(nodes(event) - 1);
        holds(name, event, &notifications(event), node, Some(&replacement));
    }
}
