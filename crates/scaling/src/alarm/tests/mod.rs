//! Pitfalls of real messages, every file of `events/alarm-scaling-*`, and properties of any
//! message.

#[path = "../../../../envelope/src/anything.rs"]
mod anything;
mod files;
mod properties;
mod traps;

use std::path::PathBuf;

use aws_names::AlarmArn;
use serde_json::Value;

use super::{Malformed, Notification, read};
use crate::Time;

/// The cases, by the part of the file name between `alarm-scaling-` and `.json`.
fn cases() -> Vec<(String, Value)> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    let mut cases: Vec<_> = files
        .filter_map(|file| {
            let name = file.file_name()?.to_str()?;
            let case = name.strip_prefix("alarm-scaling-")?.strip_suffix(".json")?.to_owned();
            let event = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            Some((case, event))
        })
        .collect();
    cases.sort_by(|one, other| one.0.cmp(&other.0));
    cases
}

fn case(name: &str) -> Value {
    cases().into_iter().find(|(case, _)| case == name).unwrap().1
}

fn notifications(event: &Value) -> Vec<Result<Notification, Malformed>> {
    read(event).into_iter().map(|message| message.notification).collect()
}

/// The one notification of an event with one message.
fn notification(event: &Value) -> Result<Notification, Malformed> {
    let [notification] = <[_; 1]>::try_from(notifications(event)).unwrap();
    notification
}

/// The alarm that went into ALARM, and when.
fn alarm(event: &Value) -> (AlarmArn, Time) {
    match notification(event) {
        Ok(Notification::Alarm { arn, at }) => (arn, at),
        other => panic!("{other:?}"),
    }
}

fn arn(name: &str) -> AlarmArn {
    format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}").parse().unwrap()
}

/// The message in an SNS event's only record, changed.
fn with_message(mut event: Value, change: impl FnOnce(&mut Value)) -> Value {
    let text = event.pointer_mut("/Records/0/Sns/Message").unwrap();
    let mut message = serde_json::from_str(text.as_str().unwrap()).unwrap();
    change(&mut message);
    *text = Value::from(message.to_string());
    event
}
