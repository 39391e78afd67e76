//! The traps that real messages set, every file of `events/alarm-scaling-*`, and what
//! holds of any message.

mod files;
mod properties;
mod traps;

use std::path::PathBuf;

use serde_json::Value;

use super::{Alarm, AlarmArn, Malformed, Notice, read};

/// The cases, by what stands between `alarm-scaling-` and `.json`.
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

fn notices(event: &Value) -> Vec<Result<Notice, Malformed>> {
    read(event).into_iter().map(|message| message.notice).collect()
}

/// The one notice of an event with one message.
fn notice(event: &Value) -> Result<Notice, Malformed> {
    let [notice] = <[_; 1]>::try_from(notices(event)).unwrap();
    notice
}

fn alarm(event: &Value) -> Alarm {
    match notice(event) {
        Ok(Notice::Alarm(alarm)) => alarm,
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
